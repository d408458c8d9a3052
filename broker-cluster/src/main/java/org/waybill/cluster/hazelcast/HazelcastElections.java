package org.waybill.cluster.hazelcast;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.waybill.cluster.election.Election;
import org.waybill.cluster.election.ElectionStatus;
import org.waybill.cluster.election.Elections;
import org.waybill.cluster.election.HintListener;
import org.waybill.cluster.election.Standing;
import org.waybill.io.Clock;

/** Elections by way of Hazelcast, which is started with them and ends with them; three nodes must have started before there are any. */
public final class HazelcastElections implements Elections {
    private static final Logger LOG = LoggerFactory.getLogger(HazelcastElections.class);
    private static final long CARE_MS = 500;
    private static final long NS_PER_MS = 1_000_000;

    private final HazelcastOptions options;
    private final Clock clock;
    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor(named("waybill-election"));
    private final ExecutorService worker = Executors.newSingleThreadExecutor(named("waybill-election-io"));
    private final Election election;
    private final Care care;
    private final AtomicBoolean ending = new AtomicBoolean();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    private HazelcastElections(HazelcastOptions options, Clock clock, HintListener listener, Executor listening) {
        this.options = options;
        this.clock = clock;
        CpRegisters registers = new CpRegisters(options.electorate(), this::stalled);
        this.election = new Election(
                options.electorate(),
                options.times(),
                registers,
                clock,
                clock.epochMs(),
                this::onLoop,
                (shard, hint) -> listening.execute(() -> listener.hinted(shard, hint)));
        this.care = new Care(options, election, registers, clock, this::onLoop, worker);
    }

    /**
     * Begins; returns at once. Failures (a port that is taken, say) are logged and tried again: nothing depends on it but speed.
     *
     * @param listener is told who should lead
     * @param listening where it is told
     */
    public static HazelcastElections start(
            HazelcastOptions options, Clock clock, HintListener listener, Executor listening) {
        HazelcastElections elections = new HazelcastElections(options, clock, listener, listening);
        long beatNs = options.times().beatNs();
        elections.repeat(elections.election::tick, beatNs);
        elections.repeat(elections.care::tick, CARE_MS * NS_PER_MS);
        return elections;
    }

    @Override
    public void observe(int shard, Standing standing) {
        election.observe(shard, standing);
    }

    @Override
    public boolean answers() {
        return election.answers();
    }

    @Override
    public ElectionStatus status() {
        long nowNs = clock.nanoTime();
        long ageMs =
                election.answerNs().isPresent() ? (nowNs - election.answerNs().getAsLong()) / NS_PER_MS : -1;
        return new ElectionStatus(election.answers(), ageMs, election.claims(), care.electors());
    }

    @Override
    public CompletionStage<Void> close() {
        if (ending.compareAndSet(false, true)) {
            care.end();
            onLoop(election::end);
            worker.execute(() -> {
                care.terminate();
                closed.complete(null);
            });
            worker.shutdown();
            closed.completeOnTimeout(null, options.times().closeNs(), TimeUnit.NANOSECONDS);
        }
        return closed.whenComplete((done, failure) -> loop.shutdownNow());
    }

    private void stalled() {
        care.stalled();
    }

    private void repeat(Runnable task, long periodNs) {
        ScheduledFuture<?> unused = loop.scheduleWithFixedDelay(
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException unexpected) {
                        LOG.error("WB3107 elections: a step failed; the next is tried", unexpected);
                    }
                },
                0,
                periodNs,
                TimeUnit.NANOSECONDS);
    }

    private void onLoop(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException ended) {
            LOG.trace("an answer came after the end");
        }
    }

    private static ThreadFactory named(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
