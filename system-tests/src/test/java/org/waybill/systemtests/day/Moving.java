package org.waybill.systemtests.day;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.Map;

/** Takes messages off one queue and sends as many to another, a few in a transaction; now and then it rolls back. */
record Moving(String from, String to) implements Work {
    private static final int RECEIVE_MS = 300;
    private static final int MOST = 6;

    @Override
    public Shift begin(Application application, HistoryFile history) throws JMSException {
        Shift shift = new Shift(application, history, Session.SESSION_TRANSACTED, null);
        shift.begin("tx", "queue:" + from);
        return shift;
    }

    @Override
    public void run(Shift shift) throws JMSException {
        Session session = shift.session();
        try (MessageConsumer consumer = session.createConsumer(session.createQueue(from));
                MessageProducer producer = shift.producer(session.createQueue(to), true)) {
            while (shift.goesOn()) {
                shift.declare();
                int moved = 0;
                for (int i = shift.random().nextInt(MOST); i >= 0; i--) {
                    Message message = shift.receive(consumer, "tx", "queue:" + from, RECEIVE_MS);
                    if (message != null) {
                        shift.send(producer, shift.message("queue:" + to, true, Map.of()));
                        moved++;
                    }
                }
                if (moved > 0 && shift.random().nextInt(8) == 0) {
                    shift.rollback();
                } else if (moved > 0) {
                    shift.commit();
                }
            }
        }
    }
}
