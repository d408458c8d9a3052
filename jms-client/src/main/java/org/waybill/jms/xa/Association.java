package org.waybill.jms.xa;

import javax.transaction.xa.XAException;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.engine.ClientConnection;
import org.waybill.jms.engine.ClientTransaction;

/** A session's work in a branch, from a start to its end. It is lost with the connection it was started on. */
final class Association {
    private final BranchId branch;
    private final ClientTransaction work;
    private final ClientConnection connection;
    private volatile @Nullable Exception doom;

    Association(BranchId branch, byte[] txnId, ClientConnection connection) {
        this.branch = branch;
        this.work = ClientTransaction.of(txnId, connection);
        this.connection = connection;
    }

    BranchId branch() {
        return branch;
    }

    /** What to send and acknowledge with. */
    ClientTransaction work() {
        return work;
    }

    ClientConnection connection() {
        return connection;
    }

    /** Why its branch can only be rolled back, as far as is known here. */
    @Nullable
    Exception doom() {
        return doom;
    }

    /** Something of it has failed. */
    void doom(Exception why) {
        if (doom == null) {
            doom = why;
        }
    }

    XAException lost() {
        return XaFailures.of(
                XAException.XAER_RMFAIL,
                "the connection on which branch " + branch
                        + " was worked in is lost, and the server rolls that work back",
                doom);
    }
}
