package org.waybill.amqp.engine;

import java.util.List;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.jspecify.annotations.Nullable;

/**
 * One end of one session (part 2, section 2.5): its links, its windows counted in transfer frames both ways, its unsettled
 * deliveries.
 *
 * <p>The incoming window opens by itself as frames come in: what bounds memory is credit, and the limit on unsettled deliveries.
 */
public final class SessionEngine {
    private SessionEngine() {}

    /** Who is told; set before {@link #begin}. */
    public void listener(SessionListener listener) {
        throw new UnsupportedOperationException();
    }

    /** Begins our session, or answers the peer's begin. */
    public void begin() {
        throw new UnsupportedOperationException();
    }

    /** Ends the session. Its links are lost and {@link SessionListener#onEnd} is called before this returns. */
    public void end(@Nullable ErrorCondition error) {
        throw new UnsupportedOperationException();
    }

    /**
     * Makes a link of ours on which we send; {@link Link#attach} attaches it. Throws if handle-max leaves no handle, or a link of this
     * name and role is attached in this session.
     */
    public SenderLink sender(String name, SenderListener listener) {
        throw new UnsupportedOperationException();
    }

    /** Makes a link of ours on which we receive. Otherwise like {@link #sender}. */
    public ReceiverLink receiver(String name, ReceiverListener listener) {
        throw new UnsupportedOperationException();
    }

    /** The connection it belongs to. */
    public ConnectionEngine connection() {
        throw new UnsupportedOperationException();
    }

    /** The peer's begin, or null before it came. */
    public @Nullable Begin remoteBegin() {
        throw new UnsupportedOperationException();
    }

    /** The links that are not over yet, a copy. */
    public List<Link> links() {
        throw new UnsupportedOperationException();
    }

    /** Whether {@link SessionListener#onEnd} was or is being called. */
    public boolean isEnded() {
        throw new UnsupportedOperationException();
    }

    /** Transfer frames that may leave before the peer must open its window. */
    public int remoteIncomingWindow() {
        throw new UnsupportedOperationException();
    }

    /** Whether sends wait for the peer's window. */
    public boolean isBlocked() {
        throw new UnsupportedOperationException();
    }

    /** Deliveries sent and not settled yet. */
    public int outgoingUnsettled() {
        throw new UnsupportedOperationException();
    }

    /** Deliveries received and not settled yet. */
    public int incomingUnsettled() {
        throw new UnsupportedOperationException();
    }

    /** The host's own object for this session, or null. */
    public @Nullable Object attachment() {
        throw new UnsupportedOperationException();
    }

    /** Keeps an object of the host's with this session. */
    public void attachment(@Nullable Object attachment) {
        throw new UnsupportedOperationException();
    }
}
