package org.waybill.shard;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.waybill.config.AddressSettings;
import org.waybill.io.Invariant;
import org.waybill.message.Outcome;
import org.waybill.queue.QueueConsumer;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerError.Code;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.Destination;
import org.waybill.spi.NodeKind;
import org.waybill.spi.SubscriptionId;
import org.waybill.tx.Part;

/** Carries out what sessions ask of a shard. */
final class Commands {
    private final Shard shard;
    private final State state;
    private final TopicCommands topics;
    private final Backpressure pressure;
    private final Sends sends;
    private final Administration administration;

    Commands(Shard shard, State state) {
        this.shard = shard;
        this.state = state;
        this.topics = new TopicCommands(shard, state, this);
        this.pressure = new Backpressure(shard, state, this, topics);
        this.sends = new Sends(shard, state, this, topics, pressure);
        this.administration = new Administration(shard, state, topics, this);
    }

    /** What is sent. */
    Sends sends() {
        return sends;
    }

    /** Who has to wait before sending more. */
    Backpressure pressure() {
        return pressure;
    }

    void run(Batch batch) {
        SessionPort session = batch.from();
        Outbox outbox = shard.outbox(session);
        for (int i = 0; i < batch.size; i++) {
            run(batch, i, outbox);
            shard.split();
        }
    }

    private void run(Batch batch, int i, Outbox outbox) {
        Object target = batch.targets[i];
        switch (batch.kinds[i]) {
            case SEND -> {
                if (!outbox.isSentAway()) {
                    sends.send((LocalProducer) target, batch, i, outbox);
                }
            }
            case SETTLE -> settle((LocalConsumer) target, batch, i, outbox);
            case CREDIT -> {
                LocalConsumer consumer = (LocalConsumer) target;
                Node node = consumer.node;
                if (node != null) {
                    node.queue.credit(state(consumer), batch.a[i], batch.b[i] != 0);
                }
            }
            case CONSUMED -> {
                LocalConsumer consumer = (LocalConsumer) target;
                Node node = consumer.node;
                if (node != null) {
                    node.queue.consumed(state(consumer), batch.a[i]);
                }
            }
            case SETTLE_IN_TRANSACTION -> shard.participant()
                    .settle(
                            outbox.share((ShareId) present(batch.x[i])),
                            (LocalConsumer) target,
                            batch.a[i],
                            batch.b[i],
                            (Part.Stated) present(batch.y[i]));
            case COMMIT -> {
                BrokerError refusal = shard.participant().commit(outbox.take((Outgoing) target));
                reply(outbox, batch.y[i], refusal == null ? new Reply.Done<>(true) : new Reply.Refused<>(refusal));
            }
            case PREPARE -> shard.transactions()
                    .prepare((CommitPlan) present(batch.x[i]), outbox.take((Outgoing) target), outbox, batch.y[i]);
            case ROLLBACK -> {
                shard.participant().rollBack(outbox.take((Outgoing) target));
                reply(outbox, batch.y[i], new Reply.Done<>(true));
            }
            case ARRIVE -> shard.transactions().arrive((Arrival) present(batch.x[i]), outbox.take((Outgoing) target));
            case BRANCH -> shard.transactions().take((BranchRequest) target, batch.a[i], outbox);
            case OPEN_PRODUCER -> openProducer((LocalProducer) target, outbox);
            case OPEN_CONSUMER -> openConsumer((LocalConsumer) target, outbox);
            case CLOSE_PRODUCER -> closeProducer((LocalProducer) target, outbox);
            case CLOSE_CONSUMER -> closeConsumer((LocalConsumer) target, outbox, true);
            case UNSUBSCRIBE -> reply(outbox, batch.y[i], topics.unsubscribe((SubscriptionId) present(batch.x[i])));
            case FIND_SUBSCRIPTION -> reply(outbox, batch.y[i], topics.find((SubscriptionId) present(batch.x[i])));
            case CREATE_TEMPORARY -> createTemporary(batch, i, outbox);
            case DELETE_TEMPORARY -> deleteTemporary((String) present(batch.x[i]), outbox);
            case MANAGE -> administration.run(batch, i, outbox);
            case CLOSE_SESSION -> closeSession(outbox, batch.a[i] == 1);
            default -> throw new IllegalStateException("no command: " + batch.kinds[i]);
        }
    }

    private static <T> T present(@Nullable T value) {
        return Invariant.present(value);
    }

    private static QueueConsumer state(LocalConsumer consumer) {
        return Invariant.present(consumer.state);
    }

    // ---- producers

    private void openProducer(LocalProducer producer, Outbox outbox) {
        Destination destination = present(producer.destination);
        boolean isTopic = destination.kind() == NodeKind.TOPIC;
        Object found = isTopic ? topics.openProducer(producer, destination.name()) : resolve(destination.name());
        String reason = shard.noRoom();
        AddressSettings.Durability level;
        if (found instanceof Topic topic) {
            level = topic.settings.durability();
            reason = reason != null ? reason : topic.blocked;
        } else if (found instanceof Node node) {
            level = node.settings.durability();
            producer.node = node;
            node.producers.add(producer);
            reason = reason != null ? reason : node.blocked;
        } else {
            refuse(outbox, Batch.Kind.PRODUCER_CLOSED, producer, (BrokerError) found);
            return;
        }
        outbox.producers.add(producer);
        shard.turn().answers().add(outbox, Batch.Kind.PRODUCER_OPENED, producer, 0, 0, level, null);
        if (reason != null) {
            shard.turn().answers().add(outbox, Batch.Kind.BLOCKED, producer, 0, 0, reason, null);
        }
    }

    /** Answers after the commit of what this turn has recorded, such as the node's creation. */
    private void answer(Outbox outbox, Batch.Kind kind, Object target) {
        shard.turn().answers().add(outbox, kind, target, 0, 0, null, null);
    }

    <T> void reply(Outbox outbox, @Nullable Object to, Reply<T> result) {
        if (to != null) {
            @SuppressWarnings("unchecked")
            Consumer<Reply<T>> reply = (Consumer<Reply<T>>) to;
            Runnable answer = () -> reply.accept(result);
            shard.turn().answers().add(outbox, Batch.Kind.REPLY, answer, 0, 0, null, null);
        }
    }

    /** Answers at once what has been forced already. */
    <T> void replyNow(Outbox outbox, Object to, Reply<T> result) {
        @SuppressWarnings("unchecked")
        Consumer<Reply<T>> reply = (Consumer<Reply<T>>) to;
        outbox.answers().add(Batch.Kind.REPLY, (Runnable) () -> reply.accept(result), 0, 0, null, null);
    }

    private void closeProducer(LocalProducer producer, Outbox outbox) {
        outbox.producers.remove(producer);
        Node node = producer.node;
        if (node != null) {
            producer.node = null;
            node.producers.remove(producer);
            deleteIfUnused(node);
        }
        topics.closeProducer(producer);
    }

    // ---- consumers

    private void openConsumer(LocalConsumer consumer, Outbox outbox) {
        Object found = consumer.destination.kind() == NodeKind.TOPIC
                ? topics.subscribe(consumer)
                : resolve(consumer.destination.name());
        if (found instanceof Node node && node.owner != null && node.owner != consumer.session) {
            found = new BrokerError(
                    Code.NOT_ALLOWED,
                    "queue " + node.queue.name() + " is temporary: only its own connection consumes from it");
        }
        if (found instanceof BrokerError error) {
            refuse(outbox, Batch.Kind.CONSUMER_CLOSED, consumer, error);
            return;
        }
        consumer.attached(outbox, (Node) found);
        answer(outbox, Batch.Kind.CONSUMER_OPENED, consumer);
    }

    private void settle(LocalConsumer consumer, Batch batch, int i, Outbox outbox) {
        Node node = consumer.node;
        if (node == null) {
            return;
        }
        node.queue.outcomes().settle(state(consumer), batch.a[i], batch.b[i], (Outcome) present(batch.x[i]));
        if (batch.y[i] != null) {
            shard.confirm(outbox, consumer, batch.a[i], batch.b[i]);
        }
    }

    private void closeConsumer(LocalConsumer consumer, Outbox outbox, boolean inOrder) {
        outbox.consumers.remove(consumer);
        Node node = consumer.node;
        if (node != null) {
            consumer.node = null;
            node.consumers.remove(consumer);
            if (inOrder) {
                node.queue.leave(state(consumer));
            } else {
                node.queue.detach(state(consumer));
            }
            deleteIfUnused(node);
        }
    }

    /** Closes a consumer that did not ask for it. */
    void expel(LocalConsumer consumer, BrokerError reason) {
        Outbox outbox = consumer.outbox();
        consumer.expelled = reason;
        closeConsumer(consumer, outbox, false);
        shard.turn().answers().add(outbox, Batch.Kind.CONSUMER_CLOSED, consumer, 0, 0, reason, null);
    }

    // ---- nodes

    /** The queue of an address, created if it may be: a {@link Node} or a {@link BrokerError}, MOVED when it lives elsewhere. */
    Object resolve(String address) {
        BrokerError elsewhere = shard.queueMoves().refusal(address);
        if (elsewhere != null) {
            return elsewhere;
        }
        Node node = state.node(address);
        if (node != null) {
            return node;
        }
        BrokerError error = Names.refusal(address);
        if (error != null) {
            return error;
        }
        if (!state.settings(address).autoCreate()) {
            return new BrokerError(
                    Code.NOT_FOUND,
                    "queue " + address + " does not exist and its settings forbid to create it on demand");
        }
        error = shard.refusalToCreate("queue " + address);
        return error != null ? error : shard.storage().create(address, null);
    }

    /** A queue was made for something that did not come about: it goes, unless somebody else uses it by now. */
    void discard(Node node) {
        if (state.exists(node.queue) && node.unused() && node.queue.messages() == 0) {
            shard.storage().delete(node);
        }
    }

    /** A node that is deleted when nobody uses it goes, if nobody does. */
    void deleteIfUnused(Node node) {
        if (node.subscription != null) {
            topics.left(node);
        } else if (node.settings.autoDelete() && node.owner == null && node.unused() && node.queue.messages() == 0) {
            shard.storage().delete(node);
        }
    }

    private void createTemporary(Batch batch, int i, Outbox outbox) {
        String name = (String) present(batch.x[i]);
        if (batch.a[i] == Batch.TO_TOPIC) {
            topics.createTemporary(name, outbox);
        } else {
            outbox.temporaries.add(shard.storage().create(name, outbox.session));
        }
        @SuppressWarnings("unchecked")
        Consumer<Reply<String>> reply = (Consumer<Reply<String>>) present(batch.y[i]);
        Runnable answer = () -> reply.accept(new Reply.Done<>(name));
        outbox.answers().add(Batch.Kind.REPLY, answer, 0, 0, null, null);
    }

    private void deleteTemporary(String name, Outbox outbox) {
        topics.deleteTemporary(name, outbox);
        Node node = state.node(name);
        if (node != null && node.owner == outbox.session) {
            outbox.temporaries.remove(node);
            delete(node);
        }
    }

    /** Deletes a node and tells everyone who uses it, once that is committed: not before they hear that they are open. */
    void delete(Node node) {
        BrokerError gone = Shard.deleted(node.title());
        List<LocalConsumer> consumers = new ArrayList<>(node.consumers);
        for (LocalConsumer consumer : consumers) {
            consumer.node = null;
            consumer.outbox().consumers.remove(consumer);
            shard.turn().answers().add(consumer.outbox(), Batch.Kind.CONSUMER_CLOSED, consumer, 0, 0, gone, null);
        }
        for (LocalProducer producer : node.producers) {
            producer.node = null;
            closed(producer, gone);
        }
        shard.storage().delete(node);
        if (node.subscription != null) {
            topics.relieve(node);
        }
    }

    /** Tells a producer that what it sends to is gone. */
    void closed(LocalProducer producer, BrokerError gone) {
        Outbox outbox = shard.outbox(producer.session);
        outbox.producers.remove(producer);
        shard.turn().answers().add(outbox, Batch.Kind.PRODUCER_CLOSED, producer, 0, 0, gone, null);
    }

    // ---- sessions

    /** Says why something cannot be opened; if it is elsewhere, that ends the session, which finds it by beginning anew. */
    private void refuse(Outbox outbox, Batch.Kind how, Object target, BrokerError error) {
        if (error.code() == Code.MOVED) {
            endSession(outbox, error);
        } else {
            outbox.answers().add(how, target, 0, 0, error, null);
        }
    }

    /** Ends a session, because what it uses lives elsewhere. */
    void endSession(Outbox outbox, BrokerError why) {
        outbox.sendAway();
        shard.turn().answers().add(outbox, Batch.Kind.SESSION_ENDED, outbox.session, 0, 0, why, null);
    }

    /** Ends the sessions that use a node, which has nobody who uses it then. */
    void endSessions(Node node, BrokerError why) {
        Set<Outbox> ended = new LinkedHashSet<>();
        for (LocalConsumer consumer : List.copyOf(node.consumers)) {
            ended.add(consumer.outbox());
            consumer.expelled = why;
            closeConsumer(consumer, consumer.outbox(), true);
        }
        for (LocalProducer producer : List.copyOf(node.producers)) {
            Outbox outbox = shard.outbox(producer.session);
            ended.add(outbox);
            closeProducer(producer, outbox);
        }
        ended.forEach(outbox -> endSession(outbox, why));
    }

    private void closeSession(Outbox outbox, boolean inOrder) {
        outbox.takeShares().forEach(shard.participant()::rollBack);
        for (LocalConsumer consumer : List.copyOf(outbox.consumers)) {
            closeConsumer(consumer, outbox, inOrder);
        }
        for (LocalProducer producer : List.copyOf(outbox.producers)) {
            closeProducer(producer, outbox);
        }
        for (Node node : outbox.temporaries) {
            if (state.node(node.queue.name()) == node) {
                delete(node);
            }
        }
        List.copyOf(outbox.temporaryTopics).forEach(topics::delete);
        shard.forget(outbox.session);
        shard.coordinator().lost(outbox);
    }
}
