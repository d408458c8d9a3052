package org.waybill.amqp.adapter;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Open;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.Conditions;
import org.waybill.spi.Destination;
import org.waybill.spi.NodeKind;

/**
 * The wish of a connection to be on the node that leads an address, said by the property {@code waybill:near} of its open; most have none.
 * One for each connection, on its loop.
 *
 * <pre>
 *  when                  that address is led elsewhere
 *  at the open           the connection is sent there at once
 *  later, at each tick   it is sent there when the same node has led for SETTLED_NS, unless something would be lost with it
 * </pre>
 */
final class Near {
    /** How long another node must have been known to lead before a connection that works is ended for its sake. */
    static final long SETTLED_NS = TimeUnit.SECONDS.toNanos(2);

    private final Redirects redirects;
    private final Socket socket;
    private @Nullable Destination wish;
    private @Nullable ClientAddress elsewhere;
    private long sinceNs;
    private int fleeting;

    Near(Redirects redirects, Socket socket) {
        this.redirects = redirects;
        this.socket = socket;
    }

    /** Reads the wish. Returns why the connection is refused: the wish cannot be understood, or fulfilled elsewhere; else null. */
    @Nullable
    ErrorCondition refusal(Open open) {
        Map<?, ?> properties = open.getProperties();
        Object address = properties == null ? null : properties.get(Symbols.NEAR);
        if (address == null) {
            return null;
        }
        if (!(address instanceof String || address instanceof Symbol)
                || address.toString().isEmpty()) {
            return Conditions.error(Conditions.INVALID_FIELD, "the property waybill:near must be an address");
        }
        Destination asked = Destination.of(address.toString(), NodeKind.ANY);
        wish = asked;
        ClientAddress there = redirects.elsewhere(asked, socket);
        return there == null ? null : redirects.connection(asked, there);
    }

    /** Why a link of this connection is refused here and to be attached at another node; see {@link Redirects#link}. */
    @Nullable
    ErrorCondition refusal(Attach asked, Terminus terminus) {
        return redirects.link(asked, terminus, socket);
    }

    /** Counts in (1) or out (-1) a link whose messages, or those on their way to it, would be lost with the connection. */
    void fleeting(int change) {
        fleeting += change;
    }

    /**
     * Why the connection is to end now, or null.
     *
     * @param idle whether no transaction would be lost
     */
    @Nullable
    ErrorCondition departure(long nowNs, boolean idle) {
        Destination near = wish;
        if (near == null) {
            return null;
        }
        ClientAddress there = redirects.elsewhere(near, socket);
        if (there == null || !there.equals(elsewhere)) {
            elsewhere = there;
            sinceNs = nowNs;
            return null;
        }
        boolean settled = nowNs - sinceNs >= SETTLED_NS;
        return settled && idle && fleeting == 0 ? redirects.connection(near, there) : null;
    }
}
