package org.waybill.jms.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.security.SaslCode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.waybill.amqp.engine.ConnectionEngine;
import org.waybill.amqp.engine.Limits;

/** TLS with certificates made here by the JDK's keytool. */
@Timeout(60)
class TlsWireTest {
    private static final char[] STORE_PASSWORD = "changeit".toCharArray();

    @TempDir
    static Path folder;

    private static Path ours;
    private static Path others;

    @BeforeAll
    static void makeCertificates() throws Exception {
        ours = certificate("ours", "ip:127.0.0.1,dns:localhost");
        others = certificate("others", "dns:elsewhere.example");
    }

    @Test
    void speaksTlsWithAServerWhoseCertificateIsTrusted() throws Exception {
        try (SmallBroker broker = broker("ours");
                ClientConnection connection = ClientConnection.open(broker.options()
                        .withTls(ours)
                        .withUser(SmallBroker.USER, SmallBroker.PASSWORD)
                        .withIdleTimeoutMs(200))) {
            ClientSession session = connection.session();
            byte[] large = MessageCodec.encode(MessageCodec.binary(new byte[200_000]));
            session.sender("orders").send(large);
            ClientReceiver receiver = session.receiver(ReceiverOptions.from("orders"));
            ClientDelivery delivery = receiver.receive(20_000);
            assertThat(delivery.encoded()).isEqualTo(large);
            delivery.accept();
            // Outlives a few idle timeouts, during which reads run out of time and heartbeats go both ways.
            assertThat(receiver.receive(1000)).isNull();
            assertThat(connection.isOpen()).isTrue();
        }
    }

    @Test
    void trustsNobodyElse() throws Exception {
        try (SmallBroker broker = broker("ours")) {
            assertThat(failure(broker.options().withTls(others))).hasMessageContaining("TLS failed");
            assertThat(failure(broker.options().withTls(TlsOptions.DEFAULT))).hasMessageContaining("TLS failed");
            Path nothing = Files.createFile(folder.resolve("empty.pem"));
            assertThat(failure(broker.options().withTls(nothing))).hasMessageContaining("no certificate to trust");
            Path missing = folder.resolve("missing.pem");
            assertThat(failure(broker.options().withTls(missing))).hasMessageContaining("missing.pem");
        }
    }

    @Test
    void checksTheServersName() throws Exception {
        try (SmallBroker broker = broker("others")) {
            assertThat(failure(broker.options().withTls(others))).hasMessageContaining("TLS failed");
        }
    }

    @Test
    void takesKeyStoresAndNamesToTrust() throws Exception {
        KeyFile store = KeyFile.of(folder.resolve("ours.p12"), new String(STORE_PASSWORD));
        assertThat(store.format()).isEqualTo(KeyFile.Format.PKCS12);
        KeyFile other = KeyFile.of(folder.resolve("others.p12"), new String(STORE_PASSWORD));
        KeyFile wrong = KeyFile.of(folder.resolve("ours.p12"), "wrong");
        TlsOptions trusting = TlsOptions.DEFAULT.withTrust(KeyFile.pem(ours));
        try (SmallBroker broker = broker("ours")) {
            assertThat(failure(broker.options().withTls(TlsOptions.DEFAULT.withTrust(wrong))))
                    .hasMessageContaining("ours.p12");
            assertThat(failure(broker.options().withTls(trusting.withServerName("elsewhere.example"))))
                    .hasMessageContaining("TLS failed");
            assertThat(failure(broker.options()
                            .withTls(trusting.withKey(new KeyFile(
                                    store.path(), KeyFile.Format.PKCS12, new String(STORE_PASSWORD), "nobody")))))
                    .hasMessageContaining("no key under the alias 'nobody'");
            open(broker, trusting.withKey(store).withProtocols(List.of("TLSv1.3")));
        }
        try (SmallBroker broker = broker("others")) {
            open(broker, TlsOptions.DEFAULT.withTrust(other).withVerifiesHost(false));
            open(broker, TlsOptions.DEFAULT.withTrust(other).withServerName("elsewhere.example"));
            open(broker, TlsOptions.DEFAULT.withTrustsAnybody(true));
        }
    }

    @Test
    void logsInByItsCertificate() throws Exception {
        TlsOptions trusting = TlsOptions.DEFAULT.withTrust(KeyFile.pem(ours));
        KeyFile key = KeyFile.of(folder.resolve("others.p12"), new String(STORE_PASSWORD));
        try (CertificateBroker broker = new CertificateBroker("others")) {
            open(broker, trusting.withKey(key));
            assertThat(broker.logins).containsExactly("EXTERNAL CN=others");
            // A user wins over the certificate, unless the mechanism is named.
            ClientOptions both =
                    broker.options().withTls(trusting.withKey(key)).withUser(SmallBroker.USER, SmallBroker.PASSWORD);
            try (ClientConnection connection = ClientConnection.open(both)) {
                connection.session();
            }
            try (ClientConnection connection = ClientConnection.open(
                    both.withLogin(new Login(SmallBroker.USER, SmallBroker.PASSWORD, List.of("EXTERNAL"))))) {
                connection.session();
            }
            assertThat(broker.logins).containsExactly("EXTERNAL CN=others", "PLAIN CN=others", "EXTERNAL CN=others");
        }
    }

    @Test
    void isRefusedWithAnothersCertificateOrNone() throws Exception {
        TlsOptions trusting = TlsOptions.DEFAULT.withTrust(KeyFile.pem(ours));
        KeyFile wrong = KeyFile.of(folder.resolve("ours.p12"), new String(STORE_PASSWORD));
        try (CertificateBroker broker = new CertificateBroker("others")) {
            // In TLS 1.3 a client hears only after its part of the handshake that it was refused.
            for (TlsOptions tls : List.of(trusting, trusting.withKey(wrong))) {
                failure(broker.options().withTls(tls));
                failure(broker.options().withTls(tls.withProtocols(List.of("TLSv1.2"))));
            }
            assertThat(broker.logins).isEmpty();
        }
    }

    @Test
    void isRefusedByAServerThatDoesNotKnowWhomTheCertificateIsFor() throws Exception {
        TlsOptions trusting = TlsOptions.DEFAULT.withTrust(KeyFile.pem(ours));
        KeyFile key = KeyFile.of(folder.resolve("others.p12"), new String(STORE_PASSWORD));
        try (CertificateBroker broker = new CertificateBroker("others")) {
            broker.knowsNobody = true;
            ClientException refusal = catchThrowableOfType(
                    ClientException.class,
                    () -> ClientConnection.open(broker.options().withTls(trusting.withKey(key))));
            assertThat(refusal.kind()).isEqualTo(ClientException.Kind.AUTHENTICATION);
            assertThat(refusal).hasMessageContaining("does not know the client's certificate");
        }
    }

    /** Demands a certificate that it trusts, and lets everybody in who logs in by it. */
    private static final class CertificateBroker extends SmallBroker {
        final List<String> logins = new CopyOnWriteArrayList<>();
        volatile boolean knowsNobody;

        CertificateBroker(String trusted) throws Exception {
            super(demanding(trusted), Limits.DEFAULT);
        }

        private static ServerSocket demanding(String trusted) throws Exception {
            SSLServerSocket socket = (SSLServerSocket) listening("ours", trusted);
            socket.setNeedClientAuth(true);
            return socket;
        }

        @Override
        public List<Symbol> mechanisms() {
            return List.of(Symbol.valueOf("EXTERNAL"), Symbol.valueOf("PLAIN"));
        }

        @Override
        public void onInit(ConnectionEngine connection, Symbol mechanism, byte[] response, String hostname) {
            try {
                logins.add(mechanism + " " + ((SSLSocket) socket()).getSession().getPeerPrincipal());
            } catch (SSLPeerUnverifiedException e) {
                throw new AssertionError(e);
            }
            connection.saslOutcome(knowsNobody ? SaslCode.AUTH : SaslCode.OK, null);
        }
    }

    private static void open(SmallBroker broker, TlsOptions tls) {
        try (ClientConnection connection =
                ClientConnection.open(broker.options().withTls(tls))) {
            connection.session();
        }
    }

    private static ClientException failure(ClientOptions options) {
        ClientException reason = catchThrowableOfType(ClientException.class, () -> ClientConnection.open(options));
        assertThat(reason.kind()).isEqualTo(ClientException.Kind.UNREACHABLE);
        return reason;
    }

    private static SmallBroker broker(String name) throws Exception {
        return new SmallBroker(listening(name, name), Limits.DEFAULT);
    }

    /** A socket that shows one certificate and trusts another. */
    private static ServerSocket listening(String name, String trusted) throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store(name), STORE_PASSWORD);
        KeyStore certificates = KeyStore.getInstance("PKCS12");
        certificates.load(null, null);
        certificates.setCertificateEntry(trusted, store(trusted).getCertificate(trusted));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(certificates);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context.getServerSocketFactory().createServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    private static KeyStore store(String name) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve(name + ".p12"))) {
            store.load(in, STORE_PASSWORD);
        }
        return store;
    }

    private static Path certificate(String name, String subjects) throws IOException, InterruptedException {
        String store = folder.resolve(name + ".p12").toString();
        Path certificate = folder.resolve(name + ".pem");
        keytool(
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-validity",
                "2",
                "-alias",
                name,
                "-ext",
                "san=" + subjects,
                "-storetype",
                "PKCS12",
                "-keystore",
                store);
        keytool("-exportcert", "-rfc", "-alias", name, "-keystore", store, "-file", certificate.toString());
        return certificate;
    }

    private static void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storepass", new String(STORE_PASSWORD)));
        Path log = folder.resolve("keytool.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(process.waitFor()).as(Files.readString(log)).isZero();
    }
}
