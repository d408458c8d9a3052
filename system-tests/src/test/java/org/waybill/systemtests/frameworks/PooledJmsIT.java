package org.waybill.systemtests.frameworks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.messaginghub.pooled.jms.JmsPoolConnectionFactory;
import org.waybill.systemtests.JmsClient;
import org.waybill.systemtests.JmsClients;
import org.waybill.systemtests.RunningBroker;
import org.waybill.systemtests.ThroughEachClient;

/** pooled-jms: connections and sessions that are closed by the application and used again by the next. */
@ThroughEachClient
final class PooledJmsIT {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    private static final long WITHIN_MS = 20_000;

    @RegisterExtension
    final JmsClients clients;

    private final JmsPoolConnectionFactory pool = new JmsPoolConnectionFactory();

    PooledJmsIT(JmsClient client) {
        clients = new JmsClients(BROKER, client);
    }

    @BeforeEach
    void fill() {
        pool.setConnectionFactory(clients.factory());
        pool.setMaxConnections(1);
        pool.start();
    }

    @AfterEach
    void drain() {
        pool.stop();
    }

    @Test
    void usesOneConnectionForMany() throws JMSException {
        for (int i = 0; i < 50; i++) {
            try (Connection connection = pool.createConnection();
                    Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                    MessageProducer producer = session.createProducer(session.createQueue("pool.queue." + i % 5))) {
                connection.start();
                producer.send(session.createTextMessage("m" + i));
            }
        }
        assertThat(pool.getNumConnections()).isEqualTo(1);
        for (int i = 0; i < 50; i++) {
            try (Connection connection = pool.createConnection();
                    Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                    MessageConsumer consumer = session.createConsumer(session.createQueue("pool.queue." + i % 5))) {
                connection.start();
                Message message = consumer.receive(WITHIN_MS);
                assertThat(message.getBody(String.class)).isEqualTo("m" + i);
                assertThat(message.getJMSRedelivered()).isFalse();
            }
        }
        assertThat(pool.getNumConnections()).isEqualTo(1);
    }

    @Test
    void refusesMoreSessionsThanItMayHaveUntilOneIsBack() throws JMSException {
        pool.setMaxSessionsPerConnection(2);
        pool.setBlockIfSessionPoolIsFull(false);
        try (Connection connection = pool.createConnection()) {
            Session first = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Session second = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            assertThatThrownBy(() -> connection.createSession(false, Session.AUTO_ACKNOWLEDGE))
                    .isInstanceOf(JMSException.class);
            second.close();
            Session third = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Queue queue = first.createQueue("pool.exhausted");
            third.createProducer(queue).send(third.createTextMessage("works"));
            connection.start();
            assertThat(first.createConsumer(queue).receive(WITHIN_MS)).isNotNull();
        }
    }

    @Test
    void undoesWhatASessionHadNotCommittedWhenItWentBack() throws JMSException {
        Queue queue = null;
        for (String text : new String[] {"undone", "done"}) {
            try (Connection connection = pool.createConnection();
                    Session session = connection.createSession(true, Session.SESSION_TRANSACTED)) {
                queue = session.createQueue("pool.transacted");
                session.createProducer(queue).send(session.createTextMessage(text));
                if (text.equals("done")) {
                    session.commit();
                }
            }
        }
        Session session = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(consumer.receive(WITHIN_MS).getBody(String.class)).isEqualTo("done");
        assertThat(consumer.receiveNoWait()).isNull();
    }

    @Test
    void deletesTheTemporaryQueuesOfAConnectionThatGoesBack() throws JMSException {
        TemporaryQueue temporary;
        try (Connection connection = pool.createConnection()) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            temporary = session.createTemporaryQueue();
            session.createProducer(temporary).send(session.createTextMessage("in its lifetime"));
        }
        Session other = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        Queue byName = other.createQueue(temporary.getQueueName());
        assertThatThrownBy(() -> other.createProducer(byName).send(other.createTextMessage("after its end")))
                .isInstanceOf(JMSException.class);
    }

    @Test
    void connectsAnewAfterTheBrokerCameBack() throws JMSException {
        send("before");
        BROKER.crash();
        await().ignoreExceptions().until(() -> send("after"));
        Session session = clients.connect().createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(session.createQueue("pool.crash"));
        assertThat(consumer.receive(WITHIN_MS).getBody(String.class)).isEqualTo("before");
        assertThat(consumer.receive(WITHIN_MS).getBody(String.class)).isEqualTo("after");
    }

    private boolean send(String text) throws JMSException {
        try (Connection connection = pool.createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue("pool.crash"))) {
            producer.send(session.createTextMessage(text));
            return true;
        }
    }
}
