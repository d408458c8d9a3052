package org.waybill.systemtests.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.Arrays;
import java.util.List;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.security.SaslMechanisms;
import org.apache.qpid.proton.amqp.security.SaslOutcome;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.waybill.systemtests.BrokerProcess;
import org.waybill.systemtests.Cli;
import org.waybill.systemtests.Ports;
import org.waybill.systemtests.wire.Wire;

/** Who gets in and how, on a broker with one user, with and without TLS. */
final class LoginIT {
    private static final String USER = "alice";
    private static final String PASSWORD = "s3cret = , plain";
    private static final int TLS_PORT = Ports.free();

    private static final Certificate CERTIFICATE = Certificate.make();
    private static final BrokerProcess BROKER = startWithOneUser();

    private static BrokerProcess startWithOneUser() {
        BrokerProcess.Options options = BrokerProcess.Options.fresh()
                .withConfig("amqp:\n  tls: {port: " + TLS_PORT + ", certificate: " + CERTIFICATE.pem() + ", key: "
                        + CERTIFICATE.key() + "}\n");
        String data = options.data().toString();
        Cli.Result added = Cli.runWithInput(PASSWORD + "\n", "user", "add", USER, "--data", data);
        assertThat(added.exitCode()).as(added.text()).isZero();
        return BrokerProcess.start(options);
    }

    @AfterAll
    static void stop() {
        BROKER.close();
    }

    @Test
    void letsAUserInByScramAndByPlain() throws JMSException {
        for (String mechanism : List.of("SCRAM-SHA-256", "PLAIN")) {
            roundTrip("amqp://127.0.0.1:" + BROKER.port() + "?amqp.saslMechanisms=" + mechanism, PASSWORD);
        }
    }

    @Test
    void refusesAWrongPasswordWithAnOutcome() {
        for (String mechanism : List.of("SCRAM-SHA-256", "PLAIN")) {
            String uri = "amqp://127.0.0.1:" + BROKER.port() + "?amqp.saslMechanisms=" + mechanism;
            assertThatThrownBy(() -> roundTrip(uri, "wrong")).as(mechanism).isInstanceOf(JMSSecurityException.class);
        }
        try (Wire wire = Wire.connect(BROKER.port())) {
            SaslOutcome outcome = wire.loginPlain(USER, "wrong");
            assertThat(outcome.getCode().getValue().intValue()).isEqualTo(1);
            wire.awaitEnd();
        }
    }

    @Test
    void refusesAnUnknownUserAsItRefusesAWrongPassword() {
        try (Wire wire = Wire.connect(BROKER.port())) {
            SaslOutcome outcome = wire.loginPlain("nobody", PASSWORD);
            assertThat(outcome.getCode().getValue().intValue()).isEqualTo(1);
            wire.awaitEnd();
        }
    }

    @Test
    void offersNoAnonymousLoginOnceThereIsAUser() {
        try (Wire wire = Wire.connect(BROKER.port())) {
            wire.writeBytes(Wire.saslHeader());
            wire.expectBytes(Wire.saslHeader());
            SaslMechanisms offered = wire.expect(SaslMechanisms.class);
            assertThat(Arrays.stream(offered.getSaslServerMechanisms()).map(Symbol::toString))
                    .contains("SCRAM-SHA-256", "PLAIN")
                    .doesNotContain("ANONYMOUS");
        }
        try (Wire wire = Wire.connect(BROKER.port())) {
            SaslOutcome outcome = wire.login("ANONYMOUS", new byte[0]);
            assertThat(outcome.getCode().getValue().intValue()).isNotZero();
            wire.awaitEnd();
        }
    }

    @Test
    void letsNobodyInWhoSkipsTheLogin() {
        try (Wire wire = Wire.connect(BROKER.port())) {
            wire.writeBytes(Wire.amqpHeader());
            assertThat(wire.firstBytes(8)).as("the layer that must come first").isEqualTo(Wire.saslHeader());
            wire.awaitEnd();
        }
    }

    @Test
    void carriesMessagesOverTls() throws JMSException {
        roundTrip(tlsUri("localhost"), PASSWORD);
    }

    @Test
    void refusesPlainTextOnTheTlsPort() {
        try (Wire wire = Wire.connect(TLS_PORT)) {
            wire.writeBytes(Wire.saslHeader());
            wire.awaitEnd();
        }
    }

    private static String tlsUri(String host) {
        return "amqps://" + host + ":" + TLS_PORT + "?transport.trustStoreLocation=" + CERTIFICATE.store()
                + "&transport.trustStorePassword=" + Certificate.PASSWORD;
    }

    private static void roundTrip(String uri, String password) throws JMSException {
        try (Connection connection = new JmsConnectionFactory(USER, password, uri).createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            connection.start();
            Queue queue = session.createQueue("login");
            session.createProducer(queue).send(session.createTextMessage("a message"));
            Message message = session.createConsumer(queue).receive(10_000);
            assertThat(message.getBody(String.class)).isEqualTo("a message");
        }
    }
}
