package org.waybill.jms.xa;

import jakarta.jms.JMSException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import javax.transaction.xa.XAException;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.engine.ClientConnection;
import org.waybill.jms.engine.ClientException;
import org.waybill.jms.session.JmsConnection;

/** The verbs of XA for the branches of one JMS connection, on whichever connection to a server that has now. Any thread. */
final class XaVerbs {
    private static final int PAGE = 1_000;
    private static final long REPEAT_AFTER_NS = 10_000_000;
    private static final int TMSTARTRSCAN = 0x1000000;
    private static final int TMNOFLAGS = 0;

    private final JmsConnection connection;
    private final long timeoutMs;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable XaRequests current;
    private @Nullable String rmId;

    /** @param timeoutMs how long to wait for an answer, reconnecting included */
    XaVerbs(JmsConnection connection, long timeoutMs) {
        this.connection = connection;
        this.timeoutMs = timeoutMs;
    }

    /**
     * An answer.
     *
     * @param repeated whether the verb was sent more than once, because an answer got lost
     */
    record Answer(XaReply reply, boolean repeated) {}

    /**
     * Asks, and asks again on the next connection if the answer got lost and there is a next one: for verbs that may be repeated.
     *
     * @throws XAException {@code XAER_RMFAIL} if there is no answer
     */
    Answer ask(String verb, @Nullable Object... arguments) throws XAException {
        long deadlineNs = System.nanoTime() + timeoutMs * 1_000_000;
        boolean repeated = false;
        while (true) {
            XaRequests requests = requests(verb);
            try {
                return new Answer(ask(requests, verb, Arrays.asList(arguments)), repeated);
            } catch (ClientException lost) {
                if (!connection.reconnects() || System.nanoTime() - deadlineNs > 0) {
                    throw unavailable(verb, lost);
                }
                repeated = true;
                // the connection may be lost and not yet known to be
                LockSupport.parkNanos(REPEAT_AFTER_NS);
            }
        }
    }

    /** Begins to work in a branch, and answers how. */
    Association start(BranchId branch, int flags, int timeoutS) throws XAException {
        XaRequests requests = requests("start");
        List<Object> arguments = new ArrayList<>(List.of(branch.wire(), UnsignedInteger.valueOf(flags)));
        if (timeoutS > 0) {
            arguments.add(UnsignedInteger.valueOf(timeoutS));
        }
        try {
            XaReply reply = check("start", branch, ask(requests, "start", arguments));
            if (reply.results().isEmpty() || !(reply.results().get(0) instanceof Binary txnId)) {
                throw malformed("start");
            }
            return new Association(branch, BranchId.bytes(txnId), requests.connection());
        } catch (ClientException lost) {
            throw unavailable("start", lost);
        }
    }

    /** Stops working in a branch, which only the connection can do that works in it. */
    XaReply end(Association association, int flags) throws XAException {
        XaRequests requests = requests("end");
        if (requests.connection() != association.connection()) {
            throw association.lost();
        }
        try {
            return ask(requests, "end", List.of(new Binary(association.work().id()), UnsignedInteger.valueOf(flags)));
        } catch (ClientException lost) {
            throw unavailable("end", lost);
        }
    }

    /** All branches in doubt. */
    List<BranchId> recover() throws XAException {
        List<BranchId> found = new ArrayList<>();
        Object cursor = null;
        do {
            UnsignedInteger flags = UnsignedInteger.valueOf(cursor == null ? TMSTARTRSCAN : TMNOFLAGS);
            XaReply reply =
                    ask("recover", flags, cursor, UnsignedInteger.valueOf(PAGE)).reply();
            if (reply.code() != 0) {
                throw refused("recover", null, reply);
            }
            if (reply.results().size() != 2 || !(reply.results().get(0) instanceof List<?> page)) {
                throw malformed("recover");
            }
            for (Object each : page) {
                BranchId id = BranchId.read(each);
                if (id == null) {
                    throw malformed("recover");
                }
                found.add(id);
            }
            cursor = reply.results().get(1);
        } while (cursor != null);
        return found;
    }

    /** What became of a branch: {@code committed}, {@code rolled back}, {@code prepared} or {@code unknown}. */
    String outcome(BranchId branch) throws XAException {
        XaReply reply = check("outcome", branch, ask("outcome", branch.wire()).reply());
        return reply.results().isEmpty()
                ? "unknown"
                : String.valueOf(reply.results().get(0));
    }

    /** After how many seconds the server rolls back branches for which nothing else was said; 0 for never. */
    int defaultTimeoutS() throws XAException {
        XaReply reply = ask("get-timeout").reply();
        if (reply.code() == 0 && !reply.results().isEmpty() && reply.results().get(0) instanceof Number seconds) {
            return seconds.intValue();
        }
        throw malformed("get-timeout");
    }

    /** The name of the server's branches, the same over all connections to it. */
    String rmId() throws XAException {
        requests("rm-id");
        lock.lock();
        try {
            if (rmId != null) {
                return rmId;
            }
        } finally {
            lock.unlock();
        }
        XaReply reply = ask("rm-id").reply();
        if (reply.code() != 0 || reply.results().isEmpty()) {
            throw malformed("rm-id");
        }
        String asked = String.valueOf(reply.results().get(0));
        lock.lock();
        try {
            rmId = asked;
        } finally {
            lock.unlock();
        }
        return asked;
    }

    /** An answer that says that it was done. */
    static XaReply check(String verb, @Nullable BranchId branch, XaReply reply) throws XAException {
        if (reply.code() != 0) {
            throw refused(verb, branch, reply);
        }
        return reply;
    }

    static XAException refused(String verb, @Nullable BranchId branch, XaReply reply) {
        String what = reply.error() == null ? "the server did not do it" : reply.error();
        return XaFailures.of(reply.code(), verb + (branch == null ? "" : " of branch " + branch) + ": " + what);
    }

    /** The links on the connection that there is now. */
    private XaRequests requests(String verb) throws XAException {
        try {
            ClientConnection now = connection.engineConnection();
            lock.lock();
            try {
                XaRequests there = current;
                if (there == null || there.connection() != now || there.isOver()) {
                    if (there != null) {
                        there.close();
                    }
                    there = new XaRequests(now);
                    current = there;
                    rmId = null;
                }
                return there;
            } finally {
                lock.unlock();
            }
        } catch (JMSException | ClientException none) {
            throw unavailable(verb, none);
        }
    }

    private XaReply ask(XaRequests requests, String verb, List<?> arguments) throws XAException {
        try {
            return requests.ask(verb, arguments, timeoutMs);
        } catch (TimeoutException e) {
            throw XaFailures.of(
                    XAException.XAER_RMFAIL,
                    verb + ": no answer of " + requests.connection().options() + " within " + timeoutMs
                            + " ms; it may have been carried out or not",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw XaFailures.of(XAException.XAER_RMFAIL, verb + ": the thread was interrupted", e);
        }
    }

    private static XAException unavailable(String verb, Exception why) {
        return XaFailures.of(XAException.XAER_RMFAIL, verb + ": " + why.getMessage(), why);
    }

    private static XAException malformed(String verb) {
        return XaFailures.of(
                XAException.XAER_RMERR, verb + ": the server's answer is not what docs/xa-over-amqp.md says");
    }
}
