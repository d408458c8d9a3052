package org.waybill.jms.session;

import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.engine.ClientException;
import org.waybill.jms.engine.ClientTransaction;
import org.waybill.jms.message.EncodeBuffer;
import org.waybill.jms.message.JmsMessage;
import org.waybill.jms.message.Messages;
import org.waybill.jms.session.MessageStamp.Sending;

/** What a session sends, one message after the other, and what becomes of it. Any thread. */
final class SessionSends {
    private static final int ENCODE_BYTES = 1024;
    /** What a buffer may keep for the next message. */
    private static final int MAX_KEPT_BYTES = 1 << 20;

    private final SessionWork session;
    private final @Nullable SessionTransaction transaction;
    private final Completions completions;
    private final AnonymousLinks anonymous;
    private final ReentrantLock sending = new ReentrantLock();
    private EncodeBuffer buffer = new EncodeBuffer(ENCODE_BYTES);

    SessionSends(SessionWork session, String name, @Nullable SessionTransaction transaction) {
        this.session = session;
        this.transaction = transaction;
        this.completions = new Completions(name + " completions");
        this.anonymous = new AnonymousLinks(session);
    }

    /** Whether the caller is a completion listener of this session. */
    boolean isCompleting() {
        return completions.isCurrent();
    }

    void checkNotCompleting(String what) throws IllegalStateException {
        if (isCompleting()) {
            throw new IllegalStateException(
                    what + " cannot be closed by its own completion listener, which would wait for itself",
                    "in-listener");
        }
    }

    /**
     * Waits for a send that is under way, and holds up others until it is told to {@link #goOn}, by the same thread; false if that takes
     * longer, and then nothing is held up: that send is ended with its link.
     */
    boolean hold(Deadline deadline) {
        try {
            return sending.tryLock() || sending.tryLock(deadline.leftNs(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    void goOn() {
        sending.unlock();
    }

    void send(Message message, Sending how, MessageStamp stamp, @Nullable OutgoingLink own) throws JMSException {
        session.connection().temporaries().checkExists(how.to());
        Deadline deadline = Deadline.in(session.settings().timeouts().sendMs());
        sending.lock();
        try {
            OutgoingLink link = own != null ? own : anonymous.link(how.to());
            if (how.delayMs() > 0 && !session.connection().server().delaysDelivery() && !link.delaysDelivery()) {
                throw new JMSException(
                        "the server does not offer to delay the delivery of messages: send without a delivery delay",
                        "not-offered");
            }
            JmsMessage outgoing = session.messages().outgoing(message);
            stamp.put(outgoing, how);
            if (outgoing != message) {
                Messages.returnHeaders(outgoing, message);
            }
            buffer.clear();
            session.messages().encode(outgoing, how.timeToLiveMs(), stamp.nextOrigin(), buffer);
            transmit(link, message, how, deadline);
            session.traffic().countSent(buffer.size());
        } finally {
            if (buffer.array().length > MAX_KEPT_BYTES) {
                buffer = new EncodeBuffer(ENCODE_BYTES);
            }
            sending.unlock();
        }
    }

    private void transmit(OutgoingLink link, Message message, Sending how, Deadline deadline) throws JMSException {
        ClientTransaction in;
        int period;
        do {
            period = session.losses();
            in = transaction == null ? null : transaction.transaction();
        } while (period != session.losses());
        boolean waits = session.settings().forceSyncSend()
                || (how.isPersistent() && in == null && !session.settings().forceAsyncSend());
        if (waits && how.listener() == null) {
            link.send(how.to(), buffer.array(), buffer.size(), in, period, deadline);
            return;
        }
        byte[] copy = session.connection().reconnects() ? Arrays.copyOf(buffer.array(), buffer.size()) : null;
        OutgoingSend send = new OutgoingSend(how.to(), copy, in, period, message, how.listener());
        completions.expect(send);
        boolean sent = false;
        try {
            link.send(buffer.array(), buffer.size(), send, deadline);
            sent = true;
        } finally {
            if (!sent) {
                completions.forget(send);
            }
        }
    }

    /** A message that was sent without waiting has its outcome. Must not block. */
    void completed(OutgoingSend send, @Nullable JMSException refusal) {
        ClientTransaction in = send.transaction();
        if (refusal != null && in != null && transaction != null) {
            transaction.doom(in, refusal);
        }
        if (send.listener() != null) {
            completions.complete(send, refusal);
        } else if (refusal != null && in == null && !session.isClosed()) {
            session.connection().report(refusal);
        }
    }

    void flushCompletions() {
        completions.flush();
    }

    /** Waits until everything that was sent has its outcome. */
    void settleSends() throws JMSException {
        try {
            for (OutgoingLink link : session.links().outgoing()) {
                link.awaitSettled(Deadline.in(session.settings().timeouts().sendMs()));
            }
        } catch (ClientException e) {
            throw Failures.of("cannot finish what was sent", e);
        }
    }

    /** Waits until a refusal of something sent would be known, unless the server remembers it by itself. */
    void awaitRefusals() throws JMSException {
        if (!session.connection().server().dooms()) {
            settleSends();
        }
    }

    /** Waits, until this deadline, for the listeners of what has its outcome. */
    void close(Deadline deadline) {
        completions.close(deadline);
    }
}
