package org.waybill.systemtests.failover;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.TransactionRolledBackException;
import java.util.function.BooleanSupplier;
import org.waybill.jms.session.TransactionInDoubtException;

/** Consumers that take what comes until they are told to stop and nothing comes any more. */
final class Consuming {
    private static final long PATIENCE_MS = 200;

    private Consuming() {}

    /** Takes in a session that acknowledges by itself. */
    static void automatic(MessageConsumer consumer, String from, Notes notes, BooleanSupplier stopped)
            throws JMSException {
        for (Message message = consumer.receive(PATIENCE_MS);
                message != null || !stopped.getAsBoolean();
                message = consumer.receive(PATIENCE_MS)) {
            if (message != null) {
                notes.given(from, number(message));
            }
        }
    }

    /** Takes and acknowledges every tenth message, and with it those before. */
    static void acknowledging(MessageConsumer consumer, String from, Notes notes, BooleanSupplier stopped)
            throws JMSException {
        int count = 0;
        Message last = null;
        while (true) {
            Message message = consumer.receive(PATIENCE_MS);
            if (message != null) {
                notes.given(from, number(message));
                last = message;
            }
            if (last != null && (message == null || ++count % 10 == 0)) {
                last.acknowledge();
                last = null;
            }
            if (message == null && stopped.getAsBoolean()) {
                return;
            }
        }
    }

    /** Takes ten messages at most and sends them on, each time in one transaction. */
    static void moving(Session session, Queue from, Queue to, BooleanSupplier stopped) throws JMSException {
        MessageConsumer consumer = session.createConsumer(from);
        MessageProducer producer = session.createProducer(to);
        boolean empty = false;
        while (!empty || !stopped.getAsBoolean()) {
            try {
                int count = 0;
                Message message = consumer.receive(PATIENCE_MS);
                while (message != null) {
                    producer.send(session.createTextMessage(((TextMessage) message).getText()));
                    message = ++count < 10 ? consumer.receiveNoWait() : null;
                }
                session.commit();
                empty = count == 0;
            } catch (TransactionRolledBackException | TransactionInDoubtException e) {
                // Undone, it all comes again; done, it does not: the other queue will show which.
                empty = false;
            }
        }
    }

    static long number(Message message) throws JMSException {
        return Long.parseLong(((TextMessage) message).getText());
    }
}
