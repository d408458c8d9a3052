package org.waybill.amqp.engine;

import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Open;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a connection. Called from inside {@link ConnectionEngine#receive}, {@link ConnectionEngine#tick} and
 * {@link ConnectionEngine#inputClosed}; every method of the engine may be called from here. Must not throw.
 */
public interface ConnectionListener {
    /** The peer opened. A server answers with {@link ConnectionEngine#open}, and may close at once after that. */
    void onOpen(ConnectionEngine connection, Open open);

    /**
     * The peer began a session. The host sets {@link SessionEngine#listener} before it returns and calls {@link SessionEngine#begin},
     * now or later, or refuses with {@link SessionEngine#end} (which answers the begin first). Frames of the session are handled meanwhile.
     */
    void onBegin(ConnectionEngine connection, SessionEngine session);

    /**
     * The peer closed, or answers our close. If the host has not called {@link ConnectionEngine#close} when this returns, the
     * engine does so without an error. {@link #onClosed} follows.
     */
    void onClose(ConnectionEngine connection, @Nullable ErrorCondition error);

    /**
     * The end, exactly once, last of all events, after every link and session was told: closed by both, refused, timed out, cut, or
     * failed. The host sends what is left in the output and then closes the socket.
     *
     * @param error what ended it, ours or the peer's; null for an orderly close
     */
    void onClosed(ConnectionEngine connection, @Nullable ErrorCondition error);
}
