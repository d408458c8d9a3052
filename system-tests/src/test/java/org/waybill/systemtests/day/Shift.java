package org.waybill.systemtests.day;

import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.jspecify.annotations.Nullable;
import org.waybill.systemtests.day.Event.Kind;

/**
 * One connection of an application with its one session, which writes down whatever is done through it. Used by the application's thread; a
 * message listener may write beside it.
 */
final class Shift implements AutoCloseable {
    private static final int IN_FLIGHT = 50;
    private static final int ONE_IN = 40;
    private static final String OPTIONS =
            "?jms.requestTimeout=20000&jms.sendTimeout=20000&jms.connectTimeout=5000&jms.closeTimeout=10000";

    private final Application application;
    private final HistoryFile history;
    private final Connection connection;
    private final Session session;
    private final Semaphore inFlight = new Semaphore(IN_FLIGHT);
    private @Nullable String transaction;
    private int received;

    /** Connects, under this client id if there is one, and begins a session. */
    Shift(Application application, HistoryFile history, int sessionMode, @Nullable String clientId)
            throws JMSException {
        this.application = application;
        this.history = history;
        JmsConnectionFactory factory = new JmsConnectionFactory("amqp://127.0.0.1:" + application.port() + OPTIONS);
        if (clientId != null) {
            factory.setClientID(clientId);
        }
        connection = factory.createConnection();
        try {
            session = connection.createSession(sessionMode);
            connection.start();
        } catch (JMSException e) {
            connection.close();
            throw e;
        }
    }

    /** Says that it consumes nothing. */
    void begin() {
        history.write(Kind.START);
    }

    /** Says where it consumes from, and in which of the modes auto, client and tx. */
    void begin(String mode, String source) {
        history.write(Kind.START, "mode", mode, "from", source);
    }

    Session session() {
        return session;
    }

    Random random() {
        return application.random();
    }

    /** Whether to go on; ends a working day now and then, so that applications come and go. */
    boolean goesOn() {
        return application.goesOn() && application.random().nextInt(400) != 0;
    }

    /** Waits up to this many milliseconds, or until the day is over. */
    void pause(int upToMs) {
        application.pause(application.random().nextInt(upToMs));
    }

    /** A durable text message of a new id, written down as about to be sent, in the transaction that is open if one is. */
    Message message(String to, boolean durable, Map<String, String> fields) throws JMSException {
        String id = application.nextId();
        Map<String, String> all = new HashMap<>(fields);
        all.put("id", id);
        all.put("to", to);
        all.put("durable", String.valueOf(durable));
        if (transaction != null) {
            all.put("tx", transaction);
        }
        history.write(Kind.SEND, all);
        Message message = session.createTextMessage(Body.of(id));
        message.setStringProperty("id", id);
        if (fields.containsKey("colour")) {
            message.setStringProperty("colour", fields.get("colour"));
        }
        return message;
    }

    /** Sends and, outside a transaction, writes down the settlement. */
    void send(MessageProducer producer, Message message) throws JMSException {
        producer.send(message);
        settled(message);
    }

    /** The same through a producer that has no destination of its own. */
    void send(MessageProducer producer, Destination to, Message message) throws JMSException {
        producer.send(to, message);
        settled(message);
    }

    /** Sends and does not wait; the settlement is written down when it comes. */
    void sendAsync(MessageProducer producer, Message message) throws JMSException {
        if (!acquire(1)) {
            throw new JMSException("no send was settled within 20 s");
        }
        producer.send(message, new CompletionListener() {
            @Override
            public void onCompletion(Message sent) {
                try {
                    settled(sent);
                } catch (JMSException e) {
                    offence("a message that was sent cannot be read: " + e);
                }
                inFlight.release();
            }

            @Override
            public void onException(Message sent, Exception cause) {
                inFlight.release();
            }
        });
    }

    /** Waits until all asynchronous sends are settled. */
    void awaitSends() throws JMSException {
        if (!acquire(IN_FLIGHT)) {
            throw new JMSException("the sends were not settled within 20 s");
        }
        inFlight.release(IN_FLIGHT);
    }

    private boolean acquire(int permits) {
        try {
            return inFlight.tryAcquire(permits, 20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void settled(Message message) throws JMSException {
        if (transaction == null) {
            history.write(Kind.SETTLED, "id", message.getStringProperty("id"));
        }
    }

    /** A producer whose messages are durable or not. */
    MessageProducer producer(@Nullable Destination to, boolean durable) throws JMSException {
        MessageProducer producer = session.createProducer(to);
        producer.setDeliveryMode(durable ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT);
        return producer;
    }

    /** The next message, written down and found whole; null if none comes within the time. */
    @Nullable
    Message receive(MessageConsumer consumer, String mode, String source, int timeoutMs) throws JMSException {
        Message message = consumer.receive(timeoutMs);
        if (message != null) {
            got(message, mode, source);
        }
        return message;
    }

    /** Writes down a message that came. */
    void got(Message message, String mode, String source) throws JMSException {
        String text = message.getBody(String.class);
        Map<String, String> fields = new HashMap<>(Map.of(
                "id",
                Body.id(text),
                "from",
                source,
                "mode",
                mode,
                "redelivered",
                String.valueOf(message.getJMSRedelivered())));
        if (transaction != null) {
            fields.put("tx", transaction);
        }
        history.write(Kind.GET, fields);
        if (!Body.isWhole(text)) {
            offence("the body of " + Body.id(text) + " is damaged: " + text);
        }
    }

    /** Now and then a question to the broker, whose answer shows that it has seen what was acknowledged. */
    void confirm() throws JMSException {
        if (++received % ONE_IN == 0) {
            TemporaryQueue queue = session.createTemporaryQueue();
            queue.delete();
            history.write(Kind.CONFIRMED);
        }
    }

    /** From here on everything is part of one transaction. */
    void declare() {
        transaction = application.name() + "@" + HistoryFile.nowUs();
    }

    void commit() throws JMSException {
        history.write(Kind.COMMIT, "tx", transaction());
        session.commit();
        history.write(Kind.COMMITTED, "tx", transaction());
    }

    void rollback() throws JMSException {
        history.write(Kind.ROLLBACK, "tx", transaction());
        session.rollback();
    }

    private String transaction() {
        String open = transaction;
        if (open == null) {
            throw new IllegalStateException("no transaction is open");
        }
        return open;
    }

    /** Acknowledges all that was received in this session. */
    void acknowledge(Message last) throws JMSException {
        history.write(Kind.ACK);
        last.acknowledge();
    }

    void recover() throws JMSException {
        history.write(Kind.RECOVER);
        session.recover();
    }

    /** Writes down what is neither a send nor a receipt. */
    void note(Kind kind, Map<String, String> fields) {
        history.write(kind, fields);
    }

    /** Writes down what must not be. */
    void offence(String sentence) {
        history.write(Kind.OFFENCE, "text", sentence);
    }

    /** Lets the caller know of a broken connection while it only waits for a listener. */
    void onBreak(Runnable listener) throws JMSException {
        connection.setExceptionListener(failure -> listener.run());
    }

    /** Closes in order, and writes down that it did. */
    void finish() throws JMSException {
        history.write(Kind.CLOSE);
        connection.close();
        history.write(Kind.CLOSED);
    }

    /** Lets the connection go whatever its state. */
    @Override
    public void close() throws JMSException {
        connection.close();
    }
}
