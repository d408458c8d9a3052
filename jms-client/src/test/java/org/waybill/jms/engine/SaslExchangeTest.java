package org.waybill.jms.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.security.SaslCode;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Open;
import org.junit.jupiter.api.Test;
import org.waybill.amqp.engine.ByteArrayOutput;
import org.waybill.amqp.engine.Codec;
import org.waybill.amqp.engine.ConnectionEngine;
import org.waybill.amqp.engine.ConnectionListener;
import org.waybill.amqp.engine.Limits;
import org.waybill.amqp.engine.SaslServer;
import org.waybill.amqp.engine.SessionEngine;

/** The login, engine to engine in memory, against a server that plays from a script. */
class SaslExchangeTest {
    private static final String NONCE = "rOprNGfwEbeRWgbNEkqO";
    private static final String SERVER_FIRST =
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    private static final String CLIENT_FINAL = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
            + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    private static final String SERVER_FINAL = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";
    private static final ClientOptions NOBODY = ClientOptions.to("localhost", 5672);
    private static final ClientOptions USER = NOBODY.withUser("user", "pencil");

    @Test
    void speaksScramAsInRfc7677() {
        Server server = new Server("PLAIN", "SCRAM-SHA-256").challenging(SERVER_FIRST);
        server.lastWord = SERVER_FINAL;
        assertThat(login(USER, false, server)).isNull();
        assertThat(server.heard).containsExactly("SCRAM-SHA-256 n,,n=user,r=" + NONCE, CLIENT_FINAL);
        assertThat(server.opened).isTrue();
    }

    @Test
    void takesTheServersProofAsAChallengeToo() {
        Server server = new Server("SCRAM-SHA-256").challenging(SERVER_FIRST, SERVER_FINAL);
        assertThat(login(USER, false, server)).isNull();
        assertThat(server.heard).endsWith("");
        assertThat(server.opened).isTrue();
    }

    @Test
    void doesNotBelieveAServerThatCannotProveThatItKnowsThePassword() {
        Server silent = new Server("SCRAM-SHA-256").challenging(SERVER_FIRST);
        assertThat(login(USER, true, silent)).hasMessageContaining("did not prove");
        assertThat(silent.opened).isFalse();

        Server wrong = new Server("SCRAM-SHA-256").challenging(SERVER_FIRST);
        wrong.lastWord = "v=AAAATRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";
        assertThat(login(USER, true, wrong)).hasMessageContaining("did not prove");

        Server early = new Server("SCRAM-SHA-256");
        assertThat(login(USER, true, early)).hasMessageContaining("did not prove");

        Server again = new Server("SCRAM-SHA-256").challenging(SERVER_FIRST, "v=AAAA");
        assertThat(login(USER, true, again)).hasMessageContaining("did not prove");
    }

    @Test
    void refusesScramThatIsNotByTheRules() {
        assertThat(login(USER, true, new Server("SCRAM-SHA-256").challenging("nonsense")))
                .hasMessageContaining("broke the rules of SCRAM");
        assertThat(login(
                        USER,
                        true,
                        new Server("SCRAM-SHA-256").challenging("r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")))
                .hasMessageContaining("broke the rules of SCRAM");
        assertThat(login(
                        USER,
                        true,
                        new Server("SCRAM-SHA-256").challenging(SERVER_FIRST.replace("4096", "2000000000"))))
                .hasMessageContaining("2000000000 SCRAM iterations");
        assertThat(login(USER, true, new Server("PLAIN").challenging("what?"))).hasMessageContaining("challenged");
    }

    @Test
    void sendsThePasswordInClearTextOnlyWhereNobodyListensIn() {
        Server server = new Server("PLAIN");
        assertThat(login(USER, true, server)).isNull();
        assertThat(server.heard).containsExactly("PLAIN \0user\0pencil");

        Server exposed = new Server("PLAIN");
        assertThat(login(USER, false, exposed)).hasMessageContaining("not sent without TLS");
        assertThat(exposed.heard).isEmpty();
    }

    @Test
    void neverLogsInAsSomebodyElse() {
        assertThat(login(USER, true, new Server("ANONYMOUS", "GSSAPI"))).hasMessageContaining("[ANONYMOUS, GSSAPI]");
        assertThat(login(NOBODY, true, new Server("PLAIN"))).hasMessageContaining("asks for a user");
        Server server = new Server("PLAIN", "ANONYMOUS");
        assertThat(login(NOBODY, true, server)).isNull();
        assertThat(server.heard).containsExactly("ANONYMOUS ");
    }

    @Test
    void usesOnlyTheMechanismsThatWereNamed() {
        ClientOptions plain = NOBODY.withLogin(new Login("user", "pencil", List.of("PLAIN")));
        Server exposed = new Server("SCRAM-SHA-256", "PLAIN");
        assertThat(login(plain, false, exposed)).isNull();
        assertThat(exposed.heard).containsExactly("PLAIN \0user\0pencil");
        ClientOptions scram = NOBODY.withLogin(new Login("user", "pencil", List.of("SCRAM-SHA-1")));
        assertThat(login(scram, true, new Server("SCRAM-SHA-256", "PLAIN")))
                .hasMessageContaining("[SCRAM-SHA-256, PLAIN]");
        Server old = new Server("SCRAM-SHA-256", "SCRAM-SHA-1").challenging("nonsense");
        assertThat(login(scram, true, old)).hasMessageContaining("broke the rules");
        assertThat(old.heard).containsExactly("SCRAM-SHA-1 n,,n=user,r=" + NONCE);
    }

    @Test
    void prefersTheStrongestScram() {
        Server server = new Server("PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512").challenging("nonsense");
        assertThat(login(USER, true, server)).isNotNull();
        assertThat(server.heard).containsExactly("SCRAM-SHA-512 n,,n=user,r=" + NONCE);
    }

    @Test
    void isWhomItsCertificateNamesIfTheServerAsksForThat() {
        ClientOptions certified = NOBODY.withTls(TlsOptions.DEFAULT.withKey(KeyFile.pem(Path.of("me.pem"))));
        Server server = new Server("EXTERNAL", "ANONYMOUS");
        assertThat(login(certified, true, server)).isNull();
        assertThat(server.heard).containsExactly("EXTERNAL ");
        Server other = new Server("EXTERNAL", "ANONYMOUS");
        assertThat(login(NOBODY, true, other)).isNull();
        assertThat(other.heard).containsExactly("ANONYMOUS ");
    }

    @Test
    void tellsAWrongPasswordFromABrokenServer() {
        Server server = new Server("PLAIN");
        server.code = SaslCode.AUTH;
        assertThat(login(USER, true, server))
                .hasMessageContaining("did not accept the name or the password of user 'user'");
        server = new Server("ANONYMOUS");
        server.code = SaslCode.AUTH;
        assertThat(login(NOBODY, true, server)).hasMessageContaining("nobody in without a user");
        server = new Server("PLAIN");
        server.code = SaslCode.SYS_TEMP;
        assertThat(login(USER, true, server)).hasMessageContaining("could not check");
    }

    /** Plays it through and answers why it failed, if it did. */
    private static ClientException login(ClientOptions options, boolean isPrivate, Server server) {
        SaslExchange exchange = new SaslExchange(
                options, isPrivate, () -> NONCE, task -> task.get().run());
        ByteArrayOutput fromClient = new ByteArrayOutput(512);
        ByteArrayOutput fromServer = new ByteArrayOutput(512);
        Codec codec = new Codec();
        ConnectionEngine client = ConnectionEngine.client(codec, Limits.DEFAULT, fromClient, exchange, new Silent());
        ConnectionEngine peer = ConnectionEngine.server(codec, Limits.DEFAULT, fromServer, server, server);
        Open open = new Open();
        open.setContainerId("client");
        client.open(open);
        while (fromClient.size() + fromServer.size() > 0) {
            deliver(fromClient, peer);
            deliver(fromServer, client);
        }
        if (exchange.failure() != null) {
            assertThat(exchange.failure().kind()).isEqualTo(ClientException.Kind.AUTHENTICATION);
            assertThat(client.isClosed()).isTrue();
        }
        return exchange.failure();
    }

    private static void deliver(ByteArrayOutput output, ConnectionEngine to) {
        ByteBuffer bytes = ByteBuffer.wrap(output.array().clone(), 0, output.size());
        output.clear();
        to.receive(bytes);
    }

    private static class Silent implements ConnectionListener {
        @Override
        public void onOpen(ConnectionEngine connection, Open open) {}

        @Override
        public void onBegin(ConnectionEngine connection, SessionEngine session) {}

        @Override
        public void onClose(ConnectionEngine connection, ErrorCondition error) {}

        @Override
        public void onClosed(ConnectionEngine connection, ErrorCondition error) {}
    }

    private static final class Server extends Silent implements SaslServer {
        final List<String> heard = new ArrayList<>();
        String lastWord;
        SaslCode code = SaslCode.OK;
        boolean opened;
        private final List<Symbol> mechanisms;
        private final List<String> challenges = new ArrayList<>();

        Server(String... mechanisms) {
            this.mechanisms = Stream.of(mechanisms).map(Symbol::valueOf).toList();
        }

        Server challenging(String... script) {
            challenges.addAll(List.of(script));
            return this;
        }

        @Override
        public List<Symbol> mechanisms() {
            return mechanisms;
        }

        @Override
        public void onInit(ConnectionEngine connection, Symbol mechanism, byte[] response, String hostname) {
            heard.add(mechanism + " " + new String(response, StandardCharsets.UTF_8));
            goOn(connection);
        }

        @Override
        public void onResponse(ConnectionEngine connection, byte[] response) {
            heard.add(new String(response, StandardCharsets.UTF_8));
            goOn(connection);
        }

        private void goOn(ConnectionEngine connection) {
            if (challenges.isEmpty()) {
                connection.saslOutcome(code, lastWord == null ? null : lastWord.getBytes(StandardCharsets.UTF_8));
            } else {
                connection.saslChallenge(challenges.remove(0).getBytes(StandardCharsets.UTF_8));
            }
        }

        @Override
        public void onOpen(ConnectionEngine connection, Open open) {
            opened = true;
        }
    }
}
