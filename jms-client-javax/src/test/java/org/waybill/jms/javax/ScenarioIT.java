package org.waybill.jms.javax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Hashtable;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.jms.BytesMessage;
import javax.jms.Connection;
import javax.jms.ConnectionFactory;
import javax.jms.InvalidSelectorException;
import javax.jms.JMSConsumer;
import javax.jms.JMSContext;
import javax.jms.MapMessage;
import javax.jms.Message;
import javax.jms.MessageConsumer;
import javax.jms.MessageNotWriteableException;
import javax.jms.MessageProducer;
import javax.jms.Queue;
import javax.jms.Session;
import javax.jms.TextMessage;
import javax.jms.Topic;
import javax.management.ObjectName;
import javax.naming.Context;
import javax.naming.InitialContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.waybill.broker.Broker;
import org.waybill.config.Settings;

/** An application of javax.jms, which knows the client by its JNDI properties alone, with a broker in this process. */
final class ScenarioIT {
    private static final long WAIT_MS = 20_000;

    @TempDir
    Path directory;

    private Broker broker;
    private Context names;

    @BeforeEach
    void start() throws Exception {
        Settings defaults = Settings.defaults();
        broker = Broker.start(
                defaults.withDataDirectory(directory).withAmqp(defaults.amqp().withPort(0)));
        String listening = broker.listening().get(0);
        Hashtable<String, String> environment = new Hashtable<>();
        environment.put(Context.INITIAL_CONTEXT_FACTORY, "org.waybill.jms.jndi.WaybillInitialContextFactory");
        environment.put(
                "connectionfactory.broker",
                "amqp://127.0.0.1:" + listening.substring(listening.lastIndexOf(':') + 1) + "?jms.jmx=true");
        environment.put("queue.orders", "orders");
        environment.put("topic.prices", "prices");
        names = new InitialContext(environment);
    }

    @AfterEach
    void stop() {
        broker.stop();
    }

    private ConnectionFactory factory() throws Exception {
        return (ConnectionFactory) names.lookup("broker");
    }

    @Test
    void theClassicApiSendsReceivesAndRollsBack() throws Exception {
        Queue orders = (Queue) names.lookup("orders");
        try (Connection connection = factory().createConnection()) {
            Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
            MessageProducer producer = session.createProducer(orders);
            TextMessage text = session.createTextMessage("hello");
            text.setIntProperty("n", 1);
            producer.send(text);
            BytesMessage bytes = session.createBytesMessage();
            bytes.writeInt(7);
            producer.send(bytes);
            MapMessage map = session.createMapMessage();
            map.setString("k", "v");
            producer.send(map);
            session.commit();

            connection.start();
            MessageConsumer consumer = session.createConsumer(orders);
            assertThat(((TextMessage) consumer.receive(WAIT_MS)).getText()).isEqualTo("hello");
            session.rollback();
            Message again = consumer.receive(WAIT_MS);
            assertThat(again.getJMSRedelivered()).isTrue();
            assertThat(again.getIntProperty("n")).isEqualTo(1);
            assertThat(again.getJMSDestination()).isEqualTo(orders);
            assertThatThrownBy(() -> again.setIntProperty("n", 2)).isInstanceOf(MessageNotWriteableException.class);
            assertThat(((BytesMessage) consumer.receive(WAIT_MS)).readInt()).isEqualTo(7);
            assertThat(((MapMessage) consumer.receive(WAIT_MS)).getString("k")).isEqualTo("v");
            session.commit();
            assertThatThrownBy(() -> session.createConsumer(orders, "a = = b"))
                    .isInstanceOf(InvalidSelectorException.class);
            assertThat(counted("Sent")).isEqualTo(3);
            assertThat(counted("SentBytes")).isPositive();
            assertThat(counted("Received")).isEqualTo(4);
            assertThat(counted("Redelivered")).isPositive();
            assertThat(counted("Acknowledged")).isEqualTo(4);
            assertThat(counted("Reconnects")).isZero();
        }
        assertThat(connections()).isEmpty();
    }

    private static Set<ObjectName> connections() throws Exception {
        return ManagementFactory.getPlatformMBeanServer()
                .queryNames(new ObjectName("org.waybill.jms:type=Connection,*"), null);
    }

    /** What JMX says of the only connection. */
    private static long counted(String what) throws Exception {
        Set<ObjectName> connections = connections();
        assertThat(connections).hasSize(1);
        return (Long) ManagementFactory.getPlatformMBeanServer()
                .getAttribute(connections.iterator().next(), what);
    }

    @Test
    void theSimplifiedApiListensToATopic() throws Exception {
        Topic prices = (Topic) names.lookup("prices");
        BlockingQueue<String> heard = new ArrayBlockingQueue<>(8);
        try (JMSContext context = factory().createContext();
                JMSConsumer consumer = context.createConsumer(prices, "n > 1")) {
            consumer.setMessageListener(message -> {
                try {
                    heard.add(message.getBody(String.class));
                } catch (javax.jms.JMSException e) {
                    heard.add(e.toString());
                }
            });
            context.createProducer().setProperty("n", 1).send(prices, "one");
            context.createProducer().setProperty("n", 2).send(prices, "two");
            assertThat(heard.poll(WAIT_MS, TimeUnit.MILLISECONDS)).isEqualTo("two");
        }
    }
}
