package org.waybill.benchmarks.amqp;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The side a connection takes, client or relay: who speaks first, and what is done with what the peer sends. All calls
 * come on the loop's thread, after the connection has done its own bookkeeping; none may block.
 */
public interface Role {
    /** The peer's protocol header came: 3 is SASL, 0 is AMQP. */
    void onHeader(Connection connection, int protocol);

    /** A performative other than transfer, flow and disposition came, AMQP or SASL. */
    void onSetup(Connection connection, int code, List<@Nullable Object> fields) throws IOException;

    /** The peer, in its part as receiver, told a state for deliveries first to last; state 0 is none. */
    void onDisposition(Connection connection, long first, long last, boolean settled, int state);

    /** The coordinator answered a declare with that transaction. */
    default void onDeclared(Connection connection, long deliveryId, byte[] transaction) {}

    /** Everything read from the socket in this turn is handled. */
    void onBatchEnd(Connection connection);

    /** The connection is broken or the peer broke the protocol; its socket is closed already. */
    void onFailed(Connection connection, Exception reason);
}
