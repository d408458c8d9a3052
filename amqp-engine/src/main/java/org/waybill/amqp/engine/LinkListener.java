package org.waybill.amqp.engine;

import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a link of either role. Same rules as {@link ConnectionListener}.
 *
 * @param <L> the link's class
 */
public interface LinkListener<L extends Link> {
    /**
     * The peer answered the attach of a link that we attached. A null source (for our receiver) or target (for our sender) means
     * refusal: a detach with the reason is on its way and comes as {@link #onDetach}.
     */
    default void onAttach(L link, Attach attach) {}

    /**
     * The peer detached, or answers our detach. If the host has called neither {@link Link#detach} nor {@link Link#detachLater} when
     * this returns, the engine answers with the same {@code closed} and no error. Comes at most once, and not together with {@link #onLost}.
     */
    void onDetach(L link, boolean closed, @Nullable ErrorCondition error);

    /**
     * The link is gone without a detach of the peer's: its session or connection ended, or the peer broke the link's protocol, in
     * which case the engine has sent the detach with this error. Comes at most once.
     */
    void onLost(L link, @Nullable ErrorCondition error);
}
