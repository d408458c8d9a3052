package org.waybill.systemtests.durability;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.BytesMessage;
import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.Test;
import org.waybill.systemtests.BrokerProcess;
import org.waybill.systemtests.Distribution;

/** A backlog of durable 1 KiB messages that is larger than the broker's heap in the long form, over a restart, in order. */
final class BacklogIT {
    private static final int BODY_BYTES = 1024;
    private static final int IN_FLIGHT = 1_000;
    private static final String QUEUE = "backlog";

    private final int messages = Integer.parseInt(Distribution.required("waybill.backlog.messages"));

    @Test
    void comesBackWholeAndInOrderAfterARestart() throws Exception {
        BrokerProcess.Options options = BrokerProcess.Options.fresh().withJvmOpts("-Xmx512m");
        try (BrokerProcess broker = BrokerProcess.start(options)) {
            long startNs = System.nanoTime();
            send(broker.port());
            report("sent", startNs, broker);
            assertThat(broker.terminate()).as("exit code after SIGTERM").isZero();
        }
        long restartNs = System.nanoTime();
        try (BrokerProcess broker = BrokerProcess.start(options)) {
            report("ready again with", restartNs, broker);
            long startNs = System.nanoTime();
            receive(broker.port());
            report("received", startNs, broker);
            assertThat(broker.terminate()).as("exit code after SIGTERM").isZero();
        }
    }

    private void report(String what, long startNs, BrokerProcess broker) {
        long ms = (System.nanoTime() - startNs) / 1_000_000;
        long residentMib = broker.residentBytes().orElse(0L) >> 20;
        System.out.println("backlog: " + what + " " + messages + " messages in " + ms
                + " ms, resident memory of the broker " + residentMib + " MiB");
    }

    private void send(int port) throws Exception {
        try (Connection connection = connect(port);
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue(QUEUE))) {
            producer.setDeliveryMode(DeliveryMode.PERSISTENT);
            Semaphore inFlight = new Semaphore(IN_FLIGHT);
            Queue<Exception> failures = new ConcurrentLinkedQueue<>();
            CompletionListener listener = new CompletionListener() {
                @Override
                public void onCompletion(Message message) {
                    inFlight.release();
                }

                @Override
                public void onException(Message message, Exception cause) {
                    failures.add(cause);
                    inFlight.release();
                }
            };
            for (int i = 0; i < messages && failures.isEmpty(); i++) {
                assertThat(inFlight.tryAcquire(30, TimeUnit.SECONDS))
                        .as("a send is settled within 30 s")
                        .isTrue();
                BytesMessage message = session.createBytesMessage();
                message.writeInt(i);
                message.writeBytes(padding(i));
                producer.send(message, listener);
            }
            assertThat(inFlight.tryAcquire(IN_FLIGHT, 60, TimeUnit.SECONDS))
                    .as("all sends are settled")
                    .isTrue();
            assertThat(failures).isEmpty();
        }
    }

    private void receive(int port) throws JMSException {
        try (Connection connection = connect(port);
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageConsumer consumer = session.createConsumer(session.createQueue(QUEUE))) {
            connection.start();
            byte[] body = new byte[BODY_BYTES - Integer.BYTES];
            for (int expected = 0; expected < messages; expected++) {
                BytesMessage message = (BytesMessage) consumer.receive(30_000);
                assertThat(message).as("message %d", expected).isNotNull();
                int number = message.readInt();
                if (number != expected
                        || message.readBytes(body) != body.length
                        || !Arrays.equals(body, padding(expected))) {
                    throw new AssertionError("expected message " + expected + ", got " + number);
                }
            }
            assertThat(consumer.receive(500)).as("a message too many").isNull();
        }
    }

    private static byte[] padding(int number) {
        byte[] bytes = new byte[BODY_BYTES - Integer.BYTES];
        Arrays.fill(bytes, (byte) (number * 31 + (number >> 8)));
        return bytes;
    }

    private static Connection connect(int port) throws JMSException {
        return new JmsConnectionFactory("amqp://127.0.0.1:" + port + "?jms.requestTimeout=30000").createConnection();
    }
}
