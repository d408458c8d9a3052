package org.waybill.cluster.hazelcast;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.waybill.cluster.election.Stance;
import org.waybill.cluster.election.Standing;
import org.waybill.cluster.replication.LeaderHint;
import org.waybill.cluster.replication.Members;
import org.waybill.io.Clock;

/** A node with elections and replicas that do at once as they are told, and forget all about it when they are killed. */
final class LocalNode {
    private static final int SHARDS = 3;
    private static final List<Seat> SEATS = IntStream.rangeClosed(1, 3)
            .mapToObj(node -> new Seat(node, "127.0.0.1", freePort()))
            .toList();
    private static final Clock CLOCK = new Clock() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public long epochMs() {
            return System.currentTimeMillis();
        }
    };

    private final int number;
    private @Nullable HazelcastElections elections;
    private @Nullable ScheduledExecutorService loop;
    private final AtomicReferenceArray<LeaderHint> hints = new AtomicReferenceArray<>(SHARDS);
    private final long[] ledEpochs = new long[SHARDS];

    LocalNode(int number) {
        this.number = number;
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static long member(int node) {
        return Members.of(node, 99);
    }

    void start() {
        for (int shard = 0; shard < SHARDS; shard++) {
            hints.set(shard, new LeaderHint(0, Members.NONE));
            ledEpochs[shard] = 0;
        }
        ScheduledExecutorService shards = Executors.newSingleThreadScheduledExecutor();
        HazelcastElections started = HazelcastElections.start(
                HazelcastOptions.of("waybill-test", number, SEATS, SHARDS), CLOCK, this::hinted, shards);
        ScheduledFuture<?> unused = shards.scheduleAtFixedRate(() -> observe(started), 0, 50, TimeUnit.MILLISECONDS);
        elections = started;
        loop = shards;
    }

    private void hinted(int shard, LeaderHint hint) {
        hints.set(shard, hint);
        boolean own = hint.member() == member(number);
        ledEpochs[shard] = !own ? 0 : ledEpochs[shard] == 0 ? hint.epoch() + 1 : ledEpochs[shard];
    }

    private void observe(HazelcastElections to) {
        for (int shard = 0; shard < SHARDS; shard++) {
            boolean leads = ledEpochs[shard] > 0;
            long epoch = leads ? ledEpochs[shard] : hints.get(shard).epoch();
            to.observe(shard, new Standing(member(number), epoch, leads ? Stance.LEADING : Stance.WILLING));
        }
    }

    /** Whose node should lead, as this one was told. */
    int hintedNode(int shard) {
        return Members.node(hints.get(shard).member());
    }

    boolean isUp() {
        return elections != null;
    }

    HazelcastElections elections() {
        if (elections == null) {
            throw new IllegalStateException("node " + number + " is down");
        }
        return elections;
    }

    /** Abruptly: nobody is told. */
    void kill() {
        if (elections != null && loop != null) {
            elections.close().toCompletableFuture().join();
            loop.shutdownNow();
            elections = null;
            loop = null;
        }
    }
}
