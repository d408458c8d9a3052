package org.waybill.systemtests.day;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Consumes a queue in one of the acknowledge modes. */
record Consuming(String queue, Mode mode) implements Work {
    private static final int RECEIVE_MS = 300;

    /** How it acknowledges. */
    enum Mode {
        AUTO(Session.AUTO_ACKNOWLEDGE, "auto"),
        DUPS_OK(Session.DUPS_OK_ACKNOWLEDGE, "auto"),
        /** Every few messages; now and then it recovers its session instead. */
        CLIENT(Session.CLIENT_ACKNOWLEDGE, "client"),
        /** One by one and at its leisure, so that others find most of the queue. */
        SLOW(Session.CLIENT_ACKNOWLEDGE, "client"),
        LISTENER(Session.AUTO_ACKNOWLEDGE, "auto"),
        /** Every few messages; now and then it rolls back instead. */
        TRANSACTED(Session.SESSION_TRANSACTED, "tx");

        private final int session;
        private final String written;

        Mode(int session, String written) {
            this.session = session;
            this.written = written;
        }
    }

    @Override
    public Shift begin(Application application, HistoryFile history) throws JMSException {
        Shift shift = new Shift(application, history, mode.session, null);
        shift.begin(mode.written, source());
        return shift;
    }

    @Override
    public void run(Shift shift) throws JMSException {
        Queue from = shift.session().createQueue(queue);
        if (mode == Mode.TRANSACTED) {
            shift.declare();
        }
        try (MessageConsumer consumer = shift.session().createConsumer(from)) {
            if (mode == Mode.LISTENER) {
                listen(shift, consumer);
            } else {
                receive(shift, consumer);
            }
        }
    }

    private String source() {
        return "queue:" + queue;
    }

    private void receive(Shift shift, MessageConsumer consumer) throws JMSException {
        Message last = null;
        while (shift.goesOn()) {
            Message message = shift.receive(consumer, mode.written, source(), RECEIVE_MS);
            last = message == null ? last : message;
            if (mode == Mode.SLOW) {
                shift.pause(100);
            }
            if (last != null && (mode == Mode.SLOW || shift.random().nextInt(5) == 0)) {
                last = settle(shift, last);
            }
            if (message != null) {
                shift.confirm();
            }
        }
        if (last != null && shift.random().nextBoolean()) {
            settle(shift, last);
        }
    }

    private @Nullable Message settle(Shift shift, Message last) throws JMSException {
        boolean giveBack = mode != Mode.SLOW && shift.random().nextInt(10) == 0;
        switch (mode.written) {
            case "client" -> {
                if (giveBack) {
                    shift.recover();
                } else {
                    shift.acknowledge(last);
                }
            }
            case "tx" -> {
                if (giveBack) {
                    shift.rollback();
                } else {
                    shift.commit();
                }
                shift.declare();
            }
            default -> {}
        }
        return null;
    }

    private void listen(Shift shift, MessageConsumer consumer) throws JMSException {
        AtomicBoolean broken = new AtomicBoolean();
        shift.onBreak(() -> broken.set(true));
        consumer.setMessageListener(message -> {
            try {
                shift.got(message, mode.written, source());
            } catch (JMSException e) {
                shift.note(Event.Kind.OFFENCE, Map.of("text", "a listener could not read a message: " + e));
            }
        });
        while (shift.goesOn() && !broken.get()) {
            shift.pause(100);
        }
        if (broken.get()) {
            throw new JMSException("the connection of the listener broke");
        }
    }
}
