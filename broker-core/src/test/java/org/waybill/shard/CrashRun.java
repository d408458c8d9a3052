package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.util.Random;
import java.util.function.Consumer;
import org.waybill.io.CrashDisk;

/** Several lives of one disk: a seeded workload until the disk stops, and after each a start that must find what was promised. */
final class CrashRun {
    private final Scenario scenario;
    private final Random fate;
    private CrashDisk disk = new CrashDisk();

    private CrashRun(Scenario scenario, Random fate) {
        this.scenario = scenario;
        this.fate = fate;
    }

    /** What happens in a life, and what must be found after it. */
    interface Scenario {
        /** The broker on a disk, recovered. */
        CoreFixture open(CrashDisk disk);

        /** A client whose every run does one thing, without waiting for it. */
        Runnable client(CoreFixture core);

        /** Things that a client does in a life. */
        int operations();

        /** Whatever holds when a life has ended without a crash. */
        default void settled(CoreFixture core) {}

        /**
         * Compares what was recovered with what clients know.
         *
         * @param last whether there is no life after this one
         */
        void check(CoreFixture core, boolean last);
    }

    /** Makes a scenario from the seed of its work, which is the same in all runs, and what is random in a single run. */
    interface Maker<S extends Scenario> {
        S make(Random workload, Random fate);
    }

    /**
     * How a scenario is explored.
     *
     * @param runs how many, with the first crash spread evenly over the steps of the disk
     * @param lives of the disk in a run
     * @param stepsALife how many steps the disk makes at most in later lives
     * @param stopsAtStart how often, at most, a start is stopped half way before one succeeds
     */
    record Plan(int runs, int lives, int stepsALife, int stopsAtStart) {}

    /** Stops everywhere; {@code whole} sees the scenario of a run that was not stopped. */
    static <S extends Scenario> void everywhere(long seed, Plan plan, Maker<S> maker, Consumer<S> whole) {
        S unbroken = maker.make(new Random(seed), new Random(seed));
        long steps = new CrashRun(unbroken, new Random(seed)).live(Long.MAX_VALUE / 2);
        assertThat(steps).isGreaterThan(plan.runs);
        whole.accept(unbroken);
        for (int i = 0; i < plan.runs; i++) {
            long crashBefore = 1 + i * steps / plan.runs;
            Random fate = new Random(seed * 1_000_003 + i);
            CrashRun run = new CrashRun(maker.make(new Random(seed), fate), fate);
            try {
                run.lives(crashBefore, plan);
            } catch (AssertionError | RuntimeException wrong) {
                throw new AssertionError("seed " + seed + ", stopped before step " + crashBefore, wrong);
            }
        }
    }

    private void lives(long crashBefore, Plan plan) {
        live(crashBefore);
        for (int life = 1; life < plan.lives; life++) {
            recover(plan, false);
            live(1 + fate.nextInt(plan.stepsALife));
        }
        recover(plan, true);
    }

    /** Works until the disk stops, or to the end; returns the steps the disk has made. */
    private long live(long crashBefore) {
        disk.crashBefore(crashBefore);
        try {
            CoreFixture core = scenario.open(disk);
            Runnable client = scenario.client(core);
            for (int i = 0; i < scenario.operations() && !disk.hasCrashed(); i++) {
                client.run();
            }
            if (!disk.hasCrashed()) {
                core.loop.settle();
            }
            if (!disk.hasCrashed()) {
                scenario.settled(core);
            }
        } catch (UncheckedIOException stopped) {
            assertThat(disk.hasCrashed()).isTrue();
        }
        return disk.steps();
    }

    private void recover(Plan plan, boolean last) {
        disk = left();
        int stops = plan.stopsAtStart == 0 ? 0 : fate.nextInt(plan.stopsAtStart + 1);
        for (; stops > 0; stops--) {
            recoverHalfWay();
            disk = left();
        }
        CoreFixture core = scenario.open(disk);
        scenario.check(core, last);
        core.close();
    }

    private CrashDisk left() {
        return fate.nextInt(3) == 0 ? disk.afterKill() : disk.afterPowerLoss(fate);
    }

    /** Starts, and stops again before long. */
    private void recoverHalfWay() {
        disk.crashBefore(1 + fate.nextInt(12));
        try {
            scenario.open(disk).loop.settle();
        } catch (UncheckedIOException stopped) {
            assertThat(disk.hasCrashed()).isTrue();
        }
    }
}
