package org.waybill.amqp.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.Transaction;

/** A transaction of {@link FakeSession}: what it does, it does at its end. */
final class FakeTransaction implements Transaction {
    private final FakeSession session;
    private final List<Consumer<Boolean>> effects = new ArrayList<>();

    FakeTransaction(FakeSession session) {
        this.session = session;
    }

    void add(Consumer<Boolean> effect) {
        effects.add(effect);
    }

    @Override
    public void commit(Consumer<Reply<Boolean>> reply) {
        end(true, reply);
    }

    @Override
    public void rollback(Consumer<Reply<Boolean>> reply) {
        end(false, reply);
    }

    private void end(boolean committed, Consumer<Reply<Boolean>> reply) {
        session.call(() -> {
            effects.forEach(effect -> effect.accept(committed));
            session.answer(() -> reply.accept(new Reply.Done<>(true)));
        });
    }
}
