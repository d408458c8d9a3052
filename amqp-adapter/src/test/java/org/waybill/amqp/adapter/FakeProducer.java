package org.waybill.amqp.adapter;

import org.jspecify.annotations.Nullable;
import org.waybill.config.AddressSettings;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.spi.BrokerError;
import org.waybill.spi.Producer;
import org.waybill.spi.ProducerHandler;
import org.waybill.spi.ProducerSpec;
import org.waybill.spi.Transaction;

/** A producer into a {@link FakeQueue}, or an anonymous one; answers consecutive sends as one range. */
final class FakeProducer implements Producer {
    final ProducerHandler handler;
    private final FakeCore core;
    private final FakeSession session;
    private final ProducerSpec spec;
    private long firstDone = -1;
    private long lastDone = -1;

    FakeProducer(FakeCore core, FakeSession session, ProducerSpec spec, ProducerHandler handler) {
        this.core = core;
        this.session = session;
        this.spec = spec;
        this.handler = handler;
    }

    @Override
    public AddressSettings.@Nullable Durability durability() {
        return spec.address() == null ? null : AddressSettings.Durability.MAJORITY_FORCED;
    }

    @Override
    public void send(Message message, long token) {
        session.call(() -> {
            String address = spec.address() == null ? message.to() : spec.address();
            FakeQueue queue = address == null ? null : core.queue(address);
            if (queue == null) {
                Outcome outcome = new Outcome.Rejected("amqp:not-found", "no such node: " + address);
                session.answer(() -> handler.settled(token, token, outcome));
                return;
            }
            queue.put(message);
            accepted(token);
        });
    }

    @Override
    public void send(Message message, Transaction transaction) {
        session.call(() -> {
            String address = spec.address() == null ? message.to() : spec.address();
            FakeQueue queue = address == null ? null : core.queue(address);
            if (queue != null) {
                ((FakeTransaction) transaction).add(() -> queue.put(message), () -> {});
            }
        });
    }

    private void accepted(long token) {
        if (firstDone >= 0 && lastDone + 1 == token) {
            lastDone = token;
            return;
        }
        report();
        firstDone = token;
        lastDone = token;
        session.answer(this::report);
    }

    private void report() {
        if (firstDone >= 0) {
            handler.settled(firstDone, lastDone, Outcome.ACCEPTED);
            firstDone = -1;
        }
    }

    void refuse(BrokerError error) {
        session.answer(() -> handler.closed(error));
    }

    void pause(boolean paused) {
        session.answer(paused ? handler::pause : handler::resume);
    }

    void block(@Nullable String reason) {
        session.answer(() -> {
            if (reason == null) {
                handler.unblocked();
            } else {
                handler.blocked(reason);
            }
        });
    }

    @Override
    public void close() {
        session.call(() -> {
            @Nullable FakeQueue queue = spec.address() == null ? null : core.queues.get(spec.address());
            if (queue != null) {
                queue.producers.remove(this);
            }
        });
    }
}
