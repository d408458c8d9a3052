package org.waybill.systemtests.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.waybill.systemtests.BrokerProcess;
import org.waybill.systemtests.wire.Wire;
import org.waybill.systemtests.wire.WireLinks;

/** What the settings file bounds, seen by clients: the size of a message, the depth of a queue, the number of deliveries. */
final class LimitIT {
    private static final int MAX_MESSAGE = 100_000;
    private static final BrokerProcess BROKER = BrokerProcess.start(BrokerProcess.Options.fresh()
            .withConfig(
                    """
                    amqp:
                      max-message-size-bytes: %d
                    addresses:
                      - match: "full.#"
                        max-messages: 3
                        full-policy: reject
                      - match: "retry.#"
                        max-deliveries: 2
                        dead-letter-address: dead
                    """
                            .formatted(MAX_MESSAGE)));

    @AfterAll
    static void stop() {
        BROKER.close();
    }

    @Test
    void saysHowLargeAMessageMayBeAndEndsTheLinkOfALargerOne() {
        try (Wire wire = Wire.open(BROKER.port(), "large")) {
            WireLinks.begin(wire, 0);
            Attach answer = WireLinks.attach(wire, 0, WireLinks.sender("to", 0, "large"));
            assertThat(answer.getMaxMessageSize()).isEqualTo(UnsignedLong.valueOf(MAX_MESSAGE));
            for (int i = 0; i < 3; i++) {
                wire.write(0, WireLinks.with(WireLinks.transfer(0, 0, false), t -> t.setMore(true)), new byte[50_000]);
            }
            Detach detach = wire.await(Detach.class);
            assertThat(detach.getError().getCondition().toString()).isEqualTo("amqp:link:message-size-exceeded");
        }
    }

    @Test
    void rejectsWhatAFullQueueDoesNotTake() throws JMSException {
        try (Connection connection = connect();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue("full.queue"))) {
            for (int i = 0; i < 3; i++) {
                producer.send(session.createTextMessage("fits"));
            }
            assertThatThrownBy(() -> producer.send(session.createTextMessage("one too many")))
                    .isInstanceOf(JMSException.class);
        }
    }

    @Test
    void movesAMessageToItsDeadLetterAddressAfterTooManyFailures() throws JMSException {
        try (Connection connection = connect();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                Wire wire = Wire.open(BROKER.port(), "failing")) {
            connection.start();
            session.createProducer(session.createQueue("retry.queue")).send(session.createTextMessage("unlucky"));
            WireLinks.begin(wire, 0);
            Attach answer = WireLinks.attach(wire, 0, WireLinks.receiver("from", 0, "retry.queue"));
            long deliveryCount = answer.getInitialDeliveryCount().longValue();
            for (int failures = 0; failures < 2; failures++) {
                wire.write(0, WireLinks.credit(wire, 0, 0, deliveryCount + failures, 1));
                Transfer delivery = wire.await(Transfer.class);
                Modified failed = WireLinks.with(new Modified(), modified -> modified.setDeliveryFailed(true));
                wire.write(0, WireLinks.disposition(delivery.getDeliveryId().longValue(), true, failed));
            }
            Message dead = session.createConsumer(session.createQueue("dead")).receive(10_000);
            assertThat(dead.getBody(String.class)).isEqualTo("unlucky");
        }
    }

    private static Connection connect() throws JMSException {
        return new JmsConnectionFactory("amqp://127.0.0.1:" + BROKER.port() + "?jms.requestTimeout=10000")
                .createConnection();
    }
}
