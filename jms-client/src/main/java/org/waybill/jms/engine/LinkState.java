package org.waybill.jms.engine;

import java.util.concurrent.locks.Condition;
import java.util.function.BooleanSupplier;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.Link;

/**
 * How a link came about and how it ended: what a sender and a receiver have in common. Everything with the driver's lock held.
 *
 * <pre>{@code
 *  ATTACHING | attach with a terminus    | ATTACHED
 *            | attach without a terminus | ATTACHING (the detach with the reason follows)
 *  any       | detach of the peer's      | OVER, failure REFUSED (CLOSED if it answers ours)
 *            | lost                      | OVER, failure of the session or connection
 * }</pre>
 */
final class LinkState {
    private enum State {
        ATTACHING,
        ATTACHED,
        OVER
    }

    private final ClientSession session;
    private final Driver driver;
    private final String what;
    private @Nullable String address;
    private final EndListeners ends;
    private State state = State.ATTACHING;
    private @Nullable ClientException failure;
    /** What went wrong after our detach. */
    private @Nullable ClientException afterClose;

    /**
     * A link about to attach.
     *
     * @param what the words for a human before its address: "the sender to"
     */
    LinkState(ClientSession session, Driver driver, String what, @Nullable String address) {
        this.session = session;
        this.driver = driver;
        this.what = what;
        this.address = address;
        this.ends = new EndListeners(driver);
    }

    /** Who is told when it ends otherwise than by our close. */
    EndListeners ends() {
        return ends;
    }

    @Nullable
    String address() {
        return address;
    }

    /** Sends the attach, and waits for the answer. */
    void attach(Link link, Attach attach) {
        link.attach(attach);
        driver.touch();
        try {
            if (!driver.await(driver.changed(), timeoutMs(), () -> state != State.ATTACHING)) {
                throw session.connection().timeout("did not attach " + this);
            }
        } catch (ClientException e) {
            close(link, true);
            throw e;
        }
        check();
    }

    /** Detaches, once. Answers whether there is an answer to wait for. */
    private boolean close(Link link, boolean closed) {
        if (failure != null) {
            return false;
        }
        failure = ClientException.of(ClientException.Kind.CLOSED, this + " is closed");
        ends.over(failure);
        driver.settleFirst();
        link.detach(closed, null);
        driver.touch();
        return true;
    }

    /**
     * Detaches and waits for the answer. Whoever waits for something else on this link is to be woken by the caller.
     *
     * @param closed whether the terminus goes, too
     */
    void closeAndWait(Link link, boolean closed) {
        closeAndWait(link, closed, timeoutMs());
    }

    /** As {@link #closeAndWait(Link, boolean)}, with this time limit. */
    void closeAndWait(Link link, boolean closed, long limitMs) {
        if (close(link, closed)) {
            try {
                driver.await(driver.changed(), limitMs, () -> state == State.OVER);
            } catch (ClientException e) {
                // Interrupted: the answer is not waited for, and the flag is set.
            }
        }
    }

    /** After {@link #closeAndWait}: throws if the peer did not answer it, or with an error. */
    void checkAnswered() {
        if (afterClose != null) {
            throw afterClose.rethrown();
        }
        if (state != State.OVER) {
            throw session.connection().timeout("did not detach " + this);
        }
    }

    /** Waits on a condition of this link's, until it is done or the link fails. */
    boolean await(Condition condition, long limitMs, BooleanSupplier done) {
        boolean came = driver.await(condition, limitMs, () -> failure != null || done.getAsBoolean());
        check();
        return came;
    }

    /** Throws if it cannot be used any more. */
    void check() {
        if (failure != null) {
            throw failure.rethrown();
        }
    }

    @Nullable
    ClientException failure() {
        return failure;
    }

    long timeoutMs() {
        return session.connection().options().timeoutMs();
    }

    ClientException timeout(String complaint, long limitMs) {
        return ClientException.about(
                ClientException.Kind.TIMEOUT, this + " " + complaint + " within " + limitMs + " ms", address);
    }

    // --- what the engine tells

    /**
     * The peer attached.
     *
     * @param accepted whether it has the terminus that was asked for
     * @param named what the peer calls its node, or null to keep our name for it
     */
    void attached(boolean accepted, @Nullable String named) {
        if (accepted) {
            state = State.ATTACHED;
            if (named != null) {
                address = named;
            }
            driver.changed().signalAll();
        }
    }

    void detached(@Nullable ErrorCondition error) {
        boolean answered = failure != null && error == null;
        String what = state == State.ATTACHING ? this + " was refused" : this + " was closed by the server";
        over(ClientException.of(ClientException.Kind.REFUSED, what, address, error), answered);
    }

    void lost(@Nullable ErrorCondition error) {
        ClientException reason = session.failure(error);
        over(
                reason != null
                        ? reason
                        : ClientException.of(ClientException.Kind.LOST, this + " was lost", address, error),
                false);
    }

    private void over(ClientException reason, boolean answered) {
        state = State.OVER;
        if (failure == null) {
            failure = reason;
        } else if (!answered) {
            afterClose = reason;
        }
        ends.over(failure);
        driver.changed().signalAll();
    }

    @Override
    public String toString() {
        return address == null ? what + " a nameless address" : what + " '" + address + "'";
    }
}
