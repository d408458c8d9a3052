package org.waybill.systemtests.chaos;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import java.util.ArrayList;
import java.util.List;
import org.apache.qpid.jms.JmsConnectionFactory;

/** A JMS application that holds a bit of everything, says so on standard output, and goes on until it is killed. */
final class Victim {
    /** The queue it uses. */
    static final String QUEUE = "deaths.victim";

    private static final int CONNECTIONS = 5;

    private Victim() {}

    /** Argument: the broker's port. */
    public static void main(String[] arguments) throws JMSException {
        JmsConnectionFactory factory = new JmsConnectionFactory("amqp://127.0.0.1:" + arguments[0]);
        List<Connection> connections = new ArrayList<>();
        List<Session> sessions = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            Connection connection = factory.createConnection();
            connection.start();
            connections.add(connection);
            hold(connection.createSession(Session.CLIENT_ACKNOWLEDGE));
            sessions.add(work(connection.createSession(Session.SESSION_TRANSACTED)));
        }
        System.out.println("holding " + connections.size());
        while (true) {
            for (Session session : sessions) {
                work(session);
            }
        }
    }

    /** Things that stay open: a prefetching consumer, a temporary queue with messages, a subscription. */
    private static void hold(Session session) throws JMSException {
        session.createConsumer(session.createQueue(QUEUE));
        TemporaryQueue temporary = session.createTemporaryQueue();
        MessageProducer producer = session.createProducer(temporary);
        producer.send(session.createTextMessage("never received"));
        session.createConsumer(temporary);
        session.createConsumer(session.createTopic(Scripts.TOPIC));
    }

    /** A transaction that is rolled back: whenever it dies, nothing has happened. */
    private static Session work(Session session) throws JMSException {
        try (MessageProducer producer = session.createProducer(session.createQueue(QUEUE));
                MessageConsumer consumer = session.createConsumer(session.createQueue(Scripts.STOCK))) {
            for (int i = 0; i < 5; i++) {
                producer.send(session.createTextMessage("never committed"));
                consumer.receive(20);
            }
            session.rollback();
        }
        return session;
    }
}
