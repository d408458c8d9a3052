package org.waybill.ra;

import jakarta.jms.JMSException;
import jakarta.jms.XAConnection;
import jakarta.jms.XASession;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;

/**
 * The branches at a broker, for a transaction manager that recovers: it lists and decides them, and never works in one. Nobody closes an
 * {@code XAResource}, so each verb has a connection of its own, which ends with it. Any thread.
 */
final class RecoveryResource implements XAResource {
    private interface Verb<T> {
        T ask(XAResource resource) throws XAException;
    }

    private final Target target;

    RecoveryResource(Target target) {
        this.target = target;
    }

    private <T> T ask(Verb<T> verb) throws XAException {
        try (XAConnection connection = target.factory().createXAConnection();
                XASession session = connection.createXASession()) {
            return verb.ask(session.getXAResource());
        } catch (JMSException e) {
            XAException failure = new XAException("cannot ask " + target + ": " + e.getMessage());
            failure.errorCode = XAException.XAER_RMFAIL;
            failure.initCause(e);
            throw failure;
        }
    }

    /** All of them when a scan starts; going on or ending adds none, and asks nobody. */
    @Override
    public Xid[] recover(int flags) throws XAException {
        return flags == TMENDRSCAN || flags == TMNOFLAGS ? new Xid[0] : ask(resource -> resource.recover(flags));
    }

    @Override
    public void commit(Xid xid, boolean onePhase) throws XAException {
        ask(resource -> {
            resource.commit(xid, onePhase);
            return xid;
        });
    }

    @Override
    public void rollback(Xid xid) throws XAException {
        ask(resource -> {
            resource.rollback(xid);
            return xid;
        });
    }

    @Override
    public void forget(Xid xid) throws XAException {
        ask(resource -> {
            resource.forget(xid);
            return xid;
        });
    }

    @Override
    public int prepare(Xid xid) throws XAException {
        return ask(resource -> resource.prepare(xid));
    }

    @Override
    public void start(Xid xid, int flags) throws XAException {
        throw noWork();
    }

    @Override
    public void end(Xid xid, int flags) throws XAException {
        throw noWork();
    }

    private static XAException noWork() {
        XAException refusal = new XAException("a resource for recovery does no work");
        refusal.errorCode = XAException.XAER_PROTO;
        return refusal;
    }

    @Override
    public boolean isSameRM(@Nullable XAResource other) {
        return other instanceof RecoveryResource resource && resource.target.equals(target);
    }

    @Override
    public int getTransactionTimeout() {
        return 0;
    }

    @Override
    public boolean setTransactionTimeout(int seconds) {
        return false;
    }
}
