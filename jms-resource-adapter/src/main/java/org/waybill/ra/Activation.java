package org.waybill.ra;

import jakarta.jms.JMSException;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.endpoint.MessageEndpointFactory;
import jakarta.resource.spi.work.Work;
import jakarta.resource.spi.work.WorkException;
import jakarta.resource.spi.work.WorkManager;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A message-driven bean that is to have its messages, from its activation to its deactivation. It holds one {@link Inflow} at a time;
 * when that fails it is closed, and the next one is opened after a while: a second at first, then twice as long each time, half a minute
 * at most. Opening and closing are work of the server's, never two at a time. Any thread.
 */
final class Activation {
    private static final Logger LOG = LoggerFactory.getLogger(Activation.class);
    private static final long FIRST_DELAY_MS = 1_000;
    private static final long MAX_DELAY_MS = 30_000;

    private final WaybillActivationSpec spec;
    private final Target target;
    private final MessageEndpointFactory factory;
    private final WorkManager work;
    private final Timer timer;
    /** For opening and closing, one after the other. */
    private final ReentrantLock lifecycle = new ReentrantLock();

    private volatile boolean stopped;
    private volatile @Nullable Inflow inflow;
    private volatile long delayMs = FIRST_DELAY_MS;

    /** Not started yet. */
    Activation(
            WaybillActivationSpec spec, Target target, MessageEndpointFactory factory, WorkManager work, Timer timer) {
        this.spec = spec;
        this.target = target;
        this.factory = factory;
        this.work = work;
        this.timer = timer;
    }

    WaybillActivationSpec spec() {
        return spec;
    }

    Target target() {
        return target;
    }

    MessageEndpointFactory factory() {
        return factory;
    }

    WorkManager work() {
        return work;
    }

    /** Begins to connect, and does not wait for it. */
    void start() {
        soon(this::open);
    }

    private void open() {
        lifecycle.lock();
        try {
            if (stopped || inflow != null) {
                return;
            }
            Inflow opening = new Inflow(this);
            inflow = opening;
            try {
                opening.open();
            } catch (JMSException | ResourceException | RuntimeException e) {
                failed(opening, e);
                return;
            }
            delayMs = FIRST_DELAY_MS;
            LOG.info("Receiving from {} at {}", opening, target);
        } finally {
            lifecycle.unlock();
        }
    }

    /** An inflow can do no more, for this reason: another one is to follow. Must not block; does nothing for one that is over. */
    void failed(Inflow which, Exception why) {
        if (stopped || inflow != which || !which.fail()) {
            return;
        }
        long waitMs = delayMs;
        delayMs = Math.min(MAX_DELAY_MS, 2 * waitMs);
        LOG.warn("Not receiving from {} at {}: {}; trying again in {} ms", which, target, why.toString(), waitMs);
        soon(() -> replace(which, waitMs));
    }

    private void replace(Inflow over, long waitMs) {
        lifecycle.lock();
        try {
            if (inflow != over) {
                return;
            }
            inflow = null;
            over.close();
        } finally {
            lifecycle.unlock();
        }
        later(waitMs);
    }

    private void later(long waitMs) {
        try {
            timer.schedule(
                    new TimerTask() {
                        @Override
                        public void run() {
                            soon(Activation.this::open);
                        }
                    },
                    waitMs);
        } catch (IllegalStateException e) {
            // The timer is over with the resource adapter.
            LOG.debug("Not trying again", e);
        }
    }

    private void soon(Runnable task) {
        try {
            work.scheduleWork(new Work() {
                @Override
                public void run() {
                    task.run();
                }

                @Override
                public void release() {
                    // It ends by itself.
                }
            });
        } catch (WorkException e) {
            if (!stopped) {
                LOG.error("The application server takes no work: nothing is received from {}", target, e);
            }
        }
    }

    /** Ends it: what the bean has it may finish, everything else goes back. Waits for that. */
    void stop() {
        stopped = true;
        Inflow current = inflow;
        if (current != null) {
            current.interrupt();
        }
        lifecycle.lock();
        try {
            Inflow last = inflow;
            inflow = null;
            if (last != null) {
                last.close();
            }
        } finally {
            lifecycle.unlock();
        }
    }
}
