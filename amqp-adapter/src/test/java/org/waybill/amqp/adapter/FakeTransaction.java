package org.waybill.amqp.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.Transaction;

/** A transaction of {@link FakeCore}: a list of what is done at its end. */
final class FakeTransaction implements Transaction {
    private final FakeSession session;
    private final List<Runnable> onCommit = new ArrayList<>();
    private final List<Runnable> onRollback = new ArrayList<>();

    FakeTransaction(FakeSession session) {
        this.session = session;
    }

    void add(Runnable commit, Runnable rollback) {
        onCommit.add(commit);
        onRollback.add(rollback);
    }

    void undo() {
        onRollback.forEach(Runnable::run);
        onRollback.clear();
        onCommit.clear();
    }

    @Override
    public void commit(Consumer<Reply<Boolean>> reply) {
        session.call(() -> {
            BrokerError why = session.core().refuseCommit;
            if (why != null) {
                undo();
                session.answer(() -> reply.accept(new Reply.Refused<>(why)));
                return;
            }
            onCommit.forEach(Runnable::run);
            onCommit.clear();
            onRollback.clear();
            session.answer(() -> reply.accept(new Reply.Done<>(true)));
        });
    }

    @Override
    public void rollback(Consumer<Reply<Boolean>> reply) {
        session.call(() -> {
            undo();
            session.answer(() -> reply.accept(new Reply.Done<>(true)));
        });
    }
}
