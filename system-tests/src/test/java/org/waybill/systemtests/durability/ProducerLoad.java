package org.waybill.systemtests.durability;

import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.qpid.jms.JmsConnectionFactory;

/** Sends durable numbered messages through Qpid JMS until its connection breaks, noting each that the broker has settled. */
final class ProducerLoad implements Runnable {
    private static final int IN_FLIGHT = 200;
    private static final int MAX_PADDING = 2_000;

    /** Whether a send waits for its settlement. */
    enum Mode {
        SYNCHRONOUS,
        ASYNCHRONOUS
    }

    private final String name;
    private final Mode mode;
    private final int port;
    private final String queue;
    private final AtomicLong sequence;
    private final Ledger ledger;

    /** {@code sequence} goes on over the lives of the broker: a number is never sent twice. */
    ProducerLoad(String name, Mode mode, int port, String queue, AtomicLong sequence, Ledger ledger) {
        this.name = name;
        this.mode = mode;
        this.port = port;
        this.queue = queue;
        this.sequence = sequence;
        this.ledger = ledger;
    }

    @Override
    public void run() {
        JmsConnectionFactory factory = new JmsConnectionFactory(
                "amqp://127.0.0.1:" + port + "?jms.requestTimeout=5000&jms.sendTimeout=20000&jms.closeTimeout=1000");
        try (Connection connection = factory.createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue(queue))) {
            producer.setDeliveryMode(DeliveryMode.PERSISTENT);
            Semaphore inFlight = new Semaphore(IN_FLIGHT);
            while (true) {
                Numbered message = new Numbered(name, sequence.getAndIncrement());
                Message jms = session.createTextMessage(message.text(MAX_PADDING));
                if (mode == Mode.SYNCHRONOUS) {
                    producer.send(jms);
                    ledger.settled(message);
                } else if (inFlight.tryAcquire(20, TimeUnit.SECONDS)) {
                    producer.send(jms, new NoteSettlement(message, inFlight));
                } else {
                    return;
                }
            }
        } catch (JMSException e) {
            // the broker was killed: what was not settled by now is nobody's promise
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class NoteSettlement implements CompletionListener {
        private final Numbered message;
        private final Semaphore inFlight;

        NoteSettlement(Numbered message, Semaphore inFlight) {
            this.message = message;
            this.inFlight = inFlight;
        }

        @Override
        public void onCompletion(Message sent) {
            ledger.settled(message);
            inFlight.release();
        }

        @Override
        public void onException(Message sent, Exception cause) {
            inFlight.release();
        }
    }
}
