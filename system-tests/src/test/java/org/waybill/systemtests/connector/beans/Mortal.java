package org.waybill.systemtests.connector.beans;

import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/** A resource that ends its JVM in the middle of a two-phase commit. */
interface Mortal extends XAResource {
    int EXIT_CODE = 9;

    /** Whether it does so in the first phase, not in the second. */
    boolean diesPreparing();

    @Override
    default int prepare(Xid xid) {
        if (diesPreparing()) {
            Runtime.getRuntime().halt(EXIT_CODE);
        }
        return XA_OK;
    }

    @Override
    default void commit(Xid xid, boolean onePhase) {
        Runtime.getRuntime().halt(EXIT_CODE);
    }

    @Override
    default void rollback(Xid xid) {
        // Nothing was done.
    }

    @Override
    default void start(Xid xid, int flags) {
        // It does no work.
    }

    @Override
    default void end(Xid xid, int flags) {
        // It does no work.
    }

    @Override
    default void forget(Xid xid) {
        // It decides nothing by itself.
    }

    @Override
    default Xid[] recover(int flags) {
        return new Xid[0];
    }

    @Override
    default boolean isSameRM(XAResource other) {
        return other == this;
    }

    @Override
    default int getTransactionTimeout() {
        return 0;
    }

    @Override
    default boolean setTransactionTimeout(int seconds) {
        return false;
    }
}
