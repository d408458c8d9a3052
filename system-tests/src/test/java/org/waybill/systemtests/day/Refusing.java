package org.waybill.systemtests.day;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;

/** Consumes a queue message by message, and gives every poisoned one back until it is dead. */
record Refusing(String queue) implements Work {
    private static final int RECEIVE_MS = 300;

    @Override
    public Shift begin(Application application, HistoryFile history) throws JMSException {
        Shift shift = new Shift(application, history, Session.SESSION_TRANSACTED, null);
        shift.begin("tx", "queue:" + queue);
        return shift;
    }

    @Override
    public void run(Shift shift) throws JMSException {
        try (MessageConsumer consumer =
                shift.session().createConsumer(shift.session().createQueue(queue))) {
            while (shift.goesOn()) {
                shift.declare();
                Message message = shift.receive(consumer, "tx", "queue:" + queue, RECEIVE_MS);
                if (message == null) {
                    continue;
                }
                if (message.getBooleanProperty("poison")) {
                    shift.rollback();
                } else {
                    shift.commit();
                }
            }
        }
    }
}
