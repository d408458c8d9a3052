package org.waybill.systemtests.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.JMSSecurityRuntimeException;
import java.security.cert.CertificateExpiredException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.waybill.jms.WaybillConnectionFactory;
import org.waybill.systemtests.BrokerProcess;
import org.waybill.systemtests.Cli;
import org.waybill.systemtests.Ports;
import org.waybill.systemtests.behaviour.Certificate;

/** Who is not let in, and whom the client does not trust: what it says then, and never the password. */
@Timeout(20)
@ExtendWith(Leftovers.class)
final class LoginFailureIT {
    private static final String USER = "alice";
    private static final String PASSWORD = "s3cret = , plain";
    private static final int TLS_PORT = Ports.free();
    private static final String LOCALHOST = "dns:localhost,ip:127.0.0.1";

    private static final Certificate CERTIFICATE = Certificate.make();
    private static final Certificate OTHER = Certificate.make();
    private static final BrokerProcess BROKER = startWithOneUser();

    private static BrokerProcess startWithOneUser() {
        BrokerProcess.Options options = BrokerProcess.Options.fresh()
                .withConfig("amqp:\n  tls: {port: " + TLS_PORT + ", certificate: " + CERTIFICATE.pem() + ", key: "
                        + CERTIFICATE.key() + "}\n");
        Cli.Result added = Cli.runWithInput(
                PASSWORD + "\n", "user", "add", USER, "--data", options.data().toString());
        assertThat(added.exitCode()).as(added.text()).isZero();
        return BrokerProcess.start(options);
    }

    @AfterAll
    static void stop() {
        BROKER.close();
    }

    private static String plainUri() {
        return "amqp://127.0.0.1:" + BROKER.port();
    }

    private static String tlsUri(int port, Certificate trusted) {
        return "amqps://127.0.0.1:" + port + "?transport.trustStoreLocation=" + trusted.pem()
                + "&jms.connectTimeout=5000";
    }

    private static JMSSecurityException refused(String user, String password, String uri) {
        JMSSecurityException refusal = catchThrowableOfType(
                JMSSecurityException.class, () -> new WaybillConnectionFactory(user, password, uri).createConnection());
        return checked(refusal);
    }

    private static <E extends JMSException> E checked(E failure) {
        assertThat(failure).isNotNull().hasMessageContaining("127.0.0.1:").hasMessageNotContaining(PASSWORD);
        assertThat(failure.getCause()).isNotNull().isSameAs(failure.getLinkedException());
        assertThat(failure.getErrorCode()).isNotBlank();
        return failure;
    }

    private static JMSException unsafe(String uri) {
        JMSException failure = catchThrowableOfType(
                JMSException.class, () -> new WaybillConnectionFactory(USER, PASSWORD, uri).createConnection());
        return checked(failure);
    }

    @Test
    void aWrongPasswordIsASecurityException() {
        for (String mechanism : List.of("SCRAM-SHA-256", "PLAIN")) {
            assertThat(refused(USER, "wrong", plainUri() + "?amqp.saslMechanisms=" + mechanism))
                    .as(mechanism)
                    .hasMessageContaining("check user, password");
        }
        refused("nobody", PASSWORD, plainUri());
        JMSException without = catchThrowableOfType(
                JMSException.class, () -> new WaybillConnectionFactory(plainUri()).createConnection(USER, null));
        assertThat(without).hasMessageContaining("password");
        refused(USER, "", plainUri());
    }

    @Test
    void contextsThrowTheUncheckedOne() {
        assertThat(catchThrowableOfType(
                        JMSSecurityRuntimeException.class,
                        () -> new WaybillConnectionFactory(plainUri()).createContext(USER, "wrong")))
                .hasMessageContaining(plainUri())
                .hasCauseInstanceOf(JMSSecurityException.class);
    }

    @Test
    void nobodyIsNotLetIn() {
        JMSSecurityException refusal = catchThrowableOfType(
                JMSSecurityException.class, () -> new WaybillConnectionFactory(plainUri()).createConnection());
        assertThat(checked(refusal)).hasMessageContaining("asks for a user and a password");
    }

    @Test
    void theMechanismsThatTheServerOffersAreNamed() {
        assertThat(refused(USER, PASSWORD, plainUri() + "?amqp.saslMechanisms=SCRAM-SHA-512"))
                .hasMessageContaining("[SCRAM-SHA-256, PLAIN]");
    }

    @Test
    void aCertificateIsNoLoginWhereTheServerOffersNoExternal() {
        String uri = tlsUri(TLS_PORT, CERTIFICATE) + "&transport.keyStoreLocation=" + OTHER.store()
                + "&transport.keyStorePassword=" + Certificate.PASSWORD;
        JMSSecurityException refusal = catchThrowableOfType(
                JMSSecurityException.class, () -> new WaybillConnectionFactory(uri).createConnection());
        assertThat(checked(refusal)).hasMessageContaining("asks for a user and a password");
    }

    @Test
    void aRefusedLoginEndsASearchForServers() {
        refused(USER, "wrong", "failover:(amqp://127.0.0.1:" + BROKER.port() + ")?failover.maxReconnectAttempts=-1");
    }

    @Test
    void goesThroughWhereEverythingIsRight() throws JMSException {
        for (String host : List.of("127.0.0.1", "localhost")) {
            String uri = "amqps://" + host + ":" + TLS_PORT + "?transport.trustStoreLocation=" + CERTIFICATE.pem();
            try (Connection connection = new WaybillConnectionFactory(USER, PASSWORD, uri).createConnection()) {
                connection.start();
            }
        }
    }

    @Test
    void aCertificateThatIsNotTrustedIsRefused() {
        assertThat(unsafe(tlsUri(TLS_PORT, OTHER))).hasMessageContaining("TLS failed");
        assertThat(unsafe("amqps://127.0.0.1:" + TLS_PORT)).hasMessageContaining("TLS failed");
    }

    @Test
    void aCertificateForAnotherHostIsRefused() {
        Certificate elsewhere = Certificate.make("dns:elsewhere.example");
        try (TlsServer server = new TlsServer(elsewhere)) {
            assertThat(unsafe(tlsUri(server.port(), elsewhere)))
                    .hasMessageContaining("TLS failed")
                    .hasMessageContaining("127.0.0.1");
        }
    }

    @Test
    void anExpiredCertificateIsRefused() {
        // Of an authority: a certificate that is itself in the trust store is trusted as it is.
        Certificate expired = CERTIFICATE.sign(LOCALHOST, "-5d");
        try (TlsServer server = new TlsServer(expired)) {
            assertThat(unsafe(tlsUri(server.port(), CERTIFICATE)))
                    .hasMessageContaining("TLS failed")
                    .hasRootCauseInstanceOf(CertificateExpiredException.class);
        }
    }

    @Test
    void asksForTheNameThatItExpects() throws InterruptedException {
        Certificate elsewhere = Certificate.make("dns:elsewhere.example");
        try (TlsServer server = new TlsServer(elsewhere)) {
            // The handshake is in order, though nobody speaks AMQP after it.
            assertThat(unsafe(tlsUri(server.port(), elsewhere) + "&transport.serverName=elsewhere.example"))
                    .hasMessageNotContaining("TLS failed");
            assertThat(server.askedNames().poll(10, TimeUnit.SECONDS)).isEqualTo("elsewhere.example");
        }
    }

    @Test
    void tlsAndPlainTextDoNotMeet() {
        assertThat(unsafe("amqps://127.0.0.1:" + BROKER.port() + "?jms.connectTimeout=5000"))
                .hasMessageContaining("TLS");
        unsafe("amqp://127.0.0.1:" + TLS_PORT + "?jms.connectTimeout=5000");
    }

    @Test
    void aFileThatCannotBeUsedIsNamed() {
        String uri = "amqps://127.0.0.1:" + TLS_PORT + "?transport.trustStoreLocation=";
        for (String file : List.of("/no/such/store.p12", CERTIFICATE.store() + "&transport.trustStorePassword=wrong")) {
            JMSException failure = catchThrowableOfType(
                    JMSException.class, () -> new WaybillConnectionFactory(uri + file).createConnection());
            assertThat(failure).hasMessageContaining(file.split("&", 2)[0]);
        }
    }
}
