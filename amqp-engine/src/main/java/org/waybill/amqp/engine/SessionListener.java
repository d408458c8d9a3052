package org.waybill.amqp.engine;

import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.jspecify.annotations.Nullable;

/** What happens to a session. Same rules as {@link ConnectionListener}. */
public interface SessionListener {
    /** The peer answered the begin of a session that we began. */
    default void onBegin(SessionEngine session, Begin begin) {}

    /**
     * The peer attached as receiver: we would send. The host sets {@link SenderLink#listener} and calls {@link Link#attach} or
     * {@link Link#refuse}, now or later. What the peer asks for is in {@link Link#remoteAttach}. A flow that comes before the host
     * attaches is told as {@link SenderListener#onFlow} by the first {@link ConnectionEngine#flush} after it.
     *
     * <p>If a link of this name and role is attached in this session already, it was stolen first: detached and lost with {@code
     * amqp:link:stolen}.
     */
    void onSender(SessionEngine session, SenderLink link);

    /** The peer attached as sender: we would receive. Otherwise like {@link #onSender}. */
    void onReceiver(SessionEngine session, ReceiverLink link);

    /** The peer opened its incoming window, so that sends that waited have left. */
    default void onWindow(SessionEngine session) {}

    /**
     * The session is over, exactly once, after its links were told: ended by the peer (answered by the engine), by
     * {@link SessionEngine#end}, by a breach of the protocol, or with its connection.
     *
     * @param error what ended it, ours or the peer's; null for an orderly end
     */
    void onEnd(SessionEngine session, @Nullable ErrorCondition error);
}
