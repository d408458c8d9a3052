package org.waybill.systemtests.cluster.load;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.TransactionRolledBackException;
import java.util.ArrayList;
import java.util.List;
import org.waybill.systemtests.cluster.history.ClientNotes;
import org.waybill.systemtests.cluster.history.Copy;

/**
 * Takes up to ten messages from a queue and sends one to each of some others for every one of them, in one transaction; no other queues: it
 * only consumes. Goes on until it is stopped and nothing comes any more.
 */
record Moving(String from, List<String> to) implements JmsWorker.Work {
    private static final int AT_ONCE = 10;
    private static final long PATIENCE_MS = 300;

    Moving {
        to = List.copyOf(to);
    }

    @Override
    public void run(JmsWorker worker, Connection connection) throws JMSException {
        Session session = connection.createSession(Session.SESSION_TRANSACTED);
        Queue source = session.createQueue(from);
        MessageConsumer consumer = session.createConsumer(source);
        List<MessageProducer> producers = new ArrayList<>();
        for (String queue : to) {
            producers.add(session.createProducer(session.createQueue(queue)));
        }
        long number = 0;
        boolean empty = false;
        for (long transaction = 1; !empty || !worker.stopped(); transaction++) {
            String name = worker.name() + "-" + transaction;
            try {
                List<Copy> taken = take(worker, consumer, name);
                for (int i = 0; i < taken.size(); i++) {
                    number++;
                    for (int k = 0; k < producers.size(); k++) {
                        Copy copy = new Copy(to.get(k), worker.name(), number);
                        worker.notes().sending(copy, true, name);
                        producers.get(k).send(session.createTextMessage(copy.text()));
                    }
                }
                empty = taken.isEmpty();
                if (!empty) {
                    worker.notes().committing(name);
                    session.commit();
                    worker.notes().committed(name);
                }
            } catch (TransactionRolledBackException e) {
                if (worker.make().knowsRollback()) {
                    worker.notes().rolledBack(name);
                }
            } catch (JMSException e) {
                // Of unknown end, or undone before it was to be committed: the history tells which by whether it says
                // "committing".
                session.rollback();
            }
        }
    }

    private List<Copy> take(JmsWorker worker, MessageConsumer consumer, String transaction) throws JMSException {
        ClientNotes notes = worker.notes();
        List<Copy> taken = new ArrayList<>();
        long sinceNs = worker.sinceNs();
        Message message = consumer.receive(PATIENCE_MS);
        while (message != null) {
            Copy copy = Copy.parse(from, ((TextMessage) message).getText());
            notes.received(copy, sinceNs, transaction);
            taken.add(copy);
            sinceNs = worker.sinceNs();
            message = taken.size() < AT_ONCE ? consumer.receive(1) : null;
        }
        return taken;
    }
}
