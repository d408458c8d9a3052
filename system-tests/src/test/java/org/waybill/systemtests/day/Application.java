package org.waybill.systemtests.day;

import jakarta.jms.JMSException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.waybill.systemtests.day.Event.Kind;

/**
 * One JMS application: works shift after shift until the day is over, connects again when its connection breaks, and goes on with its numbers
 * where its history ends when its process was killed. A thread of its own runs it.
 */
final class Application implements Runnable {
    private static final int RETRY_MS = 150;

    private final int port;
    private final Path directory;
    private final String name;
    private final Work work;
    private final CountDownLatch atWork;
    private final CountDownLatch over;
    private final Random random;
    private final AtomicLong sequence;
    private boolean begun;

    /**
     * @param specification its name, and the kind of work with its arguments, blanks between
     * @param atWork counted down when it has begun its first shift
     * @param over counted down when the day is over
     */
    Application(int port, Path directory, String specification, CountDownLatch atWork, CountDownLatch over, long seed) {
        List<String> words = Arrays.asList(specification.split(" ", -1));
        this.port = port;
        this.directory = directory;
        this.name = words.get(0);
        this.work = Works.of(words.subList(1, words.size()));
        this.atWork = atWork;
        this.over = over;

        long sent = HistoryFile.read(directory, name).stream()
                .filter(event -> event.kind() == Kind.SEND)
                .count();
        this.sequence = new AtomicLong(sent);
        this.random = new Random(seed + name.hashCode() + sent);
    }

    int port() {
        return port;
    }

    String name() {
        return name;
    }

    Random random() {
        return random;
    }

    boolean goesOn() {
        return over.getCount() > 0;
    }

    void pause(int ms) {
        try {
            if (over.await(ms, TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    String nextId() {
        return name + "/" + sequence.incrementAndGet();
    }

    @Override
    public void run() {
        try (HistoryFile history = new HistoryFile(directory, name)) {
            while (goesOn()) {
                work(history);
            }
        }
    }

    private void work(HistoryFile history) {
        Shift next;
        try {
            next = work.begin(this, history);
        } catch (JMSException e) {
            pause(RETRY_MS);
            return;
        }
        if (!begun) {
            begun = true;
            atWork.countDown();
        }
        try (Shift shift = next) {
            work.run(shift);
            shift.finish();
        } catch (JMSException e) {
            history.write(Kind.BROKEN, "text", String.valueOf(e.getMessage()));
            pause(RETRY_MS);
        }
    }
}
