package org.waybill.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.queue.Block;
import org.waybill.queue.Queue;
import org.waybill.queue.QueueConsumer;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerError.Code;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.Destination;
import org.waybill.spi.Transaction;

/**
 * A local transaction. Its sends wait on the session's side; the deliveries it has outcomes for are held on the shard's side
 * from the moment they are stated. All of it must lie on one shard, whose one frame makes it atomic.
 *
 * <p>The fields under <i>shard</i> belong to the shard's loop, all others to the session's.
 */
final class LocalTransaction implements Transaction {
    /** What one transaction may hold until it commits. */
    static final int MAX_SENDS = 100_000;

    static final long MAX_BYTES = 64L << 20;

    private static final int NO_SHARD = -1;

    private final LocalSession session;
    private @Nullable Batch sends;
    private long bytes;
    private int shard = NO_SHARD;
    private @Nullable BrokerError broken;

    // ---- shard
    private final List<Held> held = new ArrayList<>(0);

    LocalTransaction(LocalSession session) {
        this.session = session;
    }

    /** The outcome stated for a range of deliveries. */
    record Hold(LocalTransaction transaction, Outcome outcome, boolean settled) {}

    private record Held(
            LocalConsumer consumer, QueueConsumer state, Queue queue, Block block, int index, Hold hold, long token) {}

    // ---- on the session's loop

    void send(LocalProducer producer, Message message) {
        Destination named = producer.destination == null ? session.destinationOf(message) : null;
        int on = named == null ? producer.shard : session.shardOf(named);
        if (on < 0) {
            broken = new BrokerError(
                    Code.INVALID_FIELD, "a message sent to the anonymous terminus has no address in its properties");
            return;
        }
        uses(on);
        Batch to = sends;
        if (to == null) {
            to = new Batch(session);
            sends = to;
        }
        bytes += message.size();
        if (to.size >= MAX_SENDS || bytes > MAX_BYTES) {
            broken = new BrokerError(
                    Code.RESOURCE_LIMIT,
                    "a transaction has more than " + MAX_SENDS + " messages or " + MAX_BYTES + " bytes to send");
            sends = null;
        }
        if (broken == null) {
            to.add(
                    Batch.Kind.SEND,
                    producer,
                    0,
                    named == null ? 0 : LocalSession.topicFlag(named),
                    message,
                    named == null ? null : named.name());
        }
    }

    /** Notes a shard that it needs; false when that cannot be, and it can only be rolled back. */
    boolean uses(int on) {
        shard = shard == NO_SHARD ? on : shard;
        if (shard != on) {
            broken = new BrokerError(
                    Code.NOT_IMPLEMENTED,
                    "a transaction over queues of different shards: this version commits only within one (setting shards: 1)");
        }
        return shard == on;
    }

    @Override
    public void commit(Consumer<Reply<Boolean>> reply) {
        session.ended(this);
        BrokerError why = broken;
        if (why != null) {
            abandon();
            session.answerLater(() -> reply.accept(new Reply.Refused<>(why)));
        } else if (shard == NO_SHARD) {
            session.answerLater(() -> reply.accept(new Reply.Done<>(true)));
        } else {
            session.lane(shard).add(Batch.Kind.COMMIT, this, 0, 0, sends, reply);
        }
    }

    @Override
    public void rollback(Consumer<Reply<Boolean>> reply) {
        end(reply);
    }

    /** Rolls back without an answer. */
    void abandon() {
        end(null);
    }

    private void end(@Nullable Consumer<Reply<Boolean>> reply) {
        session.ended(this);
        sends = null;
        if (shard != NO_SHARD) {
            session.lane(shard).add(Batch.Kind.ROLLBACK, this, 0, 0, null, reply);
        } else if (reply != null) {
            session.answerLater(() -> reply.accept(new Reply.Done<>(true)));
        }
    }

    // ---- on the shard's loop

    void hold(LocalConsumer consumer, long firstToken, long lastToken, Hold hold) {
        Queue queue = Invariant.present(consumer.node).queue;
        QueueConsumer state = Invariant.present(consumer.state);
        queue.take(
                state,
                firstToken,
                lastToken,
                (token, block, index) -> held.add(new Held(consumer, state, queue, block, index, hold, token)));
    }

    void committed(Outbox outbox, Answers answers) {
        for (Held one : held) {
            one.queue.concludeTaken(one.state, one.block, one.index, one.hold.outcome());
            if (!one.hold.settled()) {
                answers.add(outbox, Batch.Kind.CONSUMER_SETTLED, one.consumer, one.token, one.token, null, null);
            }
        }
        held.clear();
    }

    void rolledBack() {
        for (Held one : held) {
            one.queue.concludeTaken(
                    one.state, one.block, one.index, one.hold.settled() ? Outcome.FAILED : Outcome.RELEASED);
        }
        held.clear();
    }
}
