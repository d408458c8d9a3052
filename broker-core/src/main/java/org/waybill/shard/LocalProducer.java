package org.waybill.shard;

import org.jspecify.annotations.Nullable;
import org.waybill.message.Message;
import org.waybill.spi.BrokerError;
import org.waybill.spi.Destination;
import org.waybill.spi.Producer;
import org.waybill.spi.ProducerHandler;
import org.waybill.spi.Transaction;

/** A producer: node and topic belong to its shard's loop, everything else to its session's. */
final class LocalProducer implements Producer {
    final LocalSession session;
    final ProducerHandler handler;

    /** The shard of its address, or -1 when each message names its own. */
    final int shard;

    boolean closed;

    /** The queue of its address, or null. */
    @Nullable
    Node node;

    /** The topic of its address, or null. */
    @Nullable
    Topic topic;

    /** Of a kind that is known, or null when each message names its own. */
    final @Nullable Destination destination;

    LocalProducer(LocalSession session, @Nullable Destination destination, ProducerHandler handler, int shard) {
        this.session = session;
        this.destination = destination;
        this.handler = handler;
        this.shard = shard;
    }

    @Override
    public void send(Message message, long token) {
        if (shard >= 0) {
            session.lane(shard).add(Batch.Kind.SEND, this, token, 0, message, null);
        } else {
            session.sendAnonymously(this, message, token);
        }
    }

    @Override
    public void send(Message message, Transaction transaction) {
        ((Work) transaction).send(this, message);
    }

    void closedByBroker(BrokerError reason) {
        if (!closed) {
            closed = true;
            handler.closed(reason);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            if (shard >= 0) {
                session.lane(shard).add(Batch.Kind.CLOSE_PRODUCER, this, 0, 0, null, null);
            }
        }
    }
}
