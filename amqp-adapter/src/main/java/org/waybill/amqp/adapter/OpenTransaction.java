package org.waybill.amqp.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.jspecify.annotations.Nullable;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.Transaction;

/** A transaction that was declared and not discharged. */
final class OpenTransaction {
    private final Binary txnId;
    private final Transaction work;
    private final CoordinatorLink coordinator;
    private final TransactionalState accepted = new TransactionalState();
    private final List<Runnable> whenRolledBack = new ArrayList<>(0);
    private @Nullable BrokerError failure;

    /** @param coordinator the link it was declared on and ends with */
    OpenTransaction(Binary txnId, Transaction work, CoordinatorLink coordinator) {
        this.txnId = txnId;
        this.work = work;
        this.coordinator = coordinator;
        accepted.setTxnId(txnId);
        accepted.setOutcome(Accepted.getInstance());
    }

    Binary txnId() {
        return txnId;
    }

    Transaction work() {
        return work;
    }

    CoordinatorLink coordinator() {
        return coordinator;
    }

    /** The provisional outcome of a send; one object, so that runs of sends are answered as ranges. */
    TransactionalState accepted() {
        return accepted;
    }

    /** Has something done once a rollback is decided. */
    void onRollback(Runnable action) {
        whenRolledBack.add(action);
    }

    /** Something of it was refused, of which the client need not hear before it commits: it can only be rolled back. */
    void fail(BrokerError why) {
        failure = failure == null ? why : failure;
    }

    void commit(Consumer<Reply<Boolean>> reply) {
        BrokerError why = failure;
        if (why != null) {
            rollback(done -> reply.accept(new Reply.Refused<>(why)));
            return;
        }
        work.commit(done -> {
            if (done instanceof Reply.Refused<Boolean>) {
                whenRolledBack.forEach(Runnable::run);
            }
            reply.accept(done);
        });
    }

    void rollback(Consumer<Reply<Boolean>> reply) {
        work.rollback(done -> {
            whenRolledBack.forEach(Runnable::run);
            reply.accept(done);
        });
    }
}
