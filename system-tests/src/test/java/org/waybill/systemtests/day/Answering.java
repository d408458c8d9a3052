package org.waybill.systemtests.day;

import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.Map;

/** Answers each request of a queue to where it wants its answer, if that is still there. */
record Answering(String queue) implements Work {
    private static final int RECEIVE_MS = 300;

    @Override
    public Shift begin(Application application, HistoryFile history) throws JMSException {
        Shift shift = new Shift(application, history, Session.AUTO_ACKNOWLEDGE, null);
        shift.begin("auto", "queue:" + queue);
        return shift;
    }

    @Override
    public void run(Shift shift) throws JMSException {
        Session session = shift.session();
        try (MessageConsumer consumer = session.createConsumer(session.createQueue(queue));
                MessageProducer producer = shift.producer(null, false)) {
            while (shift.goesOn()) {
                Message question = shift.receive(consumer, "auto", "queue:" + queue, RECEIVE_MS);
                if (question == null) {
                    continue;
                }
                String asker = question.getStringProperty("asker");
                Message answer = shift.message(asker, false, Map.of());
                answer.setJMSCorrelationID("re " + asker + " " + question.getStringProperty("id"));
                try {
                    shift.send(producer, question.getJMSReplyTo(), answer);
                } catch (InvalidDestinationException e) {
                    // whoever asked has gone, and its temporary queue with it
                }
            }
        }
    }
}
