package org.waybill.systemtests.bank;

import jakarta.jms.JMSException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.XAConnection;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.WaybillXAConnectionFactory;

/**
 * Both sides of the transfers: lines to them for a desk's work, and for recovery.
 *
 * @param accounts the database
 * @param broker the broker's URI
 * @param fuse what the resources burn
 */
record Office(Accounts accounts, String broker, Fuse fuse) {
    /** A line to the queues. The caller closes it. */
    Post openPost() throws JMSException {
        return Post.open(broker);
    }

    /** Both sides as recovery sees them, over lines of their own. */
    List<Recoverable> sides() {
        return List.of(recoverableMessages(), recoverableAccounts());
    }

    /** Without a consumer, which would prefetch orders that no desk could see. */
    private Recoverable recoverableMessages() {
        AtomicReference<jakarta.jms.@Nullable XAConnection> line = new AtomicReference<>();
        return () -> {
            jakarta.jms.XAConnection fresh = new WaybillXAConnectionFactory(broker).createXAConnection();
            jakarta.jms.XAConnection former = line.getAndSet(fresh);
            if (former != null) {
                former.close();
            }
            return watched(fresh.createXASession().getXAResource(), Fault.Side.MESSAGES);
        };
    }

    /** The database alone. */
    Recoverable recoverableAccounts() {
        AtomicReference<@Nullable XAConnection> line = new AtomicReference<>();
        return () -> {
            XAConnection fresh = accounts.connect();
            XAConnection former = line.getAndSet(fresh);
            if (former != null) {
                former.close();
            }
            return watched(fresh.getXAResource(), Fault.Side.DATABASE);
        };
    }

    /** This resource, burning the fuse. */
    WatchedResource watched(XAResource resource, Fault.Side side) {
        return new WatchedResource(resource, side, fuse);
    }
}
