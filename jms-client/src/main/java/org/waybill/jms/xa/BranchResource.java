package org.waybill.jms.xa;

import jakarta.jms.JMSException;
import jakarta.jms.TransactionRolledBackException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.engine.ClientTransaction;
import org.waybill.jms.session.SessionTransaction;

/**
 * The branches of one XA session (Jakarta Transactions 2.0, section 3.4): at most one in which the session works now, and any number
 * in which it is suspended. Any thread; the session itself must rest while {@link #start} and {@link #end} run, as everywhere in XA.
 *
 * <pre>
 *  state      start(NOFLAGS, JOIN)   start(RESUME)   end(SUCCESS, FAIL)   end(SUSPEND)
 *  none       active                 active [1]      XAER_PROTO           XAER_PROTO
 *  active     XAER_PROTO             XAER_PROTO      none                 suspended
 *  suspended  XAER_PROTO             active          none                 XAER_PROTO
 *  [1] when another session of the connection has suspended
 * </pre>
 *
 * <p>What becomes of a branch after that, the server knows alone; each code is the server's, but for XAER_RMFAIL where it cannot be
 * asked.
 */
final class BranchResource implements XAResource, SessionTransaction {
    private static final int LAST_ROLLBACK = XAException.XA_RBEND;

    private final XaVerbs verbs;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<BranchId, Association> suspended = new HashMap<>(0);
    private volatile @Nullable Association active;
    private volatile int timeoutS;
    private @Nullable Settling session;

    /** Has what was sent so far be at the server. */
    interface Settling {
        /**
         * Waits for that.
         *
         * @throws JMSException if it takes too long
         */
        void settle() throws JMSException;
    }

    BranchResource(XaVerbs verbs) {
        this.verbs = verbs;
    }

    /** Names the session whose work it is about. */
    void session(Settling worker) {
        session = worker;
    }

    // --- the session's side

    @Override
    public @Nullable ClientTransaction transaction() throws JMSException {
        Association now = active;
        if (now == null) {
            return null;
        }
        Exception doom = now.doom();
        if (doom == null) {
            return now.work();
        }
        TransactionRolledBackException exception = new TransactionRolledBackException(
                "branch " + now.branch() + " can only be rolled back: " + doom.getMessage(), "rolled-back");
        exception.initCause(doom);
        exception.setLinkedException(doom);
        throw exception;
    }

    @Override
    public void doom(ClientTransaction transaction, Exception why) {
        Association now = active;
        if (now != null && now.work() == transaction) {
            now.doom(why);
        }
    }

    @Override
    public void interrupted(Exception why) {
        Association now = active;
        if (now != null && !now.connection().isOpen()) {
            now.doom(why);
        }
    }

    /** Whether the session works in a branch. */
    boolean isActive() {
        return active != null;
    }

    // --- the transaction manager's side: work

    @Override
    public void start(Xid xid, int flags) throws XAException {
        BranchId branch = BranchId.of(xid);
        if (flags != TMNOFLAGS && flags != TMJOIN && flags != TMRESUME) {
            throw XaFailures.of(
                    XAException.XAER_INVAL, "start takes one of TMNOFLAGS, TMJOIN and TMRESUME, not " + flags);
        }
        lock.lock();
        try {
            Association now = active;
            if (now != null) {
                throw XaFailures.of(
                        XAException.XAER_PROTO,
                        "the session works in branch " + now.branch() + ": end that first, or suspend it");
            }
            if (flags != TMRESUME && suspended.containsKey(branch)) {
                throw XaFailures.of(
                        XAException.XAER_PROTO, "the session has suspended branch " + branch + ": resume it");
            }
            active = verbs.start(branch, flags, flags == TMNOFLAGS ? timeoutS : 0);
            suspended.remove(branch);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void end(Xid xid, int flags) throws XAException {
        BranchId branch = BranchId.of(xid);
        if (flags != TMSUCCESS && flags != TMFAIL && flags != TMSUSPEND) {
            throw XaFailures.of(
                    XAException.XAER_INVAL, "end takes one of TMSUCCESS, TMFAIL and TMSUSPEND, not " + flags);
        }
        lock.lock();
        try {
            Association ended = leave(branch, flags);
            if (!ended.connection().isOpen()) {
                throw ended.lost();
            }
            Exception doom = ended.doom();
            if (flags == TMSUSPEND && doom == null) {
                suspended.put(branch, ended);
            }
            XaReply reply = verbs.end(ended, doom == null ? flags : TMFAIL);
            if (doom != null && flags != TMFAIL) {
                throw XaFailures.of(
                        isRollback(reply.code()) ? reply.code() : XAException.XA_RBROLLBACK,
                        "branch " + branch + " can only be rolled back: " + doom.getMessage(),
                        doom);
            }
            if (flags != TMFAIL || !isRollback(reply.code())) {
                XaVerbs.check("end", branch, reply);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The session's work in a branch, which it does not go on with. */
    private Association leave(BranchId branch, int flags) throws XAException {
        Association now = active;
        if (now != null && now.branch().equals(branch)) {
            settle(now);
            active = null;
            return now;
        }
        Association resting = flags == TMSUSPEND ? null : suspended.remove(branch);
        if (resting == null) {
            throw XaFailures.of(XAException.XAER_PROTO, "the session does not work in branch " + branch);
        }
        return resting;
    }

    /** A request would overtake what waits for credit, and an answer of the server's may still tell that a message was not taken. */
    private void settle(Association now) {
        Settling worker = session;
        if (worker == null || now.doom() != null || !now.connection().isOpen()) {
            return;
        }
        try {
            worker.settle();
        } catch (JMSException late) {
            now.doom(late);
        }
    }

    // --- the transaction manager's side: decisions

    @Override
    public int prepare(Xid xid) throws XAException {
        BranchId branch = BranchId.of(xid);
        XaReply reply = verbs.ask("prepare", branch.wire()).reply();
        if (reply.code() == XA_RDONLY) {
            return XA_RDONLY;
        }
        XaVerbs.check("prepare", branch, reply);
        return XA_OK;
    }

    @Override
    public void commit(Xid xid, boolean onePhase) throws XAException {
        BranchId branch = BranchId.of(xid);
        XaVerbs.Answer answer = verbs.ask("commit", branch.wire(), onePhase);
        if (answer.repeated() && answer.reply().code() == XAException.XAER_NOTA) {
            lostCommit(branch, onePhase, answer.reply());
            return;
        }
        XaVerbs.check("commit", branch, answer.reply());
    }

    /** The answer to a commit got lost, and the server has nothing left to commit. */
    private void lostCommit(BranchId branch, boolean onePhase, XaReply reply) throws XAException {
        String outcome = verbs.outcome(branch);
        if (outcome.equals("committed")) {
            return;
        }
        // an unknown branch that was never prepared has not been committed
        throw onePhase || outcome.equals("rolled back")
                ? XaFailures.of(XAException.XA_RBCOMMFAIL, "commit: branch " + branch + " was lost with its connection")
                : XaVerbs.refused("commit", branch, reply);
    }

    @Override
    public void rollback(Xid xid) throws XAException {
        BranchId branch = BranchId.of(xid);
        XaReply reply = verbs.ask("rollback", branch.wire()).reply();
        if (!isRollback(reply.code())) {
            XaVerbs.check("rollback", branch, reply);
        }
    }

    private static boolean isRollback(int code) {
        return code >= XAException.XA_RBBASE && code <= LAST_ROLLBACK;
    }

    @Override
    public void forget(Xid xid) throws XAException {
        BranchId branch = BranchId.of(xid);
        XaVerbs.check("forget", branch, verbs.ask("forget", branch.wire()).reply());
    }

    /** Lists all branches when a scan starts; going on or ending adds none. */
    @Override
    public Xid[] recover(int flags) throws XAException {
        if ((flags & ~(TMSTARTRSCAN | TMENDRSCAN)) != 0) {
            throw XaFailures.of(
                    XAException.XAER_INVAL, "recover takes TMSTARTRSCAN, TMENDRSCAN, both or TMNOFLAGS, not " + flags);
        }
        return (flags & TMSTARTRSCAN) == 0 ? new Xid[0] : verbs.recover().toArray(new Xid[0]);
    }

    // --- what it is

    @Override
    public boolean isSameRM(XAResource other) throws XAException {
        return other == this
                || other instanceof BranchResource resource && verbs.rmId().equals(resource.verbs.rmId());
    }

    @Override
    public int getTransactionTimeout() throws XAException {
        int seconds = timeoutS;
        return seconds > 0 ? seconds : verbs.defaultTimeoutS();
    }

    /** Holds for branches that are started from now on; 0 for the server's own limit. */
    @Override
    public boolean setTransactionTimeout(int seconds) throws XAException {
        if (seconds < 0) {
            throw XaFailures.of(XAException.XAER_INVAL, "a timeout is 0 or more seconds, not " + seconds);
        }
        timeoutS = seconds;
        return true;
    }
}
