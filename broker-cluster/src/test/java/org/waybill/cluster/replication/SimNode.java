package org.waybill.cluster.replication;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Clock;
import org.waybill.io.CrashDisk;
import org.waybill.io.ManualLoop;
import org.waybill.journal.CheckpointReader;
import org.waybill.journal.Journal;
import org.waybill.journal.JournalDamage;
import org.waybill.journal.JournalOptions;
import org.waybill.journal.SteppedJournal;

/** One simulated node: a disk, and while it is up a journal, a loop and a replica on them. */
final class SimNode implements Clock {
    private static final JournalOptions JOURNAL =
            new JournalOptions(64 << 10, 1, 3, 1 << 20, 1 << 12, 0, 1 << 10, 1_000);
    static final ReplicationOptions OPTIONS =
            new ReplicationOptions(100_000_000, 800_000_000, 250_000_000, 1_000_000_000, 1_000_000_000, 300, 900, 1500);

    /** The one shard there is. */
    static final int SHARD = 0;

    final int number;
    private final Simulation simulation;
    private final double rate;
    private final long clockOrigin;
    CrashDisk disk = new CrashDisk();
    long member;
    boolean up;
    long frozenUntilNs;
    int life;
    boolean diskStalls;
    private ManualLoop loop = new ManualLoop("down");
    private @Nullable SteppedJournal stepped;
    private @Nullable Journal journal;
    private @Nullable Replica replica;
    private SimMachine machine = new SimMachine(this);
    private boolean broken;
    private boolean journalScheduled;

    SimNode(Simulation simulation, int number, Random random) {
        this.simulation = simulation;
        this.number = number;
        this.member = Members.of(number, 1 + random.nextInt(1 << 20));
        this.rate = 1 + (random.nextDouble() - 0.5) / (2 * ReplicationOptions.DRIFT);
        this.clockOrigin = random.nextLong() >> 2;
    }

    @Override
    public long nanoTime() {
        return clockOrigin + (long) (simulation.nowNs() * rate);
    }

    @Override
    public long epochMs() {
        return 1_700_000_000_000L;
    }

    History history() {
        return simulation.history();
    }

    Replica replica() {
        if (replica == null) {
            throw new IllegalStateException("node " + number + " is down");
        }
        return replica;
    }

    Journal journal() {
        Journal open = journal;
        if (open == null) {
            throw new IllegalStateException("node " + number + " has never been up");
        }
        return open;
    }

    Mutation mutation() {
        return simulation.mutation();
    }

    Random random() {
        return simulation.random();
    }

    SimMachine machine() {
        return machine;
    }

    boolean frozen() {
        return simulation.nowNs() < frozenUntilNs;
    }

    /** Starts on what the disk holds; a disk that is damaged is put away and another one taken. */
    void start() {
        life++;
        broken = false;
        journalScheduled = false;
        try {
            open();
        } catch (JournalDamage damage) {
            replaceDisk();
            start();
        } catch (CrashDisk.Crashed crashed) {
            disk = disk.afterPowerLoss(simulation.random());
            simulation.after(100 * Simulation.MS, () -> simulation.restart(this));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The disk is gone, with all that was on it: what comes in its place is another member. */
    void replaceDisk() {
        disk = new CrashDisk();
        history().lost(member);
        if (!simulation.mutation().keepsIdentityWithoutDisk()) {
            member = Members.of(number, 1 + simulation.random().nextInt(1 << 20));
        } else {
            history().forgetPromises(member);
        }
    }

    private void open() throws IOException {
        ManualLoop newLoop = new ManualLoop("node-" + number);
        loop = newLoop;
        Journal opened = Journal.open(JOURNAL, disk, this);
        machine = new SimMachine(this);
        LogRecovery recovery = new LogRecovery(SHARD, type -> false, OPTIONS.tailBytes(), machine::committed);
        readCheckpoint(recovery);
        opened.replay(recovery.replayFrom(), recovery);
        LogStore.Recovered recovered = recovery.recovered();
        recovery.restoreLive(opened);
        opened.registerShard(SHARD, newLoop);
        opened.checkpointed(SHARD, recovery.replayFrom());
        stepped = SteppedJournal.start(opened, cause -> broken = true);
        journal = opened;
        history().started(this, recovered.meta().promise());
        LogStore store = new JournalStore(
                opened, SHARD, newLoop, type -> false, mutation().rules(), recovery);
        int bornIn = life;
        replica = new Replica(
                member,
                OPTIONS,
                mutation().rules(),
                store,
                recovered,
                (to, message) -> simulation.send(this, bornIn, to, message),
                machine,
                this,
                new Random(simulation.random().nextLong()));
        up = true;
        replica().join(simulation.others(number));
        replica().order(simulation.nodes().stream().map(each -> each.number).toList());
        replica().coordinated(() -> simulation.isCoordinated());
        scheduleJournal();
    }

    /** As {@link #stop}, after it has forced everything: what it has answered for it knows at the next start. */
    void stopCleanly() {
        run(life, () -> {
            replica().stop();
            frozenUntilNs = 0;
            write();
        });
        if (up) {
            stop(false);
        }
    }

    private void readCheckpoint(LogRecovery recovery) throws IOException {
        Optional<CheckpointReader> newest = CheckpointReader.newest(disk, SHARD);
        if (newest.isPresent()) {
            try (CheckpointReader reader = newest.get()) {
                List<byte[]> pieces = new ArrayList<>();
                ByteBuffer chunk = reader.next();
                while (chunk != null) {
                    byte[] piece = new byte[chunk.remaining()];
                    chunk.get(piece);
                    pieces.add(piece);
                    chunk = reader.next();
                }
                machine.restore(pieces);
                recovery.checkpoint(reader.replayFromPosition(), reader.meta());
            }
        }
    }

    void stop(boolean powerLoss) {
        up = false;
        life++;
        frozenUntilNs = 0;
        history().crashed(this);
        disk = powerLoss ? disk.afterPowerLoss(simulation.random()) : disk.afterKill();
    }

    /** As {@link #run}, after some time, if this node has not stopped meanwhile. */
    void later(long ns, Runnable task) {
        int bornIn = life;
        simulation.after(ns, () -> run(bornIn, task));
    }

    /** Something happens on this node's loop, now or when it is not frozen any more. */
    void run(int bornIn, Runnable task) {
        if (!up || life != bornIn) {
            return;
        }
        if (frozen()) {
            simulation.at(frozenUntilNs, () -> run(bornIn, task));
            return;
        }
        task.run();
        loop.runAll();
        afterwards();
    }

    private void afterwards() {
        if (broken) {
            // a journal that failed is fatal to its process
            simulation.crash(this, true);
            return;
        }
        scheduleJournal();
        history().check(simulation);
    }

    private void scheduleJournal() {
        if (!journalScheduled) {
            journalScheduled = true;
            int bornIn = life;
            long delayNs = diskStalls
                    ? 200_000_000 + simulation.random().nextInt(500_000_000)
                    : 100_000 + simulation.random().nextInt(3_000_000);
            simulation.after(delayNs, () -> run(bornIn, this::write));
        }
    }

    private void write() {
        journalScheduled = false;
        SteppedJournal running = stepped;
        if (running == null) {
            return;
        }
        running.tick();
        boolean busy = true;
        while (busy && !broken) {
            busy = running.append();
            busy |= running.work();
            loop.runAll();
        }
    }
}
