package org.waybill.systemtests.bank;

import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jboss.tm.XAResourceWrapper;

/** A resource whose calls burn a fuse, and that has a name by which Narayana knows it again. What it does is its resource's affair. */
final class WatchedResource implements XAResourceWrapper {
    private interface Call {
        void run() throws XAException;
    }

    private final XAResource resource;
    private final Fault.Side side;
    private final Fuse fuse;

    WatchedResource(XAResource resource, Fault.Side side, Fuse fuse) {
        this.resource = resource;
        this.side = side;
        this.fuse = fuse;
    }

    private void watched(Fault.Verb verb, Call call) throws XAException {
        fuse.step(side, verb, false);
        call.run();
        fuse.step(side, verb, true);
    }

    @Override
    public void start(Xid xid, int flags) throws XAException {
        watched(Fault.Verb.START, () -> resource.start(xid, flags));
    }

    @Override
    public void end(Xid xid, int flags) throws XAException {
        watched(Fault.Verb.END, () -> resource.end(xid, flags));
    }

    @Override
    public int prepare(Xid xid) throws XAException {
        fuse.step(side, Fault.Verb.PREPARE, false);
        int vote = resource.prepare(xid);
        fuse.step(side, Fault.Verb.PREPARE, true);
        return vote;
    }

    @Override
    public void commit(Xid xid, boolean onePhase) throws XAException {
        watched(Fault.Verb.COMMIT, () -> resource.commit(xid, onePhase));
    }

    @Override
    public void rollback(Xid xid) throws XAException {
        resource.rollback(xid);
    }

    @Override
    public void forget(Xid xid) throws XAException {
        resource.forget(xid);
    }

    @Override
    public Xid[] recover(int flag) throws XAException {
        return resource.recover(flag);
    }

    @Override
    public boolean isSameRM(XAResource other) throws XAException {
        return resource.isSameRM(other instanceof WatchedResource watched ? watched.resource : other);
    }

    @Override
    public int getTransactionTimeout() throws XAException {
        return resource.getTransactionTimeout();
    }

    @Override
    public boolean setTransactionTimeout(int seconds) throws XAException {
        return resource.setTransactionTimeout(seconds);
    }

    @Override
    public XAResource getResource() {
        return resource;
    }

    @Override
    public String getProductName() {
        return side.name();
    }

    @Override
    public String getProductVersion() {
        return "";
    }

    @Override
    public String getJndiName() {
        return side.name();
    }
}
