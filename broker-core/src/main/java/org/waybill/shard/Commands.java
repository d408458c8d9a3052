package org.waybill.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.queue.QueueConsumer;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerError.Code;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.NodeKind;
import org.waybill.tx.Part;

/** Carries out what sessions ask of a shard. */
final class Commands {
    private final Shard shard;
    private final State state;
    private final Administration administration;

    Commands(Shard shard, State state) {
        this.shard = shard;
        this.state = state;
        this.administration = new Administration(shard, state, this);
    }

    void run(Batch batch) {
        LocalSession session = batch.from();
        Outbox outbox = shard.outbox(session);
        for (int i = 0; i < batch.size; i++) {
            run(batch, i, outbox);
            shard.split();
        }
    }

    private void run(Batch batch, int i, Outbox outbox) {
        Object target = batch.targets[i];
        switch (batch.kinds[i]) {
            case SEND -> send(
                    (LocalProducer) target, (Message) present(batch.x[i]), batch.a[i], (String) batch.y[i], outbox);
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
            case SETTLE_IN_TRANSACTION -> {
                LocalConsumer consumer = (LocalConsumer) target;
                if (consumer.node != null) {
                    shard.participant()
                            .hold((Share) present(batch.x[i]), consumer, batch.a[i], batch.b[i], (Part.Stated)
                                    present(batch.y[i]));
                }
            }
            case COMMIT -> {
                BrokerError refusal = shard.participant().commit((Share) target, outbox);
                reply(outbox, batch.y[i], refusal == null ? new Reply.Done<>(true) : new Reply.Refused<>(refusal));
            }
            case PREPARE -> ((Commit) target).prepare((Share) present(batch.x[i]));
            case ROLLBACK -> {
                shard.participant().rollBack((Share) target);
                reply(outbox, batch.y[i], new Reply.Done<>(true));
            }
            case OPEN_PRODUCER -> openProducer((LocalProducer) target, outbox);
            case OPEN_CONSUMER -> openConsumer((LocalConsumer) target, outbox);
            case CLOSE_PRODUCER -> closeProducer((LocalProducer) target, outbox);
            case CLOSE_CONSUMER -> closeConsumer((LocalConsumer) target, outbox);
            case CREATE_TEMPORARY -> createTemporary(batch, i, outbox);
            case DELETE_TEMPORARY -> deleteTemporary((String) present(batch.x[i]), outbox);
            case MANAGE -> administration.run(batch, i, outbox);
            case CLOSE_SESSION -> closeSession(outbox);
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
        String address = Invariant.present(producer.spec.address());
        Object found = resolve(address, producer.spec.kind());
        if (found instanceof BrokerError error) {
            outbox.answers().add(Batch.Kind.PRODUCER_CLOSED, producer, 0, 0, error, null);
            return;
        }
        Node node = (Node) found;
        producer.node = node;
        node.producers.add(producer);
        outbox.producers.add(producer);
        answer(outbox, Batch.Kind.PRODUCER_OPENED, producer);
        String reason = shard.noRoom() != null ? shard.noRoom() : node.blocked;
        if (reason != null) {
            shard.turn().answers().add(outbox, Batch.Kind.BLOCKED, producer, 0, 0, reason, null);
        }
    }

    /** Answers after the commit of what this turn has recorded, such as the node's creation. */
    private void answer(Outbox outbox, Batch.Kind kind, Object target) {
        shard.turn().answers().add(outbox, kind, target, 0, 0, null, null);
    }

    private void send(LocalProducer producer, Message message, long token, @Nullable String to, Outbox outbox) {
        Object found = destination(producer, to);
        if (found instanceof BrokerError error) {
            reject(outbox, producer, token, error);
            return;
        }
        Node node = (Node) found;
        String refusal = refusal(node, message);
        if (refusal != null) {
            reject(outbox, producer, token, new BrokerError(Code.RESOURCE_LIMIT, refusal));
            return;
        }
        shard.store(node, message, outbox, producer, token);
        overflow(node);
    }

    /** Where a message goes: a {@link Node} or a {@link BrokerError}. */
    private Object destination(LocalProducer producer, @Nullable String to) {
        if (to != null) {
            return resolve(to, NodeKind.ANY);
        }
        Node node = producer.node;
        return node != null ? node : new BrokerError(Code.NOT_FOUND, "the queue of this producer is gone");
    }

    /** As {@link #destination}, when the producer may have closed since. */
    Object destinationInTransaction(Batch sends, int i) {
        LocalProducer producer = (LocalProducer) sends.targets[i];
        String to = (String) sends.y[i];
        String address = producer.spec.address();
        return to == null && address != null && producer.node == null
                ? resolve(address, producer.spec.kind())
                : destination(producer, to);
    }

    /** Why a message is not taken, or null. */
    @Nullable
    String refusal(Node node, Message message) {
        return shard.noRoom() != null && message.durable() ? shard.noRoom() : Limits.refusal(node, message);
    }

    /** A message was stored: keeps the limits. */
    void overflow(Node node) {
        if (Limits.exceeded(node)) {
            Limits.enforce(node);
            block(node, node.blocked);
        }
    }

    private void reply(Outbox outbox, @Nullable Object to, Reply<Boolean> result) {
        if (to != null) {
            @SuppressWarnings("unchecked")
            Consumer<Reply<Boolean>> reply = (Consumer<Reply<Boolean>>) to;
            Runnable answer = () -> reply.accept(result);
            shard.turn().answers().add(outbox, Batch.Kind.REPLY, answer, 0, 0, null, null);
        }
    }

    private static void reject(Outbox outbox, LocalProducer producer, long token, BrokerError error) {
        outbox.answers().add(Batch.Kind.PRODUCER_REFUSED, producer, token, 0, error, null);
    }

    private void closeProducer(LocalProducer producer, Outbox outbox) {
        outbox.producers.remove(producer);
        Node node = producer.node;
        if (node != null) {
            producer.node = null;
            node.producers.remove(producer);
            deleteIfUnused(node);
        }
    }

    // ---- consumers

    private void openConsumer(LocalConsumer consumer, Outbox outbox) {
        Object found = resolve(consumer.spec.address(), consumer.spec.kind());
        if (found instanceof Node node && node.owner != null && node.owner != consumer.session) {
            found = new BrokerError(
                    Code.NOT_ALLOWED,
                    "queue " + node.queue.name() + " is temporary: only its own connection consumes from it");
        }
        if (found instanceof BrokerError error) {
            outbox.answers().add(Batch.Kind.CONSUMER_CLOSED, consumer, 0, 0, error, null);
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
        node.queue.settle(state(consumer), batch.a[i], batch.b[i], (Outcome) present(batch.x[i]));
        if (batch.y[i] != null) {
            shard.confirm(outbox, consumer, batch.a[i], batch.b[i]);
        }
    }

    private void closeConsumer(LocalConsumer consumer, Outbox outbox) {
        outbox.consumers.remove(consumer);
        Node node = consumer.node;
        if (node != null) {
            consumer.node = null;
            node.consumers.remove(consumer);
            node.queue.detach(state(consumer));
            deleteIfUnused(node);
        }
    }

    // ---- nodes

    /** The node of an address, created if it may be: a {@link Node} or a {@link BrokerError}. */
    private Object resolve(String address, NodeKind kind) {
        Node node = state.node(address);
        if (kind == NodeKind.TOPIC) {
            return new BrokerError(Code.NOT_IMPLEMENTED, "topic " + address + ": this version has queues only");
        }
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
        return shard.create(address, null);
    }

    private void deleteIfUnused(Node node) {
        if (node.settings.autoDelete() && node.owner == null && node.unused() && node.queue.messages() == 0) {
            shard.delete(node);
        }
    }

    private void createTemporary(Batch batch, int i, Outbox outbox) {
        String name = (String) present(batch.x[i]);
        Node node = shard.create(name, outbox.session);
        outbox.temporaries.add(node);
        @SuppressWarnings("unchecked")
        Consumer<Reply<String>> reply = (Consumer<Reply<String>>) present(batch.y[i]);
        Runnable answer = () -> reply.accept(new Reply.Done<>(name));
        outbox.answers().add(Batch.Kind.REPLY, answer, 0, 0, null, null);
    }

    private void deleteTemporary(String name, Outbox outbox) {
        Node node = state.node(name);
        if (node != null && node.owner == outbox.session) {
            outbox.temporaries.remove(node);
            delete(node);
        }
    }

    /** Deletes a node and tells everyone who uses it, once that is committed: not before they hear that they are open. */
    void delete(Node node) {
        BrokerError gone = Shard.deleted(node.queue.name());
        List<LocalConsumer> consumers = new ArrayList<>(node.consumers);
        for (LocalConsumer consumer : consumers) {
            consumer.node = null;
            consumer.outbox().consumers.remove(consumer);
            shard.turn().answers().add(consumer.outbox(), Batch.Kind.CONSUMER_CLOSED, consumer, 0, 0, gone, null);
        }
        for (LocalProducer producer : node.producers) {
            Outbox outbox = shard.outbox(producer.session);
            producer.node = null;
            outbox.producers.remove(producer);
            shard.turn().answers().add(outbox, Batch.Kind.PRODUCER_CLOSED, producer, 0, 0, gone, null);
        }
        shard.delete(node);
    }

    // ---- sessions

    private void closeSession(Outbox outbox) {
        for (LocalConsumer consumer : List.copyOf(outbox.consumers)) {
            closeConsumer(consumer, outbox);
        }
        for (LocalProducer producer : List.copyOf(outbox.producers)) {
            closeProducer(producer, outbox);
        }
        for (Node node : outbox.temporaries) {
            if (state.node(node.queue.name()) == node) {
                delete(node);
            }
        }
        shard.forget(outbox.session);
    }

    // ---- blocking

    /** Messages left a queue: its producers may go on if it is no longer full. */
    void relieve(Node node) {
        Limits.enforce(node);
        if (node.blocked != null && Limits.relieved(node)) {
            node.blocked = null;
            if (shard.noRoom() == null) {
                tell(node, Batch.Kind.UNBLOCKED, null);
            }
        } else if (node.blocked == null && node.settings.autoDelete()) {
            deleteIfUnused(node);
        }
    }

    private void block(Node node, @Nullable String before) {
        String reason = Limits.blockedBecause(node);
        if (before == null && reason != null) {
            node.blocked = reason;
            tell(node, Batch.Kind.BLOCKED, reason);
        }
    }

    /** The disk's room has changed: every producer hears of it. */
    void roomChanged() {
        for (Node node : state.nodes()) {
            String reason = shard.noRoom();
            if (reason != null) {
                tell(node, Batch.Kind.BLOCKED, reason);
            } else if (node.blocked == null) {
                tell(node, Batch.Kind.UNBLOCKED, null);
            }
        }
    }

    private void tell(Node node, Batch.Kind kind, @Nullable String reason) {
        for (LocalProducer producer : node.producers) {
            // with the commit, as the answer to its opening: else this could overtake the state told there
            shard.turn().answers().add(shard.outbox(producer.session), kind, producer, 0, 0, reason, null);
        }
    }
}
