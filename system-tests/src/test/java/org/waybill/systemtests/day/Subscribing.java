package org.waybill.systemtests.day;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Listens to a topic through a subscription of its own or a shared one. A subscriber goes when its shift ends, and comes again. */
record Subscribing(Kind kind, String name, String topic, @Nullable String colour) implements Work {
    private static final int RECEIVE_MS = 300;

    /** Which of the subscriptions of JMS. */
    enum Kind {
        VOLATILE,
        DURABLE,
        SHARED_DURABLE,
        /** Durable, and sometimes removed at the end of a shift. */
        FICKLE
    }

    @Override
    public Shift begin(Application application, HistoryFile history) throws JMSException {
        boolean own = kind == Kind.DURABLE || kind == Kind.FICKLE;
        Shift shift = new Shift(application, history, Session.CLIENT_ACKNOWLEDGE, own ? name + "-client" : null);
        shift.begin("client", source());
        return shift;
    }

    @Override
    public void run(Shift shift) throws JMSException {
        try (MessageConsumer consumer = subscribe(shift)) {
            Map<String, String> fields = new HashMap<>(
                    Map.of("name", name, "topic", topic, "durable", String.valueOf(kind != Kind.VOLATILE)));
            if (colour != null) {
                fields.put("colour", colour);
            }
            shift.note(Event.Kind.SUBSCRIBED, fields);
            while (shift.goesOn()) {
                Message message = shift.receive(consumer, "client", source(), RECEIVE_MS);
                if (message != null) {
                    shift.acknowledge(message);
                    shift.confirm();
                }
            }
        }
        if (kind == Kind.FICKLE && shift.random().nextInt(2) == 0) {
            shift.note(Event.Kind.UNSUBSCRIBE, Map.of("name", name));
            shift.session().unsubscribe(name);
        }
    }

    private String source() {
        return "sub:" + name;
    }

    private MessageConsumer subscribe(Shift shift) throws JMSException {
        Session session = shift.session();
        Topic to = session.createTopic(topic);
        String selector = colour == null ? null : "colour = '" + colour + "'";
        return switch (kind) {
            case VOLATILE -> session.createConsumer(to, selector);
            case DURABLE, FICKLE -> session.createDurableConsumer(to, name, selector, false);
            case SHARED_DURABLE -> session.createSharedDurableConsumer(to, name, selector);
        };
    }
}
