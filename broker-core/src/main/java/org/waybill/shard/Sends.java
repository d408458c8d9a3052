package org.waybill.shard;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.message.Message;
import org.waybill.message.Origin;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerError.Code;
import org.waybill.spi.Destination;
import org.waybill.spi.NodeKind;
import org.waybill.tx.TransactionId;

/** Where messages go, whether they are taken there, and what is stored of them. On the shard's loop. */
final class Sends {
    private final Shard shard;
    private final Commands commands;
    private final TopicCommands topics;
    private final Backpressure pressure;
    private final Deduplication deduplication;
    private final Router router;
    private final State state;
    private final Bytes event = new Bytes();

    Sends(Shard shard, State state, Commands commands, TopicCommands topics, Backpressure pressure) {
        this.shard = shard;
        this.state = state;
        this.commands = commands;
        this.topics = topics;
        this.pressure = pressure;
        this.deduplication = new Deduplication(shard, state.duplicates());
        this.router = new Router(shard, state);
    }

    /** Takes the message in this slot, or refuses it; its producer is answered. */
    void send(LocalProducer producer, Batch batch, int i, Outbox outbox) {
        Object to = destination(batch, i);
        Message message = (Message) Invariant.present(batch.x[i]);
        long token = batch.a[i];
        // also when it cannot go there any more: what was stored was stored
        Origin origin = message.origin();
        if (origin != null && isSettled(origin, outbox, producer, token)) {
            return;
        }
        String id = to instanceof BrokerError ? null : deduplication.id(to, message);
        if (id != null && isDuplicate(to, id, outbox, producer, token)) {
            return;
        }
        if (to instanceof Node node) {
            String refusal = refusal(node, message);
            if (refusal == null) {
                shard.storage().store(node, message, outbox, producer, token);
                remember(node, id, origin, message, null);
                overflow(node);
            } else {
                reject(outbox, producer, token, new BrokerError(Code.RESOURCE_LIMIT, refusal));
            }
        } else if (to instanceof Topic topic) {
            String refusal = refusal(topic, message, producer);
            if (refusal == null) {
                router.send(topic, message, outbox, producer, token);
                remember(topic, id, origin, message, null);
                overflowTargets();
            } else {
                reject(outbox, producer, token, new BrokerError(Code.RESOURCE_LIMIT, refusal));
            }
        } else if (((BrokerError) to).code() == Code.MOVED) {
            commands.endSession(outbox, (BrokerError) to);
        } else {
            reject(outbox, producer, token, (BrokerError) to);
        }
    }

    /** Whether a message was sent before, and its producer has its answer. */
    private boolean isDuplicate(Object to, String id, Outbox outbox, LocalProducer producer, long token) {
        String refusal = deduplication.refusal(to, id);
        if (refusal != null) {
            reject(outbox, producer, token, new BrokerError(Code.RESOURCE_LIMIT, refusal));
            return true;
        }
        boolean known = deduplication.isKnown(to, id);
        if (known) {
            // with the commit: the one that was sent before may not be forced yet
            shard.turn().answers().accepted(outbox, producer, token);
        }
        return known;
    }

    /** Whether a message of a producer that numbers them is not to be stored, and its producer has its answer. */
    private boolean isSettled(Origin origin, Outbox outbox, LocalProducer producer, long token) {
        Producers.Verdict verdict = state.producers().verdict(origin, shard.nowMs(), null);
        if (verdict == Producers.Verdict.DUPLICATE) {
            shard.turn().answers().accepted(outbox, producer, token);
            return true;
        }
        BrokerError refusal = Producers.refusal(origin, verdict);
        if (refusal != null) {
            reject(outbox, producer, token, refusal);
        }
        return refusal != null;
    }

    private void remember(
            Object to,
            @Nullable String id,
            @Nullable Origin origin,
            Message message,
            @Nullable TransactionId undecided) {
        if (id != null) {
            deduplication.remember(to, id, message, undecided);
        }
        if (origin != null) {
            boolean logged = message.durable() && !Deduplication.isTemporary(to);
            if (undecided == null) {
                state.producers().stored(origin, logged, shard.nowMs());
            } else {
                SequenceRun one = SequenceRun.of(origin);
                state.producers().promised(one, logged, shard.nowMs(), undecided);
                if (logged) {
                    Events.produced(event.clear(), one, shard.nowMs(), undecided);
                    shard.turn().record(Events.PRODUCED, event);
                }
            }
        }
    }

    /** Stores what the broker itself moves to a queue of this shard; returns why not, or null when it is stored. */
    @Nullable
    BrokerError forward(String to, Message message) {
        Object found = commands.resolve(to);
        if (found instanceof BrokerError error) {
            return error;
        }
        Node node = (Node) found;
        String refusal = refusal(node, message);
        if (refusal != null) {
            return new BrokerError(Code.RESOURCE_LIMIT, refusal);
        }
        shard.storage().store(node, message, true);
        overflow(node);
        return null;
    }

    /** Where the message in this slot goes: a {@link Node}, a {@link Topic} or a {@link BrokerError}. */
    private Object destination(Batch batch, int i) {
        String to = (String) batch.y[i];
        if (to != null) {
            return batch.b[i] == Batch.TO_TOPIC ? topics.destination(to) : commands.resolve(to);
        }
        LocalProducer producer = (LocalProducer) batch.targets[i];
        if (producer.node != null) {
            return producer.node;
        }
        Topic topic = producer.topic;
        return topic != null ? topic : gone(producer);
    }

    private BrokerError gone(LocalProducer producer) {
        Destination named = producer.destination;
        BrokerError elsewhere = named == null || named.kind() == NodeKind.TOPIC
                ? null
                : shard.queueMoves().refusal(named.name());
        return elsewhere != null
                ? elsewhere
                : new BrokerError(Code.NOT_FOUND, "what this producer sends to has been deleted");
    }

    /** As {@link #destination}, when the producer may have closed since. */
    Object destinationInTransaction(Batch sends, int i) {
        LocalProducer producer = (LocalProducer) sends.targets[i];
        Destination named = producer.destination;
        if (named == null || producer.node != null || producer.topic != null) {
            return destination(sends, i);
        }
        return named.kind() == NodeKind.TOPIC ? topics.destination(named.name()) : commands.resolve(named.name());
    }

    /** Why a message is not taken by a {@link Node} or a {@link Topic}, or null. */
    @Nullable
    BrokerError refusal(Object destination, Message message, LocalProducer from) {
        Origin origin = message.origin();
        if (origin != null) {
            BrokerError error = Producers.refusal(origin, state.producers().verdict(origin, shard.nowMs(), null));
            if (error != null) {
                return error;
            }
        }
        String why = refusalOf(destination, message, from);
        return why == null ? null : new BrokerError(Code.RESOURCE_LIMIT, why);
    }

    private @Nullable String refusalOf(Object destination, Message message, LocalProducer from) {
        String id = deduplication.id(destination, message);
        String promised = id == null ? null : deduplication.refusal(destination, id);
        if (promised != null) {
            return promised;
        }
        return destination instanceof Topic topic
                ? refusal(topic, message, from)
                : refusal((Node) destination, message);
    }

    /**
     * Stores a message where it goes, a {@link Node} or a {@link Topic}, unless it was sent there before.
     *
     * @param undecided the transaction that may still be rolled back, or null
     */
    void store(Object destination, Message message, LocalProducer from, @Nullable TransactionId undecided) {
        String id = deduplication.id(destination, message);
        Origin origin = message.origin();
        boolean sentBefore = origin != null
                && state.producers().verdict(origin, shard.nowMs(), undecided) == Producers.Verdict.DUPLICATE;
        if (sentBefore || id != null && deduplication.isKnown(destination, id)) {
            return;
        }
        if (destination instanceof Topic topic) {
            router.store(topic, message, from.session.containerId());
            overflowTargets();
        } else {
            Node node = (Node) destination;
            shard.storage().store(node, message, false);
            overflow(node);
        }
        remember(destination, id, origin, message, undecided);
    }

    private @Nullable String refusal(Node node, Message message) {
        return shard.noRoom() != null && message.durable() ? shard.noRoom() : Limits.refusal(node, message);
    }

    private @Nullable String refusal(Topic topic, Message message, LocalProducer from) {
        return shard.noRoom() != null && message.durable()
                ? shard.noRoom()
                : router.refusal(topic, message, from.session.containerId());
    }

    private void overflowTargets() {
        List<Node> targets = router.targets();
        for (int i = 0; i < targets.size(); i++) {
            overflow(targets.get(i));
        }
    }

    private void overflow(Node node) {
        if (Limits.exceeded(node)) {
            Limits.enforce(node);
            pressure.block(node, node.blocked);
        }
    }

    private static void reject(Outbox outbox, LocalProducer producer, long token, BrokerError error) {
        outbox.answers().add(Batch.Kind.PRODUCER_REFUSED, producer, token, 0, error, null);
    }
}
