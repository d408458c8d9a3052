package org.waybill.amqp.engine;

import java.util.List;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.security.SaslCode;
import org.jspecify.annotations.Nullable;

/** The client's half of a SASL exchange (part 5, section 5.3). The engine carries frames; mechanisms are the host's. */
public interface SaslClient {
    /** The server offers; answered with {@link ConnectionEngine#saslInit}, or {@link ConnectionEngine#abort} if none will do. */
    void onMechanisms(ConnectionEngine connection, List<Symbol> mechanisms);

    /** The server challenges; answered with {@link ConnectionEngine#saslResponse}. */
    void onChallenge(ConnectionEngine connection, byte[] challenge);

    /**
     * The server decided. On {@code OK} the engine goes on to AMQP; on anything else {@link ConnectionListener#onClosed} follows.
     * The host may {@link ConnectionEngine#abort} here if the server's final data proves it false.
     */
    void onOutcome(ConnectionEngine connection, SaslCode code, byte @Nullable [] additionalData);
}
