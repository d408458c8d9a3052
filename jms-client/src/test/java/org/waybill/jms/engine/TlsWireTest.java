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
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
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
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve(name + ".p12"))) {
            store.load(in, STORE_PASSWORD);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, STORE_PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        ServerSocket listening =
                context.getServerSocketFactory().createServerSocket(0, 5, InetAddress.getLoopbackAddress());
        return new SmallBroker(listening, Limits.DEFAULT);
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
