package org.waybill.jms.engine;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.security.SaslCode;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.Conditions;
import org.waybill.amqp.engine.ConnectionEngine;
import org.waybill.amqp.engine.SaslClient;

/** Logs in: without a user by ANONYMOUS, with one by SCRAM-SHA-256 where it is offered, else by PLAIN. On the loop. */
final class SaslLogin implements SaslClient {
    private static final Symbol ANONYMOUS = Symbol.valueOf("ANONYMOUS");
    private static final Symbol PLAIN = Symbol.valueOf("PLAIN");
    private static final Symbol SCRAM = Symbol.valueOf("SCRAM-SHA-256");

    private final ConnectOptions options;
    private @Nullable ScramClient scram;
    private boolean proven;
    private @Nullable AmqpFailure failure;

    SaslLogin(ConnectOptions options) {
        this.options = options;
    }

    /** Why it failed, or null. */
    @Nullable
    AmqpFailure failure() {
        return failure;
    }

    @Override
    public void onMechanisms(ConnectionEngine connection, List<Symbol> mechanisms) {
        String user = options.user();
        String host = options.host();
        if (user == null && mechanisms.contains(ANONYMOUS)) {
            connection.saslInit(ANONYMOUS, new byte[0], host);
        } else if (user != null && mechanisms.contains(SCRAM)) {
            scram = new ScramClient(user, options.password(), new SecureRandom());
            connection.saslInit(SCRAM, scram.first(), host);
        } else if (user != null && mechanisms.contains(PLAIN)) {
            String response = "\0" + user + "\0" + options.password();
            connection.saslInit(PLAIN, response.getBytes(StandardCharsets.UTF_8), host);
        } else {
            fail(
                    connection,
                    user == null
                            ? "The broker asks for a user and a password."
                            : "The broker offers only " + mechanisms + ".");
        }
    }

    @Override
    public void onChallenge(ConnectionEngine connection, byte[] challenge) {
        byte[] response = new byte[0];
        if (scram != null) {
            try {
                boolean last = new String(challenge, StandardCharsets.UTF_8).startsWith("v=");
                response = scram.respond(challenge);
                proven = last;
            } catch (IllegalArgumentException e) {
                fail(connection, "The broker failed to log in " + options.user() + ": " + e.getMessage() + ".");
                return;
            }
        }
        connection.saslResponse(response);
    }

    @Override
    public void onOutcome(ConnectionEngine connection, SaslCode code, byte @Nullable [] additionalData) {
        if (code != SaslCode.OK) {
            failure = new AmqpFailure(
                    AmqpFailure.Kind.UNAUTHENTICATED,
                    options.user() == null
                            ? "The broker does not let in anonymous clients."
                            : "The broker refused user " + options.user() + ": wrong name or password.");
        } else if (scram != null && !proven) {
            try {
                scram.verify(additionalData);
            } catch (IllegalArgumentException e) {
                fail(connection, "The broker did not prove itself: " + e.getMessage() + ".");
            }
        }
    }

    private void fail(ConnectionEngine connection, String why) {
        failure = new AmqpFailure(AmqpFailure.Kind.UNAUTHENTICATED, why);
        connection.abort(Conditions.error(Conditions.UNAUTHORIZED_ACCESS, why));
    }
}
