package org.waybill.shard;

import org.waybill.message.Outcome;
import org.waybill.spi.BrokerError;
import org.waybill.spi.Consumer;
import org.waybill.spi.ConsumerHandler;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.Destination;
import org.waybill.spi.Transaction;

/** A consumer on its session's loop. */
final class SessionConsumer extends LocalConsumer implements Consumer {
    private final LocalSession client;
    final ConsumerHandler handler;

    /** Where what it consumes from lives. */
    final int shard;

    boolean closed;

    SessionConsumer(
            LocalSession client,
            int id,
            ConsumerSpec spec,
            Destination destination,
            ConsumerHandler handler,
            int shard) {
        super(client, id, spec, destination, handler.label());
        this.client = client;
        this.handler = handler;
        this.shard = shard;
    }

    @Override
    public void credit(long limitToken, boolean drain) {
        client.lane(shard).add(Batch.Kind.CREDIT, this, limitToken, drain ? 1 : 0, null, null);
    }

    @Override
    public void consumed(long bytes) {
        client.lane(shard).add(Batch.Kind.CONSUMED, this, bytes, 0, null, null);
    }

    @Override
    public void settle(long firstToken, long lastToken, Outcome outcome, boolean confirm) {
        Batch lane = client.lane(shard);
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
            client.lane(shard).add(Batch.Kind.CLOSE_CONSUMER, this, 0, 0, null, null);
        }
    }

    void closedByBroker(BrokerError reason) {
        if (!closed) {
            closed = true;
            handler.closed(reason);
        }
    }
}
