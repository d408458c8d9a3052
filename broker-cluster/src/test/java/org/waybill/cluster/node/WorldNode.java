package org.waybill.cluster.node;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.waybill.broker.ClusterContext;
import org.waybill.cluster.replication.Members;
import org.waybill.cluster.replication.Replica;
import org.waybill.cluster.replication.ReplicaSet;
import org.waybill.cluster.replication.ReplicationOptions;
import org.waybill.config.Settings;
import org.waybill.io.Clock;
import org.waybill.io.CrashDisk;
import org.waybill.io.Disk;
import org.waybill.io.Invariant;
import org.waybill.io.Loop;
import org.waybill.journal.Journal;
import org.waybill.journal.JournalOptions;
import org.waybill.journal.SteppedJournal;
import org.waybill.shard.Memory;
import org.waybill.shard.Shard;
import org.waybill.shard.Shards;

/** One simulated machine: a disk and a clock, and while its process is up a whole node on them. */
final class WorldNode implements ClusterContext, Clock {
    private static final JournalOptions JOURNAL =
            new JournalOptions(64 << 10, 1, 3, 1 << 20, 1 << 12, 0, 1 << 10, 1_000);
    private static final long EPOCH_MS = 1_700_000_000_000L;
    private static final int CLOCK_DRIFT = 120;
    private static final long POLL_NS = 50 * World.MS;
    /** How long its shards may take to hear that there is room again. */
    private static final long TOLD_NS = 100 * World.MS;

    /** A stop that takes longer is a kill. */
    private static final long STOP_NS = 1_000 * World.MS;

    private final World world;
    private final int id;
    private final double rate;
    private final long clockOrigin;
    private final Settings settings;
    private final ReplicationOptions options;
    private final long memoryBytes;
    private CrashDisk disk = new CrashDisk();
    private int disks;
    private boolean up;
    private int life;
    private long frozenUntilNs;
    private boolean diskStalls;
    private boolean isFull;
    private long lastFullNs = -TOLD_NS - 1;
    private @Nullable Parts process;
    private boolean journalScheduled;

    /** What a start makes, and an end takes away. */
    private static final class Parts {
        final List<WorldLoop> loops = new ArrayList<>();

        @Nullable
        WorldLoop own;

        @Nullable
        WorldLoop sessions;

        @Nullable
        Memory memory;

        @Nullable
        Journal journal;

        @Nullable
        Shards shards;

        @Nullable
        SteppedJournal steps;

        @Nullable
        ClusterNode node;
    }

    WorldNode(World world, int id, int size) {
        this.world = world;
        this.id = id;
        Random random = world.random();
        this.rate = 1 + (random.nextDouble() - 0.5) / CLOCK_DRIFT;
        this.clockOrigin = random.nextLong() >> 2;
        this.memoryBytes = random.nextBoolean() ? 16 << 10 : 64 << 20;
        this.settings = WorldSettings.of(id, size);
        this.options = WorldSettings.replication(settings);
    }

    // ---- its life

    int id() {
        return id;
    }

    int life() {
        return life;
    }

    boolean isUp() {
        return up;
    }

    boolean isFrozen() {
        return world.nowNs() < frozenUntilNs;
    }

    long frozenUntilNs() {
        return frozenUntilNs;
    }

    /** It stands still, and goes on as if nothing had been. */
    void freeze(long ns) {
        frozenUntilNs = Math.max(frozenUntilNs, world.nowNs() + ns);
    }

    /** Forces take long. */
    void diskStalls(boolean stalls) {
        diskStalls = stalls;
    }

    CrashDisk crashDisk() {
        return disk;
    }

    /** Starts on what the disk holds. */
    void start() {
        if (up) {
            return;
        }
        world.trace(() -> "node " + id + " starts");
        life++;
        up = true;
        journalScheduled = false;
        Parts made = new Parts();
        process = made;
        try {
            open(made);
        } catch (IOException failed) {
            if (!disk.hasCrashed()) {
                throw new AssertionError("node " + id + " does not start", failed);
            }
            crash(true);
        }
    }

    private void open(Parts made) throws IOException {
        made.own = loop("node");
        made.sessions = loop("sessions");
        Memory memory = new Memory(memoryBytes);
        made.memory = memory;
        Journal journal = Journal.open(JOURNAL, disk, this);
        made.journal = journal;
        Shard[] all = new Shard[World.SHARDS];
        for (int i = 0; i < all.length; i++) {
            int number = i;
            made.loops.add(new WorldLoop(world, this, "n" + id + "s" + i, () -> afterShard(number)));
            all[i] = newShard(i);
        }
        Shards shards = Shards.inCluster(all, this);
        made.shards = shards;
        journal.onRoomChanged(has -> {
            noteRoom(has);
            shards.roomChanged(has);
        });
        ClusterNode node =
                new ClusterNode(this, options, () -> new Random(world.random().nextLong()));
        made.node = node;
        List<NodeRecovery.Found> found = node.recover();
        made.steps = SteppedJournal.start(journal, this::failed);
        node.begin(found);
        noteRoom(journal.roomForSends());
        if (!journal.roomForSends()) {
            shards.roomChanged(false);
        }
        node.join(world.network().attach(this, node.links()));
        node.elect(new WorldElections(world, this, loop("elections"), node::hinted));
        poll(life);
    }

    private WorldLoop loop(String name) {
        return new WorldLoop(world, this, "n" + id + "-" + name, this::afterwards);
    }

    private void noteRoom(boolean has) {
        if (isFull || !has) {
            lastFullNs = world.nowNs();
        }
        isFull = !has;
    }

    /** Whether it may have refused messages since then, because its disk was full. */
    boolean wasFullSince(long ns) {
        return isFull || lastFullNs >= ns - TOLD_NS;
    }

    /** The journal looks at its disk now and then by itself. */
    private void poll(int bornIn) {
        world.after(POLL_NS, () -> {
            if (up && life == bornIn) {
                if (!isFrozen()) {
                    process().steps().tick();
                    scheduleJournal();
                }
                poll(bornIn);
            }
        });
    }

    /** Its process ends at once; with the power goes what was not forced. */
    void crash(boolean powerLoss) {
        if (!up) {
            return;
        }
        world.trace(() -> "node " + id + (powerLoss ? " loses power" : " is killed"));
        up = false;
        life++;
        frozenUntilNs = 0;
        process = null;
        disk = powerLoss ? disk.afterPowerLoss(world.random()) : disk.afterKill();
        world.network().crashed(this, powerLoss);
        world.clients().crashed(this);
        world.logs().crashed(this);
        long downMs = 100L + world.random().nextInt(2_000);
        world.after(downMs * World.MS, this::start);
    }

    /** It ends in good order: hands over what it leads, closes connections, and writes a last checkpoint of each shard. */
    void stop() {
        if (!up || isFrozen()) {
            return;
        }
        world.trace(() -> "node " + id + " is stopped");
        int bornIn = life;
        node().handOver();
        world.after(STOP_NS / 5, () -> inThisLife(bornIn, this::conclude));
        world.after(STOP_NS, () -> inThisLife(bornIn, () -> crash(false)));
    }

    private void conclude() {
        world.clients().crashed(this);
        world.network().crashed(this, false);
        int[] missing = {World.SHARDS};
        shards().forEach(shard -> shard.stop(() -> {
            if (--missing[0] == 0) {
                crash(false);
            }
        }));
    }

    private void inThisLife(int bornIn, Runnable task) {
        if (up && life == bornIn) {
            task.run();
        }
    }

    /** What was on its disk is gone for ever: it is another member when it comes back. */
    void emptyDisk() {
        crash(true);
        world.trace(() -> "node " + id + " has another disk");
        disk = new CrashDisk();
        disks++;
    }

    /** Nothing holds it up any more. */
    void heal() {
        frozenUntilNs = Math.min(frozenUntilNs, world.nowNs());
        diskStalls = false;
        disk.usableSpaceBytes(Long.MAX_VALUE / 2);
        disk.crashBefore(Long.MAX_VALUE / 2);
        start();
    }

    // ---- steps

    private void afterShard(int shard) {
        world.logs().check(this, shard);
        afterwards();
    }

    private void afterwards() {
        scheduleJournal();
    }

    private void scheduleJournal() {
        if (!journalScheduled) {
            journalScheduled = true;
            int bornIn = life;
            long delayNs = diskStalls
                    ? 100 * World.MS + world.random().nextInt(400) * World.MS
                    : 50_000 + world.random().nextInt(1_500_000);
            world.after(delayNs, () -> write(bornIn));
        }
    }

    private void write(int bornIn) {
        if (!up || life != bornIn) {
            return;
        }
        if (isFrozen()) {
            world.at(frozenUntilNs, () -> write(bornIn));
            return;
        }
        journalScheduled = false;
        SteppedJournal steps = process().steps();
        boolean busy = true;
        while (busy && up && life == bornIn) {
            busy = steps.append();
            busy |= steps.work();
        }
    }

    // ---- what is known of it

    private Running process() {
        return new Running(Invariant.present(process));
    }

    /** A process that is up has all of its parts. */
    private record Running(Parts of) {
        SteppedJournal steps() {
            return Invariant.present(of.steps);
        }

        ClusterNode node() {
            return Invariant.present(of.node);
        }

        Shards shards() {
            return Invariant.present(of.shards);
        }
    }

    /** Its part in the cluster, while it is up. */
    ClusterNode node() {
        return process().node();
    }

    /** Where its sessions are, while it is up. */
    WorldLoop sessions() {
        return Invariant.present(Invariant.present(process).sessions);
    }

    /** Its replica of a shard; null while it has none. */
    @Nullable
    Replica replica(int shard) {
        return up ? node().replicas().get(shard).begun().orElse(null) : null;
    }

    /** What it is at present. */
    long member() {
        return ClusterNode.member(id, brokerId());
    }

    /** Whether a set is what all nodes are at present. */
    boolean isWhole(ReplicaSet set) {
        return set.size() == world.nodes().size()
                && world.nodes().stream().allMatch(other -> set.contains(other.member()));
    }

    boolean leads(int shard) {
        Replica replica = replica(shard);
        return replica != null
                && replica.isLeading()
                && replica.mayAct()
                && process().shards().isLedHere(shard);
    }

    boolean knowsLeader(int shard) {
        return up && process().shards().leader(shard) >= 0;
    }

    String describe() {
        StringBuilder text = new StringBuilder("node " + id);
        if (!up) {
            return text.append(" is down").toString();
        }
        text.append(isFrozen() ? " is frozen" : "");
        for (int shard = 0; shard < World.SHARDS; shard++) {
            Replica replica = replica(shard);
            if (replica != null) {
                text.append(System.lineSeparator())
                        .append("  shard " + shard + ' ' + replica.role() + " epoch " + replica.epoch() + " follows "
                                + Members.node(replica.leader()) + " log " + replica.lastIndex() + " commit "
                                + replica.commitIndex() + " may act " + replica.mayAct() + " leader known "
                                + process().shards().leader(shard));
            }
        }
        return text.toString();
    }

    // ---- for the node

    @Override
    public Settings settings() {
        return settings;
    }

    @Override
    public String brokerId() {
        return "node-" + id + "-disk-" + disks;
    }

    @Override
    public Vertx vertx() {
        throw new UnsupportedOperationException("there are no threads here");
    }

    @Override
    public Loop loop() {
        return Invariant.present(Invariant.present(process).own);
    }

    @Override
    public Executor blocking() {
        int bornIn = life;
        return task -> world.after((1 + world.random().nextInt(30)) * World.MS, () -> block(task, bornIn));
    }

    private void block(Runnable task, int bornIn) {
        if (up && life == bornIn && isFrozen()) {
            world.at(frozenUntilNs, () -> block(task, bornIn));
        } else if (up && life == bornIn) {
            task.run();
        }
    }

    @Override
    public Clock clock() {
        return this;
    }

    @Override
    public Disk disk() {
        return disk;
    }

    @Override
    public Journal journal() {
        return Invariant.present(Invariant.present(process).journal);
    }

    @Override
    public Shards shards() {
        return process().shards();
    }

    @Override
    public Shard newShard(int number) {
        Parts of = Invariant.present(process);
        return new Shard(
                number,
                of.loops.get(number),
                this,
                journal(),
                Invariant.present(of.memory),
                settings::address,
                settings.exactlyOnce(),
                JOURNAL.segmentBytes());
    }

    @Override
    public void failed(Throwable cause) {
        if (!disk.hasCrashed()) {
            throw new AssertionError("node " + id + " has failed", cause);
        }
        int bornIn = life;
        world.after(0, () -> {
            if (life == bornIn) {
                crash(true);
            }
        });
    }

    @Override
    public long nanoTime() {
        return clockOrigin + (long) (world.nowNs() * rate);
    }

    @Override
    public long epochMs() {
        return EPOCH_MS + world.nowNs() / World.MS;
    }

    @Override
    public UUID newName() {
        return new UUID(world.random().nextLong(), world.random().nextLong());
    }
}
