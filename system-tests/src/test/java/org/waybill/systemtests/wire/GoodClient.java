package org.waybill.systemtests.wire;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.UUID;
import org.apache.qpid.jms.JmsConnectionFactory;

/** A client that does what it should, connected while others do not, and able to tell whether it was disturbed. */
final class GoodClient implements AutoCloseable {
    private final Connection connection;
    private final Session session;
    private final MessageProducer producer;
    private final MessageConsumer consumer;

    GoodClient(int port) {
        try {
            connection = new JmsConnectionFactory("amqp://127.0.0.1:" + port + "?jms.requestTimeout=10000")
                    .createConnection();
            session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            String queue = "good." + UUID.randomUUID();
            producer = session.createProducer(session.createQueue(queue));
            consumer = session.createConsumer(session.createQueue(queue));
            connection.start();
        } catch (JMSException e) {
            throw new AssertionError("a well-behaved client cannot connect", e);
        }
    }

    /** Sends a durable message and receives it back. */
    void roundTrip() {
        try {
            String text = UUID.randomUUID().toString();
            producer.send(session.createTextMessage(text));
            Message message = consumer.receive(10_000);
            if (message == null || !message.getBody(String.class).equals(text)) {
                throw new AssertionError("a well-behaved client got " + message + " instead of its message");
            }
        } catch (JMSException e) {
            throw new AssertionError("a well-behaved client is disturbed", e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (JMSException e) {
            throw new AssertionError("a well-behaved client cannot close", e);
        }
    }
}
