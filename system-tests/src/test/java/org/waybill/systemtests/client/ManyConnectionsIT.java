package org.waybill.systemtests.client;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.waybill.jms.WaybillConnectionFactory;
import org.waybill.systemtests.RunningBroker;

/** A thousand connections in one JVM share a few event loops; closed, they leave nothing behind. */
@Timeout(120)
@ExtendWith(Leftovers.class)
final class ManyConnectionsIT {
    private static final int CONNECTIONS = 1_000;
    private static final int MAX_THREADS = 4;

    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    @Test
    void shareTheirThreads() throws JMSException {
        WaybillConnectionFactory factory = new WaybillConnectionFactory("amqp://127.0.0.1:" + BROKER.port());
        List<Connection> connections = new ArrayList<>();
        List<MessageConsumer> consumers = new ArrayList<>();
        try {
            for (int count = 0; count < CONNECTIONS; count++) {
                Connection connection = factory.createConnection();
                connections.add(connection);
                connection.start();
                Session session = connection.createSession();
                Queue queue = session.createQueue("many." + count);
                consumers.add(session.createConsumer(queue));
                session.createProducer(queue).send(session.createTextMessage("message " + count));
            }
            assertThat(Leftovers.clientThreads()).hasSizeLessThanOrEqualTo(MAX_THREADS);
            for (int count = 0; count < CONNECTIONS; count++) {
                assertThat(consumers.get(count).receive(10_000).getBody(String.class))
                        .isEqualTo("message " + count);
            }
            assertThat(Leftovers.clientThreads()).hasSizeLessThanOrEqualTo(MAX_THREADS);
        } finally {
            for (Connection connection : connections) {
                connection.close();
            }
        }
    }
}
