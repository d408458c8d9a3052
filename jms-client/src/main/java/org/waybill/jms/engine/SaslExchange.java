package org.waybill.jms.engine;

import com.ongres.scram.client.ScramClient;
import com.ongres.scram.common.exception.ScramException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.security.SaslCode;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.ConnectionEngine;
import org.waybill.amqp.engine.SaslClient;

/**
 * Logs in: SCRAM-SHA-256 (RFC 7677), PLAIN (RFC 4616) where nobody can listen in, or ANONYMOUS (RFC 4505) without a user. A server
 * that lets us in by SCRAM must prove that it knows the password, too.
 */
final class SaslExchange implements SaslClient {
    /** What a server may make us compute; OWASP asks for 600,000. */
    static final int MAX_ITERATIONS = 5_000_000;

    private static final Symbol SCRAM = Symbol.valueOf("SCRAM-SHA-256");
    private static final Symbol PLAIN = Symbol.valueOf("PLAIN");
    private static final Symbol ANONYMOUS = Symbol.valueOf("ANONYMOUS");

    private final ClientOptions options;
    private final boolean isPrivate;
    private final @Nullable Supplier<String> nonces;
    private @Nullable ScramClient scram;
    private boolean proofSent;
    private boolean serverProven;
    private @Nullable ClientException failure;

    /**
     * One login.
     *
     * @param isPrivate whether a password may be sent as it is
     * @param nonces what SCRAM uses once; null for the library's own
     */
    SaslExchange(ClientOptions options, boolean isPrivate, @Nullable Supplier<String> nonces) {
        this.options = options;
        this.isPrivate = isPrivate;
        this.nonces = nonces;
    }

    /** Why it failed, if it did. */
    @Nullable
    ClientException failure() {
        return failure;
    }

    @Override
    public void onMechanisms(ConnectionEngine connection, List<Symbol> offered) {
        String user = options.login().user();
        String password = options.login().password();
        if (user == null || password == null) {
            if (offered.contains(ANONYMOUS)) {
                connection.saslInit(ANONYMOUS, new byte[0], options.endpoint().host());
            } else {
                fail(connection, "asks for a user and a password");
            }
        } else if (offered.contains(SCRAM)) {
            initScram(connection, user, password);
        } else if (!offered.contains(PLAIN)) {
            fail(connection, "offers no way to log in with a password that is known here, only " + offered);
        } else if (!isPrivate) {
            fail(connection, "asks for the password in clear text, which is not sent without TLS");
        } else {
            connection.saslInit(
                    PLAIN,
                    utf8('\0' + user + '\0' + password),
                    options.endpoint().host());
        }
    }

    private void initScram(ConnectionEngine connection, String user, String password) {
        try {
            ScramClient.FinalBuildStage builder = ScramClient.builder()
                    .advertisedMechanisms(List.of(SCRAM.toString()))
                    .username(user)
                    .password(password.toCharArray());
            if (nonces != null) {
                builder.nonceSupplier(nonces);
            }
            ScramClient started = builder.build();
            scram = started;
            connection.saslInit(
                    SCRAM,
                    utf8(started.clientFirstMessage().toString()),
                    options.endpoint().host());
        } catch (IllegalArgumentException e) {
            fail(connection, "cannot be given this user name or password: " + Line.reason(e));
        }
    }

    @Override
    public void onChallenge(ConnectionEngine connection, byte[] challenge) {
        ScramClient exchange = scram;
        if (exchange == null) {
            fail(connection, "challenged although nothing was left to say");
        } else if (proofSent) {
            if (proves(exchange, challenge)) {
                connection.saslResponse(new byte[0]);
            } else {
                failProof(connection);
            }
        } else {
            answer(connection, exchange, challenge);
        }
    }

    private void answer(ConnectionEngine connection, ScramClient exchange, byte[] challenge) {
        try {
            int iterations = exchange.serverFirstMessage(text(challenge)).getIterationCount();
            if (iterations > MAX_ITERATIONS) {
                fail(connection, "asks for " + iterations + " SCRAM iterations, more than " + MAX_ITERATIONS);
                return;
            }
            proofSent = true;
            connection.saslResponse(utf8(exchange.clientFinalMessage().toString()));
        } catch (ScramException | IllegalArgumentException | IllegalStateException e) {
            fail(connection, "broke the rules of SCRAM: " + Line.reason(e));
        }
    }

    private boolean proves(ScramClient exchange, byte[] serverFinal) {
        try {
            exchange.serverFinalMessage(text(serverFinal));
            serverProven = true;
        } catch (ScramException | IllegalArgumentException | IllegalStateException e) {
            serverProven = false;
        }
        return serverProven;
    }

    @Override
    public void onOutcome(ConnectionEngine connection, SaslCode code, byte @Nullable [] additionalData) {
        ScramClient exchange = scram;
        if (code == SaslCode.AUTH) {
            failure = failure(
                    options.login().user() == null
                            ? "lets nobody in without a user"
                            : "did not accept the name or the password of user '"
                                    + options.login().user() + "'");
        } else if (code != SaslCode.OK) {
            failure = failure("could not check the login (" + code + ")");
        } else if (exchange != null && !serverProven) {
            if (!proofSent || additionalData == null || !proves(exchange, additionalData)) {
                failProof(connection);
            }
        }
    }

    private void failProof(ConnectionEngine connection) {
        fail(
                connection,
                "did not prove that it knows the password of user '"
                        + options.login().user() + "'");
    }

    private void fail(ConnectionEngine connection, String complaint) {
        failure = failure(complaint);
        connection.abort(null);
    }

    private ClientException failure(String complaint) {
        return ClientException.of(ClientException.Kind.AUTHENTICATION, "the server at " + options + " " + complaint);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
