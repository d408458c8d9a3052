package org.waybill.systemtests.failover;

import jakarta.jms.CompletionListener;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TransactionRolledBackException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.waybill.jms.session.TransactionInDoubtException;

/** Producers, each of which sends the numbers from 1 to one destination until it is told to stop. */
enum Producing {
    /** Waits for each message's outcome. */
    SYNCHRONOUS {
        @Override
        void run(Session session, Destination destination, Notes notes, BooleanSupplier stopped) throws JMSException {
            MessageProducer producer = session.createProducer(destination);
            for (long number = 1; !stopped.getAsBoolean(); number++) {
                producer.send(session.createTextMessage(Long.toString(number)));
                notes.settled(name(destination), number);
            }
        }
    },
    /** Has up to 200 messages on the way. */
    ASYNCHRONOUS {
        private static final int WINDOW = 200;

        @Override
        void run(Session session, Destination destination, Notes notes, BooleanSupplier stopped)
                throws JMSException, InterruptedException {
            Semaphore room = new Semaphore(WINDOW);
            MessageProducer producer = session.createProducer(destination);
            for (long number = 1; !stopped.getAsBoolean(); number++) {
                room.acquire();
                producer.send(
                        session.createTextMessage(Long.toString(number)),
                        outcome(notes, name(destination), number, room));
            }
            if (!room.tryAcquire(WINDOW, 2, TimeUnit.MINUTES)) {
                notes.offence(name(destination) + ": outcomes are missing at the end");
            }
        }

        private CompletionListener outcome(Notes notes, String destination, long number, Semaphore room) {
            return new CompletionListener() {
                @Override
                public void onCompletion(Message message) {
                    notes.settled(destination, number);
                    room.release();
                }

                @Override
                public void onException(Message message, Exception exception) {
                    notes.offence(destination + ": " + number + " failed: " + exception);
                    room.release();
                }
            };
        }
    },
    /** Sends ten messages in each transaction. */
    TRANSACTED {
        private static final int SIZE = 10;

        @Override
        void run(Session session, Destination destination, Notes notes, BooleanSupplier stopped) throws JMSException {
            MessageProducer producer = session.createProducer(destination);
            long next = 1;
            while (!stopped.getAsBoolean()) {
                List<Long> numbers = new ArrayList<>();
                try {
                    for (int i = 0; i < SIZE; i++) {
                        numbers.add(next);
                        producer.send(session.createTextMessage(Long.toString(next++)));
                    }
                    session.commit();
                    numbers.forEach(number -> notes.settled(name(destination), number));
                } catch (TransactionRolledBackException e) {
                    numbers.forEach(number -> notes.undone(name(destination), number));
                } catch (TransactionInDoubtException e) {
                    // All of them or none: both is right.
                }
            }
        }
    };

    /** Sends until it is stopped. */
    abstract void run(Session session, Destination destination, Notes notes, BooleanSupplier stopped)
            throws JMSException, InterruptedException;

    /** What a session must be for this. */
    int mode() {
        return this == TRANSACTED ? Session.SESSION_TRANSACTED : Session.AUTO_ACKNOWLEDGE;
    }

    static String name(Destination destination) {
        return destination.toString();
    }
}
