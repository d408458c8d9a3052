package org.waybill.shard;

import org.jspecify.annotations.Nullable;
import org.waybill.message.Message;
import org.waybill.spi.BrokerError;
import org.waybill.spi.Producer;
import org.waybill.spi.ProducerHandler;
import org.waybill.spi.ProducerSpec;
import org.waybill.spi.Transaction;

/** A producer: the node belongs to its shard's loop, everything else to its session's. */
final class LocalProducer implements Producer {
    final LocalSession session;
    final ProducerSpec spec;
    final ProducerHandler handler;

    /** The shard of its address, or -1 when each message names its own. */
    final int shard;

    boolean closed;

    @Nullable
    Node node;

    LocalProducer(LocalSession session, ProducerSpec spec, ProducerHandler handler, int shard) {
        this.session = session;
        this.spec = spec;
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
        ((LocalTransaction) transaction).send(this, message);
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
