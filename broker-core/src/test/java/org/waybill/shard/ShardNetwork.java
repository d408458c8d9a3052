package org.waybill.shard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.waybill.config.AddressSettings;
import org.waybill.config.ExactlyOnceSettings;
import org.waybill.config.Redelivery;
import org.waybill.config.TransactionSettings;
import org.waybill.io.CrashDisk;
import org.waybill.io.Invariant;
import org.waybill.journal.Journal;
import org.waybill.journal.JournalOptions;
import org.waybill.journal.SteppedJournal;

/**
 * Shards that each have a disk, a journal and a loop of their own, and that speak over a network that loses, doubles and delays. One
 * of them at a time may crash; another leader takes its disk over. What an old leader has sent may arrive long after it has gone. One
 * thread, the test's, does everything; the seed decides in which order.
 */
final class ShardNetwork {
    private static final JournalOptions OPTIONS = new JournalOptions(1 << 18, 2, 4, 64 << 20, 1 << 20, 0, 0, 1_000);

    /** Queues of names that begin so take one message. */
    static final String FULL = "full";

    /**
     * Queues of names that begin so give what has failed once to a queue of the last shard, and what has expired to one of the shard
     * before that.
     */
    static final String FRAGILE = "fragile";

    final Random random;
    final CoreFixture.TestClock clock = new CoreFixture.TestClock();
    final TestLoop clients = new TestLoop();
    final Shards shards;
    private final Leader[] leaders;
    /** Of the lead of each shard: higher with each. */
    private final long[] terms;

    private final Memory memory = new Memory(64L << 20);
    private final List<Stream> streams = new ArrayList<>();
    private boolean isHealed;
    int crashes;
    int lost;
    int doubled;

    /** Only what shards say to each other goes over this network. */
    private static final NodeLink NO_SESSIONS = new NodeLink() {
        @Override
        public void commands(int node, int shard, byte[] bytes, int length) {
            throw new AssertionError("a shard has no sessions");
        }

        @Override
        public void answers(int node, int shard, byte[] bytes, int length) {
            throw new AssertionError("a shard has no sessions");
        }

        @Override
        public boolean isFull(int node) {
            return false;
        }
    };

    /** Who leads a shard, until it crashes. */
    private final class Leader {
        final int number;
        final CrashDisk disk;
        final TestLoop loop = new TestLoop();
        final Shard shard;
        final SteppedJournal steps;
        final Shards own;
        final Checkpointer checkpoints;
        boolean isDead;
        boolean isStalled;

        Leader(int number, CrashDisk disk) {
            this.number = number;
            this.disk = disk;
            Shard[] all = new Shard[leaders.length];
            try {
                Journal journal = Journal.open(OPTIONS, disk, clock);
                for (int i = 0; i < all.length; i++) {
                    all[i] = new Shard(
                            i,
                            loop,
                            clock,
                            journal,
                            memory,
                            ShardNetwork.this::settings,
                            ExactlyOnceSettings.defaults(),
                            OPTIONS.segmentBytes());
                }
                own = Shards.inCluster(all, all[0].clock());
                Recovery.run(journal, disk, own);
                steps = SteppedJournal.start(journal, cause -> {
                    throw new AssertionError(cause);
                });
                shard = all[number];
                checkpoints = new Checkpointer(shard, shard.state());
                for (int i = 0; i < all.length; i++) {
                    own.leadsElsewhere(i, i + 1, terms[i], NO_SESSIONS);
                }
                own.leadsHere(number);
                shard.execute(
                        () -> shard.lead(own, this::send, terms[number], TransactionSettings.defaults(), cause -> {
                            throw new AssertionError(cause);
                        }));
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        private void send(int from, int to, byte[] message) {
            stream(to).waiting.addLast(message);
        }

        private Stream stream(int to) {
            for (Stream stream : streams) {
                if (stream.from == this && stream.to == to) {
                    return stream;
                }
            }
            Stream made = new Stream(this, to);
            streams.add(made);
            return made;
        }
    }

    /** What one leader has sent to a shard, in its order. */
    private static final class Stream {
        final Leader from;
        final int to;
        final ArrayDeque<byte[]> waiting = new ArrayDeque<>();

        Stream(Leader from, int to) {
            this.from = from;
            this.to = to;
        }
    }

    ShardNetwork(int count, Random random) {
        this.random = random;
        this.leaders = new Leader[count];
        this.terms = new long[count];
        Shard[] led = new Shard[count];
        for (int i = 0; i < count; i++) {
            leaders[i] = new Leader(i, new CrashDisk());
            led[i] = leaders[i].shard;
        }
        shards = Shards.inCluster(led, led[0].clock());
        for (int i = 0; i < count; i++) {
            shards.leadsHere(i);
        }
    }

    private AddressSettings settings(String name) {
        AddressSettings usual = AddressSettings.defaults();
        if (name.startsWith(FRAGILE)) {
            Redelivery once = new Redelivery(1, 0, 1, 0);
            return usual.withRedelivery(once, Optional.of(queue("dead", leaders.length - 1, leaders.length)))
                    .withExpiry(Optional.of(queue("expired", leaders.length - 2, leaders.length)));
        }
        return name.startsWith(FULL) ? usual.withLimits(1, -1, AddressSettings.FullPolicy.REJECT) : usual;
    }

    /** All who lead a shard hear that nobody leads this one. */
    void tellLeaderless(int number) {
        for (Leader each : leaders) {
            each.own.leaderless(number);
        }
    }

    Shard shard(int number) {
        return leaders[number].shard;
    }

    /** A shard's leader is no more, and with it whatever it had not forced; its sessions hear of it. */
    void crash(int number) {
        Leader leader = leaders[number];
        leader.isDead = true;
        crashes++;
        shards.leaderless(number);
        for (Stream stream : streams) {
            for (int n = stream.to == number ? random.nextInt(stream.waiting.size() + 1) : 0; n > 0; n--) {
                stream.waiting.removeFirst();
                lost++;
            }
        }
    }

    /** Nothing that a shard's leader records is forced any more, until it crashes or is let go on. */
    void stall(int number, boolean stalled) {
        leaders[number].isStalled = stalled;
    }

    /** A shard that has no leader, or -1. */
    int leaderless() {
        for (Leader leader : leaders) {
            if (leader.isDead) {
                return leader.number;
            }
        }
        return -1;
    }

    /** A shard gets another leader. */
    void recover(int number) {
        CrashDisk disk = leaders[number].disk;
        terms[number]++;
        leaders[number] = new Leader(number, random.nextBoolean() ? disk.afterKill() : disk.afterPowerLoss(random));
        shards.replace(leaders[number].shard);
        shards.leadsHere(number);
        for (Leader each : leaders) {
            if (each.number != number) {
                each.own.leadsElsewhere(number, number + 1, terms[number], NO_SESSIONS);
            }
        }
    }

    /** A shard begins to write a checkpoint, unless it is at it. */
    void checkpoint(int number) {
        Leader leader = leaders[number];
        leader.shard.execute(() -> leader.checkpoints.begin(() -> {}));
    }

    // ---- steps

    /** One task of a shard's loop; false when there is none. */
    boolean work() {
        Leader leader = leaders[random.nextInt(leaders.length)];
        return !leader.isDead && leader.loop.one();
    }

    /** One thing that a journal has to do. */
    boolean force() {
        Leader leader = leaders[random.nextInt(leaders.length)];
        return !leader.isDead && force(leader);
    }

    private static boolean force(Leader leader) {
        if (leader.isStalled) {
            return false;
        }
        boolean appended = leader.steps.append();
        return leader.steps.work() || appended;
    }

    /** One message arrives, or is lost, or is on its way twice from now on. */
    boolean deliver() {
        streams.removeIf(stream -> stream.waiting.isEmpty() && stream.from.isDead);
        if (streams.isEmpty()) {
            return false;
        }
        Stream stream = streams.get(random.nextInt(streams.size()));
        byte[] message = stream.waiting.pollFirst();
        if (message != null) {
            deliver(stream, message);
        }
        return message != null;
    }

    private void deliver(Stream stream, byte[] message) {
        int fate = isHealed ? 99 : random.nextInt(100);
        if (fate < 4 || leaders[stream.to].isDead) {
            lost++;
            return;
        }
        if (fate < 10) {
            stream.waiting.addLast(message);
            doubled++;
        }
        leaders[stream.to].shard.receive(stream.from.number, message);
    }

    void pass(long ms) {
        clock.epochMs += ms;
        clients.fire(ms * 1_000_000);
        for (Leader leader : leaders) {
            if (!leader.isDead) {
                leader.loop.fire(ms * 1_000_000);
            }
        }
    }

    /** Nothing is lost any more, every shard has a leader, and all that can happen has happened. */
    void settle(long seconds) {
        for (int dead = leaderless(); dead >= 0; dead = leaderless()) {
            recover(dead);
        }
        passWithoutRecovery(seconds);
    }

    /** Nothing is lost but for who has no leader, and all that can happen has happened. */
    void passWithoutRecovery(long seconds) {
        isHealed = true;
        for (long i = 0; i < seconds; i++) {
            runAll();
            pass(1_000);
        }
        runAll();
        isHealed = false;
    }

    private void runAll() {
        boolean busy = true;
        while (busy) {
            busy = clients.one();
            for (Leader leader : leaders) {
                if (!leader.isDead) {
                    boolean worked = leader.loop.one();
                    busy |= force(leader) || worked;
                }
            }
            for (Stream stream : List.copyOf(streams)) {
                byte[] message = stream.waiting.pollFirst();
                if (message != null) {
                    deliver(stream, message);
                    busy = true;
                }
            }
        }
    }

    /** Some queue on this shard. */
    static String queue(String prefix, int shard, int shards) {
        for (int i = 0; ; i++) {
            if (Placement.shardOf(prefix + i, shards) == shard) {
                return prefix + i;
            }
        }
    }

    static <T> T present(@Nullable T value) {
        return Invariant.present(value);
    }
}
