package org.waybill.broker;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.waybill.io.Cancellable;
import org.waybill.io.Loop;

/** One of Vert.x's event loops, as the rest of the broker sees it. */
final class EventLoop implements Loop {
    private final EventExecutor executor;
    private final String name;

    EventLoop(EventExecutor executor, String name) {
        this.executor = executor;
        this.name = name;
    }

    EventExecutor executor() {
        return executor;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean isCurrent() {
        return executor.inEventLoop();
    }

    @Override
    public Cancellable schedule(long delayNs, Runnable task) {
        ScheduledFuture<?> future = executor.schedule(task, delayNs, TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }
}
