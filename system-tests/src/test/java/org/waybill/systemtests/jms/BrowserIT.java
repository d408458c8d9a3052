package org.waybill.systemtests.jms;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.systemtests.JmsClient;
import org.waybill.systemtests.JmsClients;
import org.waybill.systemtests.RunningBroker;
import org.waybill.systemtests.ThroughEachClient;

/** Jakarta Messaging 3.1, section 4.1.6: browsers, which look and do not take, and come to an end. */
@ThroughEachClient
final class BrowserIT {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    @RegisterExtension
    final JmsClients clients;

    BrowserIT(JmsClient client) {
        clients = new JmsClients(BROKER, client);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 1000})
    void showsAllInOrderAndTakesNothing(int prefetch) throws JMSException {
        Session session = session(clients.connect("jms.prefetchPolicy.all=" + prefetch));
        Queue queue = session.createQueue("browser.all." + prefetch);
        List<String> texts = Texts.numbered("m", 100);
        Texts.send(session, queue, texts);
        assertThat(Texts.browse(session.createBrowser(queue))).isEqualTo(texts);
        assertThat(Texts.browse(session.createBrowser(queue))).isEqualTo(texts);
        MessageConsumer consumer = session.createConsumer(queue);
        Message first = Texts.next(consumer);
        assertThat(first.getJMSRedelivered()).isFalse();
        assertThat(first.getIntProperty("JMSXDeliveryCount")).isEqualTo(1);
        Texts.expect(consumer, texts.subList(1, 100));
    }

    @Test
    void ofAnEmptyQueueEndsAtOnce() throws JMSException {
        Session session = session(clients.connect());
        QueueBrowser browser = session.createBrowser(session.createQueue("browser.empty"));
        assertThat(browser.getEnumeration().hasMoreElements()).isFalse();
        assertThat(browser.getEnumeration().hasMoreElements()).isFalse();
    }

    @Test
    void showsWhatItSelects() throws JMSException {
        Session session = session(clients.connect());
        Queue queue = session.createQueue("browser.selective");
        try (MessageProducer producer = session.createProducer(queue)) {
            for (int i = 0; i < 10; i++) {
                Message message = session.createTextMessage("m" + i);
                message.setIntProperty("n", i);
                producer.send(message);
            }
        }
        assertThat(Texts.browse(session.createBrowser(queue, "n BETWEEN 3 AND 5")))
                .containsExactly("m3", "m4", "m5");
        assertThat(Texts.browse(session.createBrowser(queue, "n > 10"))).isEmpty();
    }

    @Test
    void standsInNoConsumersWay() throws JMSException {
        Session session = session(clients.connect());
        Session browsing = session(clients.connect("jms.prefetchPolicy.all=1"));
        Queue queue = session.createQueue("browser.aside");
        Texts.send(session, queue, Texts.numbered("m", 10));
        Enumeration<?> view = browsing.createBrowser(queue).getEnumeration();
        assertThat(((Message) view.nextElement()).getBody(String.class)).isEqualTo("m0");
        Texts.expect(session.createConsumer(queue), Texts.numbered("m", 10));
        List<String> seen = new ArrayList<>();
        while (view.hasMoreElements()) {
            seen.add(((Message) view.nextElement()).getBody(String.class));
        }
        assertThat(seen)
                .as("in order, each at most once")
                .isSubsetOf(Texts.numbered("m", 10))
                .isSorted();
    }

    @Test
    void showsNothingThatIsUndecided() throws JMSException {
        Connection connection = clients.connect();
        Session session = session(connection);
        Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
        Queue queue = session.createQueue("browser.undecided");
        Texts.send(session, queue, "there");
        Texts.send(transacted, queue, "undecided");
        assertThat(Texts.browse(session.createBrowser(queue))).containsExactly("there");
        transacted.commit();
        assertThat(Texts.browse(session.createBrowser(queue))).containsExactly("there", "undecided");
    }

    @Test
    void showsMessagesByTheirPriority() throws JMSException {
        Session session = session(clients.connect());
        Queue queue = session.createQueue("browser.priority");
        try (MessageProducer producer = session.createProducer(queue)) {
            for (int priority : new int[] {4, 9, 0, 4}) {
                producer.setPriority(priority);
                producer.send(session.createTextMessage("p" + priority));
            }
        }
        assertThat(Texts.browse(session.createBrowser(queue))).containsExactly("p9", "p4", "p4", "p0");
    }

    private static Session session(Connection connection) throws JMSException {
        return connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    }
}
