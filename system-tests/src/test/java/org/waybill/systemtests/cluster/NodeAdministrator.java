package org.waybill.systemtests.cluster;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Asks {@code $management} of one node, over a JMS connection that others may use too. One thread uses it. */
final class NodeAdministrator implements AutoCloseable {
    private static final long TIMEOUT_MS = 20_000;

    private final Session session;
    private final MessageProducer requests;
    private final Queue replies;
    private final MessageConsumer answers;
    private int last;

    /** What was answered: the status as HTTP numbers it, its sentence, and the body. */
    record Answer(int status, String description, Map<?, ?> body) {
        long number(String attribute) {
            return ((Number) body.get(attribute)).longValue();
        }
    }

    /** Attaches to the node that the connection goes to. */
    NodeAdministrator(Connection connection) throws JMSException {
        session = connection.createSession();
        requests = session.createProducer(session.createQueue("$management"));
        replies = session.createTemporaryQueue();
        answers = session.createConsumer(replies);
    }

    /** Has something done, with these arguments besides: a name and a value each. */
    Answer ask(String operation, String type, Object... arguments) throws JMSException {
        Message request = session.createMessage();
        request.setStringProperty("operation", operation);
        request.setStringProperty("type", type);
        for (int i = 0; i < arguments.length; i += 2) {
            request.setObjectProperty((String) arguments[i], arguments[i + 1]);
        }
        String correlation = String.valueOf(++last);
        request.setJMSCorrelationID(correlation);
        request.setJMSReplyTo(replies);
        requests.send(request);
        Message answer = answers.receive(TIMEOUT_MS);
        if (answer == null || !correlation.equals(answer.getJMSCorrelationID())) {
            throw new AssertionError(operation + " of " + type + " was answered with " + answer);
        }
        return new Answer(
                answer.getIntProperty("statusCode"), answer.getStringProperty("statusDescription"), (Map<?, ?>)
                        ((ObjectMessage) answer).getObject());
    }

    /** Everything of this type, each attribute by its name. */
    List<Map<String, Object>> query(String type, Object... arguments) throws JMSException {
        Answer answer = ask("QUERY", type, arguments);
        if (answer.status() != 200) {
            throw new AssertionError("QUERY of " + type + " was answered with " + answer);
        }
        List<?> names = (List<?>) answer.body().get("attributeNames");
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Object values : (List<?>) answer.body().get("results")) {
            Map<String, Object> row = new HashMap<>();
            for (int i = 0; i < names.size(); i++) {
                row.put((String) names.get(i), ((List<?>) values).get(i));
            }
            rows.add(row);
        }
        return rows;
    }

    @Override
    public void close() throws JMSException {
        session.close();
    }
}
