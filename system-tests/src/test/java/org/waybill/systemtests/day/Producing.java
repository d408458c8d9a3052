package org.waybill.systemtests.day;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import java.util.HashMap;
import java.util.Map;

/** Sends to a queue. */
record Producing(String queue, Style style) implements Work {
    private static final int PAUSE_MS = 40;
    private static final int MAX_DELAY_MS = 2_000;
    private static final int MAX_TIME_TO_LIVE_MS = 1_500;
    private static final int PRIORITIES = 10;
    private static final int GROUPS = 3;

    /** What is special about the messages, or about the way they are sent. */
    enum Style {
        DURABLE,
        VOLATILE,
        ASYNC,
        ANONYMOUS,
        PRIORITY,
        GROUPS,
        SCHEDULED,
        EXPIRING,
        POISON,
        TRANSACTED
    }

    @Override
    public Shift begin(Application application, HistoryFile history) throws JMSException {
        int mode = style == Style.TRANSACTED
                ? jakarta.jms.Session.SESSION_TRANSACTED
                : jakarta.jms.Session.AUTO_ACKNOWLEDGE;
        Shift shift = new Shift(application, history, mode, null);
        shift.begin();
        return shift;
    }

    @Override
    public void run(Shift shift) throws JMSException {
        Queue to = shift.session().createQueue(queue);
        try (MessageProducer producer = shift.producer(style == Style.ANONYMOUS ? null : to, style != Style.VOLATILE)) {
            while (shift.goesOn()) {
                if (style == Style.TRANSACTED) {
                    transaction(shift, producer);
                } else {
                    one(shift, producer, to);
                }
                shift.pause(PAUSE_MS);
            }
            shift.awaitSends();
        }
    }

    private void transaction(Shift shift, MessageProducer producer) throws JMSException {
        shift.declare();
        for (int i = shift.random().nextInt(8); i >= 0; i--) {
            shift.send(producer, message(shift, producer));
        }
        if (shift.random().nextInt(5) == 0) {
            shift.rollback();
        } else {
            shift.commit();
        }
    }

    private void one(Shift shift, MessageProducer producer, Queue to) throws JMSException {
        Message message = message(shift, producer);
        switch (style) {
            case ASYNC -> shift.sendAsync(producer, message);
            case ANONYMOUS -> shift.send(producer, to, message);
            default -> shift.send(producer, message);
        }
    }

    private Message message(Shift shift, MessageProducer producer) throws JMSException {
        Map<String, String> fields = new HashMap<>();
        long nowMs = System.currentTimeMillis();
        switch (style) {
            case PRIORITY -> {
                producer.setPriority(shift.random().nextInt(PRIORITIES));
                fields.put("priority", String.valueOf(producer.getPriority()));
            }
            case GROUPS -> fields.put("group", "g" + shift.random().nextInt(GROUPS));
            case SCHEDULED -> {
                producer.setDeliveryDelay(shift.random().nextInt(MAX_DELAY_MS));
                fields.put("due", String.valueOf((nowMs + producer.getDeliveryDelay()) * 1000));
            }
            case EXPIRING -> {
                producer.setTimeToLive(1 + shift.random().nextInt(MAX_TIME_TO_LIVE_MS));
                fields.put("expires", String.valueOf((nowMs + producer.getTimeToLive()) * 1000));
            }
            case POISON -> {
                if (shift.random().nextInt(10) == 0) {
                    fields.put("poison", "true");
                }
            }
            default -> {}
        }
        Message message = shift.message("queue:" + queue, style != Style.VOLATILE, fields);
        if (fields.containsKey("group")) {
            message.setStringProperty("JMSXGroupID", fields.get("group"));
        }
        if (fields.containsKey("poison")) {
            message.setBooleanProperty("poison", true);
        }
        return message;
    }
}
