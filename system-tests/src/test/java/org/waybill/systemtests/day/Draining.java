package org.waybill.systemtests.day;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.util.List;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.jspecify.annotations.Nullable;
import org.waybill.systemtests.day.Event.Kind;

/** Takes everything that is left when all applications have gone, and writes it down. */
final class Draining {
    private static final int EMPTY_AFTER_MS = 500;

    private final int port;
    private final HistoryFile history;

    Draining(int port, HistoryFile history) {
        this.port = port;
        this.history = history;
    }

    /** Empties a queue. */
    void queue(String queue) throws JMSException {
        try (Connection connection = connect(null);
                Session session = connection.createSession();
                MessageConsumer consumer = session.createConsumer(session.createQueue(queue))) {
            drain(connection, consumer, "queue:" + queue);
        }
    }

    /** Empties a durable subscription, given the words of its specification, and makes it if there is none. */
    void subscription(List<String> words) throws JMSException {
        Subscribing.Kind kind = Subscribing.Kind.valueOf(words.get(2));
        String name = words.get(3);
        boolean shared = kind == Subscribing.Kind.SHARED_DURABLE;
        String selector = words.size() > 5 ? "colour = '" + words.get(5) + "'" : null;
        try (Connection connection = connect(shared ? null : name + "-client");
                Session session = connection.createSession()) {
            Topic topic = session.createTopic(words.get(4));
            try (MessageConsumer consumer = shared
                    ? session.createSharedDurableConsumer(topic, name, selector)
                    : session.createDurableConsumer(topic, name, selector, false)) {
                drain(connection, consumer, "sub:" + name);
            }
        }
    }

    private void drain(Connection connection, MessageConsumer consumer, String source) throws JMSException {
        connection.start();
        for (Message message = consumer.receive(EMPTY_AFTER_MS);
                message != null;
                message = consumer.receive(EMPTY_AFTER_MS)) {
            String id = Body.id(message.getBody(String.class));
            history.write(
                    Kind.LEFT, "id", id, "from", source, "redelivered", String.valueOf(message.getJMSRedelivered()));
        }
    }

    private Connection connect(@Nullable String clientId) throws JMSException {
        // the library would hide what has expired, and this looks for it
        JmsConnectionFactory factory = new JmsConnectionFactory(
                "amqp://127.0.0.1:" + port + "?jms.requestTimeout=20000&jms.localMessageExpiry=false");
        if (clientId != null) {
            factory.setClientID(clientId);
        }
        return factory.createConnection();
    }
}
