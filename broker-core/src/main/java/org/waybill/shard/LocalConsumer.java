package org.waybill.shard;

import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.queue.QueueConsumer;
import org.waybill.queue.Sink;
import org.waybill.spi.BrokerError;
import org.waybill.spi.Consumer;
import org.waybill.spi.ConsumerHandler;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.Destination;
import org.waybill.spi.Transaction;

/** A consumer: the upper fields belong to its session's loop, the lower ones to its shard's, where it is a queue's sink. */
final class LocalConsumer implements Consumer, Sink {
    final LocalSession session;
    final ConsumerSpec spec;
    final ConsumerHandler handler;
    final int shard;

    /** What it consumes from, of a kind that is known. */
    final Destination destination;

    boolean closed;

    private @Nullable Outbox outbox;

    @Nullable
    Node node;

    @Nullable
    QueueConsumer state;

    /** Tells it apart from all others of its shard. */
    long number;

    LocalConsumer(
            LocalSession session, ConsumerSpec spec, Destination destination, ConsumerHandler handler, int shard) {
        this.session = session;
        this.spec = spec;
        this.destination = destination;
        this.handler = handler;
        this.shard = shard;
    }

    // ---- on the session's loop

    @Override
    public void credit(long limitToken, boolean drain) {
        session.lane(shard).add(Batch.Kind.CREDIT, this, limitToken, drain ? 1 : 0, null, null);
    }

    @Override
    public void consumed(long bytes) {
        session.lane(shard).add(Batch.Kind.CONSUMED, this, bytes, 0, null, null);
    }

    @Override
    public void settle(long firstToken, long lastToken, Outcome outcome, boolean confirm) {
        Batch lane = session.lane(shard);
        if (confirm) {
            lane.add(Batch.Kind.SETTLE, this, firstToken, lastToken, outcome, true);
        } else {
            lane.addRange(Batch.Kind.SETTLE, this, firstToken, lastToken, outcome);
        }
    }

    @Override
    public void settle(long firstToken, long lastToken, Outcome outcome, Transaction transaction, boolean settled) {
        ((Work) transaction).settle(this, firstToken, lastToken, outcome, settled);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            session.lane(shard).add(Batch.Kind.CLOSE_CONSUMER, this, 0, 0, null, null);
        }
    }

    void closedByBroker(BrokerError reason) {
        if (!closed) {
            closed = true;
            handler.closed(reason);
        }
    }

    // ---- on the shard's loop

    void attached(Outbox to, Node from) {
        outbox = to;
        node = from;
        // a subscription selects what comes into its queue, and there is nothing in it to be left for others
        boolean queue = from.subscription == null;
        state = new QueueConsumer(
                this,
                queue && spec.browse(),
                spec.preSettled(),
                spec.defaultOutcome(),
                queue ? spec.selector() : null,
                spec.priority(),
                WINDOW_BYTES);
        from.queue.attach(state);
        from.consumers.add(this);
        number = to.shard.nextConsumerNumber();
        to.consumers.add(this);
    }

    Outbox outbox() {
        return Invariant.present(outbox);
    }

    @Override
    public void deliver(
            QueueConsumer consumer, long token, Message message, byte @Nullable [] head, boolean afterCommit) {
        if (afterCommit) {
            outbox().shard.turn().answers().add(outbox(), Batch.Kind.DELIVER, this, token, 0, message, head);
        } else {
            outbox().answers().add(Batch.Kind.DELIVER, this, token, 0, message, head);
        }
    }

    @Override
    public void drained(QueueConsumer consumer, long limitToken) {
        if (spec.preSettled()) {
            // its deliveries wait for the commit, and this must not overtake them
            outbox().shard.turn().answers().add(outbox(), Batch.Kind.DRAINED, this, limitToken, 0, null, null);
        } else {
            outbox().answers().add(Batch.Kind.DRAINED, this, limitToken, 0, null, null);
        }
    }
}
