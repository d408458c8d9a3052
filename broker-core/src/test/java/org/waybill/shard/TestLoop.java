package org.waybill.shard;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import org.waybill.io.Cancellable;
import org.waybill.io.Loop;

/** A loop that the test's own thread runs, with the journal's work in between. Timers fire when the test says what time it is. */
final class TestLoop implements Loop {
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>(Comparator.comparingLong(Timer::atNs));
    private BooleanSupplier elsewhere = () -> false;
    private long nowNs;

    private record Timer(long atNs, Runnable task) {}

    /** What else is at work: done when the loop has nothing to do; says whether there was anything. */
    void elsewhere(BooleanSupplier work) {
        elsewhere = work;
    }

    @Override
    public String name() {
        return "test-loop";
    }

    @Override
    public boolean isCurrent() {
        return true;
    }

    @Override
    public Cancellable schedule(long delayNs, Runnable task) {
        Timer timer = new Timer(nowNs + delayNs, task);
        timers.add(timer);
        return () -> timers.remove(timer);
    }

    /** Timers that are set. */
    int timers() {
        return timers.size();
    }

    /** It is later now: the timers whose time has come are tasks like others. */
    void fire(long ns) {
        nowNs += ns;
        while (!timers.isEmpty() && timers.peek().atNs() <= nowNs) {
            tasks.add(timers.poll().task());
        }
    }

    /** It is later now: runs the timers whose time has come, and what follows from them. */
    void pass(long ns) {
        nowNs += ns;
        while (!timers.isEmpty() && timers.peek().atNs() <= nowNs) {
            timers.poll().task().run();
            settle();
        }
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    /** Runs tasks until the condition holds; fails when nothing happens any more. */
    void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            if (!step()) {
                throw new AssertionError("nothing happens any more, and the condition does not hold");
            }
        }
    }

    /** Runs one task; false when there is none. */
    boolean one() {
        Runnable task = tasks.poll();
        if (task != null) {
            task.run();
        }
        return task != null;
    }

    private boolean step() {
        Runnable task = tasks.poll();
        if (task == null) {
            return elsewhere.getAsBoolean();
        }
        task.run();
        return true;
    }

    /** Runs what is there, and what that leads to without the journal. */
    void drain() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** Runs until the journal, too, has nothing to do any more. */
    void settle() {
        boolean busy = true;
        while (busy) {
            busy = step();
        }
    }
}
