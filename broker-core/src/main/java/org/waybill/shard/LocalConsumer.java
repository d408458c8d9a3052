package org.waybill.shard;

import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.message.Message;
import org.waybill.queue.QueueConsumer;
import org.waybill.queue.Sink;
import org.waybill.spi.BrokerError;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.Destination;

/** A consumer as its shard knows it, where it is a queue's sink; what can change belongs to the shard's loop. */
class LocalConsumer implements Sink {
    /** The most that may be on its way to one consumer, in bytes. */
    private static final long WINDOW_BYTES = org.waybill.spi.Consumer.WINDOW_BYTES;

    final SessionPort session;

    /** Tells it apart from all other producers and consumers of its session. */
    final int id;

    final ConsumerSpec spec;

    /** What it consumes from, of a kind that is known. */
    final Destination destination;

    /** What its client calls it, for people. */
    final String label;

    private @Nullable Outbox outbox;

    @Nullable
    Node node;

    @Nullable
    QueueConsumer state;

    /** Why the broker has closed it and taken back what it held; null when it has not. */
    @Nullable
    BrokerError expelled;

    /** Tells it apart from all others of its shard. */
    long number;

    LocalConsumer(SessionPort session, int id, ConsumerSpec spec, Destination destination, String label) {
        this.session = session;
        this.id = id;
        this.spec = spec;
        this.destination = destination;
        this.label = label;
    }

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
    public boolean hasRoom() {
        return session.hasRoom(this);
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
