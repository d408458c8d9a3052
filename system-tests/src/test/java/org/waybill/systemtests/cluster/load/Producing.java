package org.waybill.systemtests.cluster.load;

import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.ResourceAllocationException;
import jakarta.jms.Session;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.waybill.systemtests.cluster.history.ClientNotes;
import org.waybill.systemtests.cluster.history.Copy;

/** Sends durable numbered messages to a queue, each after a little pause. */
record Producing(String queue, boolean synchronous) implements JmsWorker.Work {
    private static final int WINDOW = 100;
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final Duration LAST_OUTCOMES = Duration.ofMinutes(2);

    @Override
    public void run(JmsWorker worker, Connection connection) throws JMSException, InterruptedException {
        Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        MessageProducer producer = session.createProducer(session.createQueue(queue));
        Semaphore room = new Semaphore(WINDOW);
        for (long number = 1; !worker.stopped(); number++) {
            Copy copy = new Copy(queue, worker.name(), number);
            Message message = session.createTextMessage(copy.text());
            if (synchronous) {
                sendAndWait(worker, producer, copy, message);
            } else {
                room.acquire();
                worker.notes().sending(copy, worker.make().once(), "");
                producer.send(message, new Outcome(worker.notes(), copy, room));
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
        if (!room.tryAcquire(WINDOW, LAST_OUTCOMES.toMillis(), TimeUnit.MILLISECONDS)) {
            worker.notes().offence("outcomes are missing at the end");
        }
    }

    /** A client that reconnects owes an outcome: only a broker that says no, for want of room on its disk, makes a send fail. */
    private static void sendAndWait(JmsWorker worker, MessageProducer producer, Copy copy, Message message)
            throws JMSException {
        worker.notes().sending(copy, worker.make().once(), "");
        try {
            producer.send(message);
            worker.notes().settled(copy);
        } catch (ResourceAllocationException e) {
            worker.notes().refused(copy);
        }
    }

    private record Outcome(ClientNotes notes, Copy copy, Semaphore room) implements CompletionListener {
        @Override
        public void onCompletion(Message message) {
            notes.settled(copy);
            room.release();
        }

        @Override
        public void onException(Message message, Exception exception) {
            if (exception instanceof ResourceAllocationException) {
                notes.refused(copy);
            } else {
                notes.offence(copy + " failed: " + exception);
            }
            room.release();
        }
    }
}
