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
 * Logs in: EXTERNAL (RFC 4422) with a certificate, the best SCRAM (RFC 5802, 7677) that is offered, PLAIN (RFC 4616) where nobody can
 * listen in, or ANONYMOUS (RFC 4505) without a user. A server that lets us in by SCRAM must prove that it knows the password, too.
 */
final class SaslExchange implements SaslClient {
    /** What a server may make us compute; OWASP asks for 600,000. */
    static final int MAX_ITERATIONS = 5_000_000;

    /** Best first. */
    private static final List<Symbol> SCRAMS =
            List.of(Symbol.valueOf("SCRAM-SHA-512"), Symbol.valueOf("SCRAM-SHA-256"), Symbol.valueOf("SCRAM-SHA-1"));

    private static final Symbol EXTERNAL = Symbol.valueOf("EXTERNAL");
    private static final Symbol PLAIN = Symbol.valueOf("PLAIN");
    private static final Symbol ANONYMOUS = Symbol.valueOf("ANONYMOUS");

    private final ClientOptions options;
    private final boolean isPrivate;
    private final @Nullable Supplier<String> nonces;
    private final Workbench workbench;
    private @Nullable ScramClient scram;
    private boolean byCertificate;
    private boolean proofSent;
    private boolean serverProven;
    private @Nullable ClientException failure;

    /** Where what takes long is worked out: SCRAM makes guessing passwords slow, and with it knowing them. */
    interface Workbench {
        /** Runs this without any lock, then runs what it answers as the other methods here are run. */
        void work(Supplier<Runnable> task);
    }

    /**
     * One login.
     *
     * @param isPrivate whether a password may be sent as it is
     * @param nonces what SCRAM uses once; null for the library's own
     */
    SaslExchange(ClientOptions options, boolean isPrivate, @Nullable Supplier<String> nonces, Workbench workbench) {
        this.options = options;
        this.isPrivate = isPrivate;
        this.nonces = nonces;
        this.workbench = workbench;
    }

    /** Why it failed, if it did. */
    @Nullable
    ClientException failure() {
        return failure;
    }

    @Override
    public void onMechanisms(ConnectionEngine connection, List<Symbol> offered) {
        List<String> named = options.login().mechanisms();
        List<Symbol> usable = offered.stream()
                .filter(mechanism -> named.isEmpty() || named.contains(mechanism.toString()))
                .toList();
        String user = options.login().user();
        String password = options.login().password();
        if (usable.contains(EXTERNAL) && showsCertificate() && (user == null || named.contains(EXTERNAL.toString()))) {
            byCertificate = true;
            connection.saslInit(EXTERNAL, new byte[0], hostname());
        } else if (user == null || password == null) {
            if (usable.contains(ANONYMOUS)) {
                connection.saslInit(ANONYMOUS, new byte[0], hostname());
            } else {
                fail(connection, "asks for a user and a password");
            }
        } else {
            initWithPassword(connection, offered, usable, user, password);
        }
    }

    private void initWithPassword(
            ConnectionEngine connection, List<Symbol> offered, List<Symbol> usable, String user, String password) {
        for (Symbol mechanism : SCRAMS) {
            if (usable.contains(mechanism)) {
                initScram(connection, mechanism, user, password);
                return;
            }
        }
        if (!usable.contains(PLAIN)) {
            fail(connection, "offers no way to log in with a password that may be used here, only " + offered);
        } else if (!isPrivate && !options.login().mechanisms().contains(PLAIN.toString())) {
            fail(
                    connection,
                    "asks for the password in clear text, which is not sent without TLS unless PLAIN is named as a"
                            + " mechanism to use");
        } else {
            connection.saslInit(PLAIN, utf8('\0' + user + '\0' + password), hostname());
        }
    }

    private boolean showsCertificate() {
        TlsOptions tls = options.endpoint().tls();
        return tls != null && tls.key() != null;
    }

    private String hostname() {
        String virtualHost = options.open().virtualHost();
        return virtualHost == null ? options.endpoint().host() : virtualHost;
    }

    private void initScram(ConnectionEngine connection, Symbol mechanism, String user, String password) {
        try {
            ScramClient.FinalBuildStage builder = ScramClient.builder()
                    .advertisedMechanisms(List.of(mechanism.toString()))
                    .username(user)
                    .password(password.toCharArray());
            if (nonces != null) {
                builder.nonceSupplier(nonces);
            }
            ScramClient started = builder.build();
            scram = started;
            connection.saslInit(mechanism, utf8(started.clientFirstMessage().toString()), hostname());
        } catch (IllegalArgumentException e) {
            fail(connection, "cannot be given this user name or password: " + Driver.reason(e));
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
            workbench.work(() -> prove(connection, exchange));
        } catch (ScramException | IllegalArgumentException | IllegalStateException e) {
            fail(connection, "broke the rules of SCRAM: " + Driver.reason(e));
        }
    }

    /** Works out the proof, which takes long, and answers how to go on. */
    private Runnable prove(ConnectionEngine connection, ScramClient exchange) {
        try {
            byte[] proof = utf8(exchange.clientFinalMessage().toString());
            return () -> connection.saslResponse(proof);
        } catch (IllegalArgumentException | IllegalStateException e) {
            return () -> fail(connection, "broke the rules of SCRAM: " + Driver.reason(e));
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

    private String refusal() {
        if (byCertificate) {
            return "does not know the client's certificate, or does not let in whom it is for";
        }
        String user = options.login().user();
        return user == null
                ? "lets nobody in without a user"
                : "did not accept the name or the password of user '" + user + "'";
    }

    @Override
    public void onOutcome(ConnectionEngine connection, SaslCode code, byte @Nullable [] additionalData) {
        ScramClient exchange = scram;
        if (code == SaslCode.AUTH) {
            failure = failure(refusal());
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
