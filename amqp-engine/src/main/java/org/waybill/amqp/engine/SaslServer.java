package org.waybill.amqp.engine;

import java.util.List;
import org.apache.qpid.proton.amqp.Symbol;
import org.jspecify.annotations.Nullable;

/**
 * The server's half of a SASL exchange (part 5, section 5.3). The engine carries frames; mechanisms are the host's. Each event is
 * answered with {@link ConnectionEngine#saslChallenge} or {@link ConnectionEngine#saslOutcome}, at once or later. Input that comes
 * before the answer breaks the protocol and ends the connection, except that an AMQP header may be pipelined.
 */
public interface SaslServer {
    /** What is offered, best first; asked once, when the client starts SASL. Not empty. */
    List<Symbol> mechanisms();

    /** Whether a client may leave SASL out and go to AMQP straight away. Otherwise it is shown our SASL header and cut off. */
    default boolean optional() {
        return false;
    }

    /** The client chose. The mechanism is the client's word: it need not be among those offered. */
    void onInit(ConnectionEngine connection, Symbol mechanism, byte @Nullable [] response, @Nullable String hostname);

    /** The client answers a challenge. */
    void onResponse(ConnectionEngine connection, byte[] response);
}
