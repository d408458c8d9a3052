package org.waybill.systemtests.day;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import java.util.List;
import java.util.Map;

/** Publishes to several topics through one producer, messages of three colours. */
record Publishing(List<String> topics) implements Work {
    private static final int PAUSE_MS = 40;
    private static final List<String> COLOURS = List.of("red", "green", "blue");

    @Override
    public void run(Shift shift) throws JMSException {
        try (MessageProducer producer = shift.producer(null, true)) {
            while (shift.goesOn()) {
                String topic = topics.get(shift.random().nextInt(topics.size()));
                String colour = COLOURS.get(shift.random().nextInt(COLOURS.size()));
                Message message = shift.message("topic:" + topic, true, Map.of("colour", colour));
                shift.send(producer, shift.session().createTopic(topic), message);
                shift.pause(PAUSE_MS);
            }
        }
    }
}
