package org.waybill.amqp.adapter;

import java.util.ArrayList;
import java.util.List;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.security.SaslCode;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.ConnectionEngine;
import org.waybill.amqp.engine.SaslServer;
import org.waybill.amqp.sasl.Authenticator;
import org.waybill.amqp.sasl.SaslAnswer;
import org.waybill.amqp.sasl.SaslExchange;

/** Binds one connection's SASL frames to the mechanisms; afterwards it knows who the client is. */
final class SaslGate implements SaslServer {
    /** What a gate asks of its connection. */
    interface Host {
        /** An answer was written outside of a read. */
        void answered();

        /** The client was refused. */
        void denied(String mechanism);
    }

    private static final byte[] EMPTY = {};

    private final Authenticator authenticator;
    private final boolean local;
    private final Host host;
    private @Nullable SaslExchange exchange;
    private String mechanism = "";
    private @Nullable String user;

    /** @param local whether the peer is on this machine, seen over the loopback interface */
    SaslGate(Authenticator authenticator, boolean local, Host host) {
        this.authenticator = authenticator;
        this.local = local;
        this.host = host;
    }

    /** The authenticated user, or null for an anonymous one. */
    @Nullable
    String user() {
        return user;
    }

    @Override
    public List<Symbol> mechanisms() {
        List<Symbol> offered = new ArrayList<>();
        for (String name : authenticator.offered(local)) {
            offered.add(Symbol.valueOf(name));
        }
        return offered;
    }

    @Override
    public boolean optional() {
        return authenticator.admitsAnonymous(local);
    }

    @Override
    public void onInit(
            ConnectionEngine connection, Symbol chosen, byte @Nullable [] response, @Nullable String hostname) {
        mechanism = chosen.toString();
        exchange = authenticator.begin(mechanism, local);
        if (exchange == null) {
            answer(connection, new SaslAnswer.Failure(false));
            return;
        }
        onResponse(connection, response == null ? EMPTY : response);
    }

    @Override
    public void onResponse(ConnectionEngine connection, byte[] response) {
        SaslExchange current = exchange;
        if (current != null) {
            current.respond(response, answer -> answer(connection, answer));
        }
    }

    private void answer(ConnectionEngine connection, SaslAnswer answer) {
        if (answer instanceof SaslAnswer.Challenge challenge) {
            connection.saslChallenge(challenge.bytes());
        } else if (answer instanceof SaslAnswer.Success success) {
            exchange = null;
            user = success.user();
            connection.saslOutcome(SaslCode.OK, success.additional());
        } else if (answer instanceof SaslAnswer.Failure failure) {
            exchange = null;
            host.denied(mechanism);
            connection.saslOutcome(failure.temporary() ? SaslCode.SYS_TEMP : SaslCode.AUTH, null);
        }
        host.answered();
    }
}
