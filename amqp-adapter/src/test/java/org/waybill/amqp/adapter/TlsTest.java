package org.waybill.amqp.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.waybill.config.AmqpSettings;
import org.waybill.config.TlsSettings;

/** The listener with TLS. */
@Timeout(60)
final class TlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    Path directory;

    private static void pem(Path file, String label, byte[] encoded) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
        Files.writeString(file, "-----BEGIN " + label + "-----\n" + text + "\n-----END " + label + "-----\n");
    }

    /** A key with a certificate that it signed itself. */
    private TlsSettings identity() throws Exception {
        Path store = directory.resolve("identity.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "broker",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-validity",
                        "2",
                        "-storepass",
                        String.valueOf(PASSWORD),
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        Path certificate = directory.resolve("broker.crt");
        Path key = directory.resolve("broker.key");
        pem(certificate, "CERTIFICATE", keys.getCertificate("broker").getEncoded());
        pem(key, "PRIVATE KEY", keys.getKey("broker", PASSWORD).getEncoded());
        return new TlsSettings(0, certificate, key);
    }

    private static AmqpSettings with(AmqpSettings amqp, TlsSettings tls) {
        return new AmqpSettings(
                amqp.host(), 0, tls, null, 0, 65_536, 100_000, 10, 10, 10, 10, 5_000, 100, amqp.saslMechanisms());
    }

    @Test
    void carriesMessagesOverTls() throws Exception {
        TlsSettings tls = identity();
        try (FakeBroker broker = new FakeBroker(directory, amqp -> with(amqp, tls))) {
            String uri = broker.listening().get(1) + "?transport.trustAll=true&transport.verifyHost=false";
            assertThat(uri).startsWith("amqps://127.0.0.1:");
            try (Connection connection = new JmsConnectionFactory(uri).createConnection()) {
                connection.start();
                Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue("q"));
                for (int i = 0; i < 100; i++) {
                    producer.send(session.createTextMessage("m" + i));
                }
                MessageConsumer consumer = session.createConsumer(session.createQueue("q"));
                for (int i = 0; i < 100; i++) {
                    assertThat(((TextMessage) consumer.receive(20_000)).getText())
                            .isEqualTo("m" + i);
                }
            }
        }
    }

    @Test
    void saysInASentenceThatACertificateCannotBeRead() {
        TlsSettings tls = new TlsSettings(0, directory.resolve("none.crt"), directory.resolve("none.key"));
        assertThatThrownBy(() -> new FakeBroker(directory, amqp -> with(amqp, tls)))
                .hasMessageContaining("cannot listen at 127.0.0.1:0 and with TLS at port 0");
    }
}
