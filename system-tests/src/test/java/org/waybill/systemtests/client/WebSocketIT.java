package org.waybill.systemtests.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.waybill.jms.WaybillConnectionFactory;
import org.waybill.systemtests.BrokerProcess;
import org.waybill.systemtests.Cli;
import org.waybill.systemtests.Ports;
import org.waybill.systemtests.behaviour.Certificate;

/** Our client over the broker's own WebSockets, with TLS and without. */
@Timeout(40)
@ExtendWith(Leftovers.class)
final class WebSocketIT {
    private static final String USER = "alice";
    private static final String PASSWORD = "s3cret";
    private static final int LARGE_BYTES = 1_000_000;
    private static final int TLS_PORT = Ports.free();
    private static final Certificate CERTIFICATE = Certificate.make();
    private static final BrokerProcess BROKER = startWithOneUser();

    private static BrokerProcess startWithOneUser() {
        BrokerProcess.Options options = BrokerProcess.Options.fresh()
                .withConfig("amqp:\n  websocket: {}\n  tls: {port: " + TLS_PORT + ", certificate: " + CERTIFICATE.pem()
                        + ", key: " + CERTIFICATE.key() + "}\n");
        Cli.Result added = Cli.runWithInput(
                PASSWORD + "\n", "user", "add", USER, "--data", options.data().toString());
        assertThat(added.exitCode()).as(added.text()).isZero();
        return BrokerProcess.start(options);
    }

    @AfterAll
    static void stop() {
        BROKER.close();
    }

    private static String uri() {
        return "amqpws://127.0.0.1:" + BROKER.port() + "/amqp";
    }

    private static String tlsUri(Certificate trusted) {
        return "amqpwss://127.0.0.1:" + TLS_PORT + "/amqp?transport.trustStoreLocation=" + trusted.pem();
    }

    private static void roundTrip(String uri) throws JMSException {
        try (Connection connection = new WaybillConnectionFactory(USER, PASSWORD, uri).createConnection();
                Session session = connection.createSession()) {
            connection.start();
            Queue queue = session.createQueue("websocket");
            BytesMessage large = session.createBytesMessage();
            large.writeBytes(new byte[LARGE_BYTES]);
            session.createProducer(queue).send(large);
            BytesMessage received = (BytesMessage) session.createConsumer(queue).receive(10_000);
            assertThat(received.getBodyLength()).isEqualTo(LARGE_BYTES);
        }
    }

    @Test
    void carriesMessages() throws JMSException {
        roundTrip(uri());
        roundTrip(tlsUri(CERTIFICATE));
        roundTrip("failover:(" + uri() + ")");
    }

    @Test
    void staysOverManyIdleTimeouts() throws JMSException {
        try (Connection connection = new WaybillConnectionFactory(USER, PASSWORD, uri() + "?amqp.idleTimeout=1000")
                        .createConnection();
                Session session = connection.createSession()) {
            connection.start();
            Queue queue = session.createQueue("websocket.idle");
            assertThat(session.createConsumer(queue).receive(3_000)).isNull();
            session.createProducer(queue).send(session.createMessage());
        }
    }

    @Test
    void aWrongPasswordIsASecurityException() {
        assertThat(catchThrowableOfType(
                        JMSSecurityException.class,
                        () -> new WaybillConnectionFactory(USER, "wrong", uri()).createConnection()))
                .hasMessageContaining(uri());
    }

    @Test
    void aCertificateThatIsNotTrustedIsRefused() {
        assertThat(catchThrowableOfType(JMSException.class, () -> roundTrip(tlsUri(Certificate.make()))))
                .hasMessageContaining("amqpwss://127.0.0.1:" + TLS_PORT)
                .hasMessageContaining("TLS failed");
    }

    @Test
    void aBrokerThatTakesNoneIsNamed() {
        try (BrokerProcess plain = BrokerProcess.start()) {
            String there = "amqpws://127.0.0.1:" + plain.port() + "/amqp";
            assertThat(catchThrowableOfType(
                            JMSException.class, () -> new WaybillConnectionFactory(there).createConnection()))
                    .hasMessageContaining(there)
                    .hasNoSuppressedExceptions();
        }
    }
}
