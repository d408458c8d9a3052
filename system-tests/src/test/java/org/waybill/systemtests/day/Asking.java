package org.waybill.systemtests.day;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import java.util.Map;

/** Sends requests to a queue and takes the answers from a temporary queue of its connection. */
record Asking(String queue) implements Work {
    private static final int ANSWER_MS = 2_000;
    private static final int PAUSE_MS = 60;

    @Override
    public void run(Shift shift) throws JMSException {
        Session session = shift.session();
        TemporaryQueue answers = session.createTemporaryQueue();
        try (MessageProducer producer = shift.producer(session.createQueue(queue), false);
                MessageConsumer consumer = session.createConsumer(answers)) {
            while (shift.goesOn()) {
                Message question = shift.message("queue:" + queue, false, Map.of());
                String id = question.getStringProperty("id");
                String source = "reply:" + id.substring(0, id.lastIndexOf('/'));
                question.setJMSReplyTo(answers);
                question.setStringProperty("asker", source);
                shift.send(producer, question);
                Message answer = shift.receive(consumer, "auto", source, ANSWER_MS);
                if (answer != null && !answer.getJMSCorrelationID().startsWith("re " + source)) {
                    shift.offence(answer.getJMSCorrelationID() + " is not an answer to " + source);
                }
                shift.pause(PAUSE_MS);
            }
        }
        answers.delete();
    }
}
