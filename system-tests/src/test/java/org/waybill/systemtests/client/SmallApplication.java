package org.waybill.systemtests.client;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TransactionRolledBackException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.waybill.jms.session.TransactionInDoubtException;

/**
 * One of everything that an application does: connect, create, send, receive, acknowledge, move within a transaction, close. A queue of its
 * own each time.
 */
final class SmallApplication {
    /** Where it is, in this order. */
    enum Step {
        CONNECTED,
        CREATED,
        SENT,
        RECEIVED,
        ACKNOWLEDGED,
        MOVED,
        COMMITTED,
        RECEIVED_AGAIN,
        CLOSED
    }

    private static final int MESSAGES = 3;
    private static final long PATIENCE_MS = 15_000;

    private final ConnectionFactory factory;
    private final String name;
    private final Consumer<Step> done;
    private final List<JMSException> told = new CopyOnWriteArrayList<>();
    private final List<String> received = new ArrayList<>();

    /**
     * Not run yet.
     *
     * @param name what its queues are called
     * @param done told after each step
     */
    SmallApplication(ConnectionFactory factory, String name, Consumer<Step> done) {
        this.factory = factory;
        this.name = name;
        this.done = done;
    }

    /** What the exception listener heard. */
    List<JMSException> told() {
        return told;
    }

    /** What came out at the end, in order, without what was seen before. */
    List<String> received() {
        return received;
    }

    /** What must have come out at the end, if nothing failed. */
    static List<String> everything() {
        List<String> all = new ArrayList<>();
        for (int number = 0; number < MESSAGES; number++) {
            all.add("message " + number);
        }
        return all;
    }

    /** Runs it to its end. */
    void run() throws JMSException {
        try (Connection connection = factory.createConnection()) {
            connection.setExceptionListener(told::add);
            connection.start();
            done.accept(Step.CONNECTED);
            work(connection);
        }
        done.accept(Step.CLOSED);
    }

    private void work(Connection connection) throws JMSException {
        Session plain = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
        Session transacted = connection.createSession(Session.SESSION_TRANSACTED);
        Queue first = plain.createQueue(name + ".first");
        Queue second = plain.createQueue(name + ".second");
        MessageProducer producer = plain.createProducer(first);
        MessageConsumer consumer = plain.createConsumer(second);
        MessageConsumer mover = transacted.createConsumer(first);
        MessageProducer moved = transacted.createProducer(second);
        done.accept(Step.CREATED);
        for (String text : everything()) {
            producer.send(plain.createTextMessage(text));
        }
        done.accept(Step.SENT);
        move(transacted, mover, moved);
        done.accept(Step.COMMITTED);
        Message last = null;
        while (received.size() < MESSAGES) {
            last = received(consumer);
            String text = last.getBody(String.class);
            if (!received.contains(text)) {
                received.add(text);
            }
        }
        done.accept(Step.RECEIVED_AGAIN);
        if (last != null) {
            last.acknowledge();
        }
        done.accept(Step.ACKNOWLEDGED);
    }

    /** Moves all of them in one transaction, as often as that is rolled back. */
    private void move(Session session, MessageConsumer from, MessageProducer to) throws JMSException {
        while (true) {
            try {
                for (int count = 0; count < MESSAGES; count++) {
                    to.send(received(from));
                    if (count == 0) {
                        done.accept(Step.RECEIVED);
                    }
                }
                done.accept(Step.MOVED);
                session.commit();
                return;
            } catch (TransactionInDoubtException e) {
                Message again = from.receive(1_000);
                if (again == null) {
                    return; // it was committed
                }
                session.rollback();
            } catch (TransactionRolledBackException e) {
                // again
            }
        }
    }

    private static Message received(MessageConsumer consumer) throws JMSException {
        Message message = consumer.receive(PATIENCE_MS);
        if (message == null) {
            throw new JMSException("no message came within " + PATIENCE_MS + " ms");
        }
        return message;
    }
}
