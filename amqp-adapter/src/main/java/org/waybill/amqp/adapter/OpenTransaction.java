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
import org.waybill.spi.Xid;

/**
 * What a txn-id stands for: a local transaction that was declared and not discharged, or the association of a connection with a branch
 * that was started and not ended.
 */
final class OpenTransaction {
    private final Binary txnId;
    private final Transaction work;
    private final @Nullable CoordinatorLink coordinator;
    private final @Nullable Xid branch;
    private final TransactionalState accepted = new TransactionalState();
    private final List<Runnable> whenRolledBack = new ArrayList<>(0);
    private @Nullable BrokerError failure;
    private boolean active = true;

    /**
     * Something is begun.
     *
     * @param coordinator the link it was declared on and ends with; null when it was started by a request
     * @param branch the branch it belongs to; null for a local transaction
     */
    OpenTransaction(Binary txnId, Transaction work, @Nullable CoordinatorLink coordinator, @Nullable Xid branch) {
        this.txnId = txnId;
        this.work = work;
        this.coordinator = coordinator;
        this.branch = branch;
        accepted.setTxnId(txnId);
        accepted.setOutcome(Accepted.getInstance());
    }

    Binary txnId() {
        return txnId;
    }

    Transaction work() {
        return work;
    }

    boolean isOf(CoordinatorLink link) {
        return coordinator == link;
    }

    boolean isLocal() {
        return branch == null;
    }

    boolean isOf(Xid xid) {
        return branch != null && branch.equals(xid);
    }

    /** Whether something can be done in it: it has neither ended nor been suspended. */
    boolean isActive() {
        return active;
    }

    /** Nothing can be done in it any more, or until it is resumed under another txn-id. */
    void stop() {
        active = false;
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

    /** Why it can only be rolled back, as far as is known here. */
    @Nullable
    BrokerError failure() {
        return failure;
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
