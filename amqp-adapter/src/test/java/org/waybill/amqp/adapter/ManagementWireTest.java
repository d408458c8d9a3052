package org.waybill.amqp.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Administration over the {@code $management} node, by a JMS client whose answers come to a temporary queue. */
@Timeout(60)
final class ManagementWireTest {
    @TempDir
    Path directory;

    private FakeBroker broker;
    private Connection connection;
    private Session session;
    private TemporaryQueue replies;
    private MessageConsumer answers;

    @BeforeEach
    void start() throws JMSException {
        broker = new FakeBroker(directory);
        connection = new JmsConnectionFactory(broker.uri("?jms.validatePropertyNames=false")).createConnection();
        connection.start();
        session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        replies = session.createTemporaryQueue();
        answers = session.createConsumer(replies);
    }

    @AfterEach
    void stop() throws JMSException {
        connection.close();
        broker.close();
    }

    private Message ask(String operation, String name) throws JMSException {
        Message request = session.createMessage();
        request.setStringProperty("operation", operation);
        request.setStringProperty("type", Management.QUEUE_TYPE);
        if (name != null) {
            request.setStringProperty("name", name);
        }
        request.setJMSReplyTo(replies);
        request.setJMSCorrelationID(operation + name);
        session.createProducer(session.createQueue("$management")).send(request);
        Message answer = answers.receive(20_000);
        assertThat(answer.getJMSCorrelationID()).isEqualTo(operation + name);
        return answer;
    }

    private static Map<Object, Object> body(Message answer) throws JMSException {
        return new HashMap<>((Map<?, ?>) ((ObjectMessage) answer).getObject());
    }

    @Test
    void createsReadsListsPurgesAndDeletesQueues() throws JMSException {
        assertThat(ask("CREATE", "made").getIntProperty("statusCode")).isEqualTo(201);
        assertThat(ask("CREATE", "made").getIntProperty("statusCode")).isEqualTo(409);

        session.createProducer(session.createQueue("made")).send(session.createTextMessage("x"));
        Message read = ask("READ", "made");
        assertThat(read.getIntProperty("statusCode")).isEqualTo(200);
        assertThat(body(read)).containsEntry("name", "made").containsEntry("messages", 1L);

        Map<Object, Object> listed = body(ask("QUERY", null));
        List<?> names = (List<?>) listed.get("attributeNames");
        List<?> results = (List<?>) listed.get("results");
        assertThat(names.get(0)).isEqualTo("name");
        assertThat(results).anySatisfy(row -> assertThat(((List<?>) row).get(0)).isEqualTo("made"));

        assertThat(body(ask("PURGE", "made"))).containsEntry("purged", 1L);
        assertThat(ask("DELETE", "made").getIntProperty("statusCode")).isEqualTo(204);
        assertThat(ask("READ", "made").getIntProperty("statusCode")).isEqualTo(404);
    }

    @Test
    void saysWhatItCannotDo() throws JMSException {
        Message answer = ask("EXPLODE", "made");
        assertThat(answer.getIntProperty("statusCode")).isEqualTo(501);
        assertThat(answer.getStringProperty("statusDescription")).contains("EXPLODE");
    }
}
