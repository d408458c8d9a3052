package org.waybill.shard;

import org.jspecify.annotations.Nullable;
import org.waybill.config.AddressSettings;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.spi.BrokerError;
import org.waybill.spi.Destination;
import org.waybill.spi.Producer;
import org.waybill.spi.ProducerHandler;
import org.waybill.spi.Transaction;

/** A producer on its session's loop. */
final class SessionProducer extends LocalProducer implements Producer {
    private final LocalSession client;
    final ProducerHandler handler;

    /** The shard of its address, or -1 when each message names its own. */
    final int shard;

    boolean closed;

    private AddressSettings.@Nullable Durability durability;

    SessionProducer(
            LocalSession client, int id, @Nullable Destination destination, ProducerHandler handler, int shard) {
        super(client, id, destination);
        this.client = client;
        this.handler = handler;
        this.shard = shard;
    }

    @Override
    public void send(Message message, long token) {
        if (shard >= 0) {
            client.lane(shard).add(Batch.Kind.SEND, this, token, 0, message, null);
        } else {
            client.sendAnonymously(this, message, token);
        }
    }

    @Override
    public void send(Message message, Transaction transaction) {
        ((Work) transaction).send(this, message);
    }

    void settled(long firstToken, long lastToken, Outcome outcome) {
        if (shard < 0) {
            client.answered(lastToken - firstToken + 1);
        }
        handler.settled(firstToken, lastToken, outcome);
    }

    void refused(long token, BrokerError reason) {
        if (shard < 0) {
            client.answered(1);
        }
        handler.refused(token, reason);
    }

    /** @param level of its address, or null when each message names its own */
    void opened(AddressSettings.@Nullable Durability level) {
        durability = level;
        handler.opened();
    }

    @Override
    public AddressSettings.@Nullable Durability durability() {
        return durability;
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
                client.lane(shard).add(Batch.Kind.CLOSE_PRODUCER, this, 0, 0, null, null);
            }
        }
    }
}
