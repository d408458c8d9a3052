package org.waybill.jms.session;

import jakarta.jms.JMSException;
import jakarta.jms.TransactionRolledBackException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.destination.WaybillDestination;
import org.waybill.jms.engine.ClientException;
import org.waybill.jms.engine.ClientSender;
import org.waybill.jms.engine.ClientSession;
import org.waybill.jms.engine.ClientTransaction;
import org.waybill.jms.engine.SendListener;
import org.waybill.jms.engine.SenderOptions;

/**
 * What goes to one target: a sender on the present connection, and what was sent without an outcome yet, which is sent again on the
 * next one. Sending is done by one thread at a time, the {@link #order} of it kept by a lock that the restoring thread takes, too.
 */
final class OutgoingLink implements SendListener {
    /** Messages without an outcome of one that sends exactly once; a server remembers 4,096 of a producer. */
    private static final int MAX_UNCERTAIN = 4_000;

    private static final List<String> DESIRED = List.of("DELAYED_DELIVERY");

    private final SessionWork session;
    private final @Nullable WaybillDestination destination;
    private final ReentrantLock order = new ReentrantLock();
    /** Guards {@link #kept}, and is never held while something is waited for. */
    private final ReentrantLock keeping = new ReentrantLock();

    private final ArrayDeque<OutgoingSend> kept = new ArrayDeque<>();
    private volatile @Nullable ClientSender sender;
    private volatile @Nullable ClientException failure;
    private volatile boolean closed;

    /**
     * Not attached yet.
     *
     * @param destination where to, or null for the anonymous relay
     */
    OutgoingLink(SessionWork session, @Nullable WaybillDestination destination) {
        this.session = session;
        this.destination = destination;
    }

    /** Attaches on this session, and sends again what has no outcome yet; waits for the answer. */
    void attach(ClientSession engine) {
        order.lock();
        try {
            ClientSender attached = engine.sender(options());
            attached.onEnd(this::ended);
            resend(attached);
            sender = attached;
        } finally {
            order.unlock();
        }
    }

    private SenderOptions options() {
        SenderOptions options = destination == null
                ? SenderOptions.to(null)
                : SenderOptions.to(session.connection().server().addressOf(destination))
                        .withCapabilities(List.of(destination.kind().capability()));
        return options.withDesiredCapabilities(DESIRED)
                .withSendTimeoutMs(session.settings().timeouts().sendMs());
    }

    private void resend(ClientSender attached) {
        for (OutgoingSend send : keptNow()) {
            byte[] bytes = send.bytes();
            if (send.transaction() == null && bytes != null) {
                attached.send(bytes, 0, bytes.length, false, null, this, send);
            } else if (forget(send)) {
                session.sends().completed(send, lostWithTransaction());
            }
        }
        session.sends().flushCompletions();
    }

    private static TransactionRolledBackException lostWithTransaction() {
        return new TransactionRolledBackException(
                "the connection was lost, and the transaction with it: do its work again", "rolled-back");
    }

    private List<OutgoingSend> keptNow() {
        keeping.lock();
        try {
            return new ArrayList<>(kept);
        } finally {
            keeping.unlock();
        }
    }

    /** The connection is gone. Any thread. */
    void interrupted() {
        sender = null;
    }

    /** Sends, and waits for the outcome; on the next connection if this one is lost meanwhile. */
    void send(
            WaybillDestination to,
            byte[] bytes,
            int length,
            @Nullable ClientTransaction transaction,
            int period,
            Deadline deadline)
            throws JMSException {
        while (true) {
            ClientSender now = await(deadline, to);
            order.lock();
            try {
                if (transaction != null && !session.isStill(period)) {
                    // Lost with its transaction, whose commit will say so.
                    return;
                }
                now.send(bytes, 0, length, transaction);
                return;
            } catch (ClientException e) {
                if (isFinal(e)) {
                    throw refused(to, e);
                }
            } finally {
                order.unlock();
            }
        }
    }

    /** Sends, and waits for room only. */
    void send(byte[] bytes, int length, OutgoingSend send, Deadline deadline) throws JMSException {
        while (!attempt(await(deadline, send.to()), bytes, length, send, deadline)) {
            // Not handed over, because the connection changed: again on the next one.
        }
    }

    private boolean attempt(ClientSender now, byte[] bytes, int length, OutgoingSend send, Deadline deadline)
            throws JMSException {
        order.lock();
        try {
            if (now != sender) {
                return false;
            }
            if (send.transaction() != null && !session.isStill(send.period())) {
                session.sends().completed(send, lostWithTransaction());
                session.sends().flushCompletions();
                return true;
            }
            boundUncertainty(now, deadline);
            keep(send);
            now.send(bytes, 0, length, false, send.transaction(), this, send);
            return true;
        } catch (ClientException e) {
            if (isFinal(e)) {
                forget(send);
                throw refused(send.to(), e);
            }
            // What is kept is sent by the one who restores this.
            return send.bytes() != null || !forget(send);
        } finally {
            order.unlock();
        }
    }

    /** Keeps to what the server remembers of a producer, so that it knows each repeated message again. */
    private void boundUncertainty(ClientSender now, Deadline deadline) {
        if (session.settings().exactlyOnce() && now.unsettled() >= MAX_UNCERTAIN) {
            now.awaitSettled(deadline.leftMs());
        }
    }

    private ClientSender await(Deadline deadline, WaybillDestination to) throws JMSException {
        while (true) {
            ClientSender now = sender;
            if (now != null) {
                return now;
            }
            ClientException reason = failure;
            if (reason != null) {
                throw refused(to, reason);
            }
            if (closed) {
                throw Failures.closed("the producer to '" + to + "'", null);
            }
            session.awaitConnection(deadline, "cannot send to '" + to + "'");
        }
    }

    private boolean isFinal(ClientException e) {
        return e.kind() == ClientException.Kind.NOT_ACCEPTED || closed || !session.survives(e);
    }

    private static JMSException refused(WaybillDestination to, ClientException e) {
        return Failures.of("cannot send to '" + to + "'", e);
    }

    private void keep(OutgoingSend send) {
        keeping.lock();
        try {
            kept.add(send);
        } finally {
            keeping.unlock();
        }
    }

    /** Answers whether it was kept. */
    private boolean forget(OutgoingSend send) {
        keeping.lock();
        try {
            return kept.peek() == send ? kept.poll() != null : kept.remove(send);
        } finally {
            keeping.unlock();
        }
    }

    // --- on the engine's loop

    @Override
    public void onOutcome(@Nullable Object attachment, @Nullable ClientException refusal) {
        if (!(attachment instanceof OutgoingSend send)) {
            return;
        }
        boolean lost = refusal != null && refusal.kind() != ClientException.Kind.NOT_ACCEPTED;
        if (lost && !closed && session.willBeRestored()) {
            return;
        }
        if (forget(send)) {
            session.sends().completed(send, refusal == null ? null : refused(send.to(), refusal));
        }
    }

    @Override
    public void onRunEnd() {
        session.sends().flushCompletions();
    }

    private void ended(ClientException why) {
        if (!session.endsWithItsConnection(why)) {
            fail(why);
        }
    }

    /** The server does not have this link any more. Any thread; does not block. */
    void fail(ClientException why) {
        failure = why;
        sender = null;
    }

    // --- what it is

    /** Whether the server can hold a message back until its time. */
    boolean delaysDelivery() {
        ClientSender now = sender;
        return now != null && now.offered("DELAYED_DELIVERY");
    }

    /** Waits until each message sent has its outcome, no longer than this. */
    void awaitSettled(Deadline deadline) {
        ClientSender now = sender;
        if (now != null) {
            now.awaitSettled(deadline.leftMs());
        }
    }

    /** Why it cannot be used any more, or null. */
    @Nullable
    ClientException failure() {
        return failure;
    }

    /** Detaches, and waits for that until the deadline; what has no outcome is told that there will be none. Never throws. */
    void close(Deadline deadline) {
        closed = true;
        ClientSender now = sender;
        sender = null;
        if (now != null) {
            now.close(deadline.leftMs());
        }
        for (OutgoingSend send : keptNow()) {
            if (forget(send)) {
                session.sends().completed(send, Failures.closed("the producer to '" + send.to() + "'", null));
            }
        }
        session.sends().flushCompletions();
    }
}
