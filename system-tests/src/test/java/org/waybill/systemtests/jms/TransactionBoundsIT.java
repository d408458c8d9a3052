package org.waybill.systemtests.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.waybill.systemtests.JmsClient;
import org.waybill.systemtests.JmsClients;
import org.waybill.systemtests.RunningBroker;
import org.waybill.systemtests.ThroughEachClient;

/** What one transaction may hold, and for how long, where the settings say so. */
@ThroughEachClient
final class TransactionBoundsIT {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker(
            """
            shards: 2
            transactions:
              timeout-ms: 1000
            addresses:
              - match: "rejecting.#"
                max-messages: 2
                full-policy: reject
            """);

    @RegisterExtension
    final JmsClients clients;

    TransactionBoundsIT(JmsClient client) {
        clients = new JmsClients(BROKER, client);
    }

    @Test
    void rollsBackWhatIsOpenForTooLong() throws JMSException {
        Connection connection = clients.connect("jms.prefetchPolicy.all=0");
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
        Queue from = session.createQueue("bounds.from");
        Queue to = session.createQueue("bounds.to");
        Texts.send(session, from, "held");
        assertThat(Texts.receive(transacted.createConsumer(from), 1)).containsExactly("held");
        Texts.send(transacted, to, "never");
        MessageConsumer heir = session.createConsumer(from);
        Message again = Texts.next(heir);
        assertThat(again.getBody(String.class)).isEqualTo("held");
        assertThat(again.getJMSRedelivered()).isTrue();
        assertThatThrownBy(transacted::commit).isInstanceOf(JMSException.class);
        Texts.expectNothing(session.createConsumer(to));
        Texts.expectNothing(heir);
        Texts.send(transacted, to, "in the next transaction");
        transacted.commit();
        Texts.expect(session.createConsumer(to), "in the next transaction");
    }

    @Test
    void isRefusedAsAWholeIfItWouldOverfillAQueue() throws JMSException {
        Connection connection = clients.connect();
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
        Queue queue = session.createQueue("rejecting.queue");
        try (MessageProducer producer = transacted.createProducer(queue)) {
            for (String text : Texts.numbered("m", 3)) {
                producer.send(transacted.createTextMessage(text));
            }
            assertThatThrownBy(transacted::commit)
                    .isInstanceOf(JMSException.class)
                    .hasMessageContaining("rejecting.queue");
        }
        MessageConsumer consumer = session.createConsumer(queue);
        Texts.expectNothing(consumer);
        Texts.send(transacted, queue, "fits");
        transacted.commit();
        Texts.expect(consumer, "fits");
    }
}
