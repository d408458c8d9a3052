package org.waybill.jms.session;

import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.MessageListener;
import jakarta.jms.Session;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.engine.ClientException;
import org.waybill.jms.engine.ClientTransaction;
import org.waybill.jms.message.AckType;
import org.waybill.jms.message.JmsMessage;
import org.waybill.jms.session.IncomingLink.Delivered;
import org.waybill.jms.tracing.Tracing;

/**
 * How a session's messages come to the application: whether they may, in which acknowledgement mode, what is not acknowledged yet, and
 * on which thread listeners run (JMS 6.2).
 */
final class Delivery {
    /** Acknowledges one message at a time; an extension that other clients have, too, under this number. */
    static final int INDIVIDUAL_ACKNOWLEDGE = 101;

    private final SessionWork session;
    private final int mode;
    private final @Nullable SessionTransaction transaction;
    private final SerialThread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Ledger ledger = new Ledger();
    private volatile boolean started;
    private volatile boolean closed;
    /** The consumer, or the session itself, whose listener has a message now. */
    private @Nullable Object listening;

    private @Nullable Delivered inHand;
    private boolean recovered;
    /** Who runs what a connection consumer loaded. */
    private volatile @Nullable Thread runner;

    Delivery(SessionWork session, String name, int mode, @Nullable SessionTransaction transaction) {
        this.session = session;
        this.mode = mode;
        this.transaction = transaction;
        this.thread =
                SerialThread.lasting(name + " listeners", session.settings().daemonThreads());
    }

    ReentrantLock lock() {
        return lock;
    }

    /** Whether a message counts as acknowledged once the application has it. */
    boolean isAutomatic() {
        return mode == Session.AUTO_ACKNOWLEDGE || mode == Session.DUPS_OK_ACKNOWLEDGE;
    }

    // --- started and stopped

    boolean isStarted() {
        return started;
    }

    void start() {
        lock.lock();
        try {
            started = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Lets nothing more come to the application. */
    void stop() {
        lock.lock();
        try {
            started = false;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until this is started, or closed; answers whether it came to that. */
    boolean awaitStarted(Deadline deadline) throws JMSException {
        if (started) {
            return true;
        }
        lock.lock();
        try {
            while (!started && !closed) {
                if (deadline.hasPassed()) {
                    return false;
                }
                changed.awaitNanos(deadline.leftNs());
            }
            return true;
        } catch (InterruptedException e) {
            throw Failures.interrupted("cannot receive", e);
        } finally {
            lock.unlock();
        }
    }

    /** Wakes who waits for a start, to look whether there is still something to wait for. */
    void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until no listener of this consumer's has a message; of none at all, if null. Not for listeners. */
    void awaitQuiet(@Nullable Object whose, Deadline deadline) throws JMSException {
        if (thread.isCurrent() || isRunBySession()) {
            return;
        }
        lock.lock();
        try {
            while (listening != null && (whose == null || listening == whose)) {
                if (deadline.hasPassed()) {
                    throw new JMSException("a message listener did not return in time", "timeout");
                }
                changed.awaitNanos(deadline.leftNs());
            }
        } catch (InterruptedException e) {
            throw Failures.interrupted("cannot wait for a message listener", e);
        } finally {
            lock.unlock();
        }
    }

    private boolean isRunBySession() {
        return runner == Thread.currentThread();
    }

    /** Whether the caller is a listener of this session. */
    boolean isListener() {
        return thread.isCurrent() || isRunBySession();
    }

    // --- to the application

    void dispatch(Runnable turn) {
        thread.execute(turn);
    }

    /** The message of a delivery, unless the application is not to see it: then it is settled. With the lock held. */
    @Nullable
    JmsMessage screen(Delivered candidate, ConsumerSpec spec) {
        JmsMessage message;
        try {
            message = session.messages().decode(candidate.delivery().encoded(), spec.destination());
        } catch (JMSException e) {
            Ledger.settle(candidate, AckType.MODIFIED_FAILED_UNDELIVERABLE);
            return null;
        }
        int redeliveries = message.redeliveryCount() + candidate.repeats();
        if (candidate.repeats() > 0) {
            message.redeliveryCount(redeliveries);
        }
        if (spec.browsing()) {
            return message;
        }
        long expirationMs = message.expirationMs();
        if (expirationMs != 0
                && session.settings().localMessageExpiry()
                && session.connection().clock().millis() >= expirationMs) {
            Ledger.settle(candidate, AckType.MODIFIED_FAILED_UNDELIVERABLE);
            return null;
        }
        ConnectionSettings.Redelivery policy = session.settings().redelivery();
        if (policy.maxRedeliveries() >= 0 && redeliveries > policy.maxRedeliveries()) {
            Ledger.settle(candidate, AckType.valueOf(policy.outcome().name()));
            return null;
        }
        session.traffic().countReceived(candidate.delivery().encoded().length, redeliveries > 0);
        return message;
    }

    /**
     * A message is about to be returned by a receive.
     *
     * @return false if it cannot be acknowledged any more: the server gives it to somebody else
     */
    boolean received(Delivered now, JmsMessage message) throws JMSException {
        if (isAutomatic()) {
            return accept(now, null);
        }
        if (transaction != null) {
            return accept(now, transaction.transaction());
        }
        list(now, message);
        return true;
    }

    private void list(Delivered now, JmsMessage message) {
        lock.lock();
        try {
            ledger.add(now);
        } finally {
            lock.unlock();
        }
        message.acknowledgement(
                mode == INDIVIDUAL_ACKNOWLEDGE ? outcome -> acknowledge(now, outcome) : this::acknowledgeAll);
    }

    private boolean accept(Delivered now, @Nullable ClientTransaction work) {
        if (!now.isLive()) {
            return false;
        }
        try {
            if (work == null) {
                now.delivery().accept();
            } else {
                now.delivery().accept(work);
            }
            session.traffic().countAcknowledged(1);
            return true;
        } catch (ClientException e) {
            session.survives(e);
            return false;
        }
    }

    /** This message is about to go to a listener: whoever stops or closes waits for that from now on. With the lock held. */
    void claim(Object whose, Delivered now) {
        listening = whose;
        inHand = now;
        recovered = false;
    }

    /** Gives a claimed message to a listener, on the session's thread or on a server session's. */
    void deliver(Delivered now, JmsMessage message, MessageListener listener) {
        boolean completed = false;
        try {
            if (isAutomatic() || received(now, message)) {
                traced(message, listener);
                completed = true;
            }
        } catch (JMSException e) {
            session.connection().report(e);
            Ledger.settle(now, AckType.RELEASED);
        } catch (RuntimeException e) {
            session.connection()
                    .report(Failures.withCause(
                            new JMSException("a message listener failed: " + e, "listener-failed"), e));
        } finally {
            settle(now, completed);
            end();
        }
    }

    private static void traced(JmsMessage message, MessageListener listener) {
        Tracing.Scope scope = Tracing.DETECTED.enter(message);
        try {
            listener.onMessage(message);
        } finally {
            scope.close();
        }
    }

    /** Settles what a listener had, before anybody may think that it is over. */
    private void settle(Delivered now, boolean completed) {
        if (!isAutomatic() || isRecovered()) {
            return;
        }
        if (completed) {
            accept(now, null);
        } else {
            Ledger.settle(now, AckType.MODIFIED_FAILED);
        }
    }

    /** Whether the listener has recovered the session, so that the message is to come again. */
    private boolean isRecovered() {
        lock.lock();
        try {
            return recovered;
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            listening = null;
            inHand = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Runs what a connection consumer loaded, on the caller's thread, whose listener is this session's own. */
    void runAs(Runnable loaded) {
        runner = Thread.currentThread();
        try {
            loaded.run();
        } finally {
            runner = null;
        }
    }

    // --- acknowledgement

    /** Acknowledges all that was received, if the mode is that of a client that does so. */
    void acknowledgeReceived() throws JMSException {
        if (mode == Session.CLIENT_ACKNOWLEDGE) {
            acknowledgeAll(AckType.ACCEPTED);
        }
    }

    private void acknowledgeAll(AckType outcome) throws JMSException {
        checkReachable();
        lock.lock();
        try {
            if (outcome == AckType.ACCEPTED) {
                session.traffic().countAcknowledged(ledger.size());
            }
            ledger.settleAll(outcome);
        } finally {
            lock.unlock();
        }
        session.consumers().closeRetired();
    }

    /** An acknowledgement that can never arrive is not to look like one that did. */
    private void checkReachable() throws IllegalStateException {
        session.checkOpen();
        session.connection().checkOpen();
    }

    private void acknowledge(Delivered one, AckType outcome) throws JMSException {
        checkReachable();
        lock.lock();
        try {
            if (ledger.settleListed(one, outcome) && outcome == AckType.ACCEPTED) {
                session.traffic().countAcknowledged(1);
            }
        } finally {
            lock.unlock();
        }
        session.consumers().closeRetired();
    }

    /** Has everything that is not acknowledged delivered again, before all else (JMS 6.2.11). */
    void recover() throws JMSException {
        if (transaction != null) {
            throw new IllegalStateException("a transacted session is not recovered, but rolled back", "transacted");
        }
        lock.lock();
        try {
            Delivered current = inHand;
            if (isListener() && current != null && isAutomatic()) {
                recovered = true;
                current.link().putBack(current.again());
            }
            for (Delivered entry : ledger.takeLatestFirst()) {
                if (session.consumers().isRetired(entry.link())) {
                    Ledger.settle(entry, AckType.MODIFIED_FAILED);
                } else if (entry.isLive()) {
                    entry.link().putBack(entry.again());
                }
            }
        } finally {
            lock.unlock();
        }
        session.consumers().closeRetired();
        session.wakeListeners();
    }

    /** Whether something that came over this link waits for its acknowledgement. */
    boolean holds(IncomingLink link) {
        lock.lock();
        try {
            return ledger.holds(link);
        } finally {
            lock.unlock();
        }
    }

    /** The connection is gone with every delivery. Any thread. */
    void interrupted() {
        lock.lock();
        try {
            ledger.interrupted();
        } finally {
            lock.unlock();
        }
    }

    // --- the end

    /** Nothing comes to the application any more; what it has not acknowledged goes back. */
    void close() {
        lock.lock();
        try {
            closed = true;
            started = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void returnUnacknowledged() {
        lock.lock();
        try {
            ledger.settleAll(AckType.MODIFIED_FAILED);
        } finally {
            lock.unlock();
        }
    }

    void endThread(Deadline deadline) {
        thread.close(deadline);
    }
}
