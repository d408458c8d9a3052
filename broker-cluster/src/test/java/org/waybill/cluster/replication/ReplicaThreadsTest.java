package org.waybill.cluster.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.waybill.io.Cancellable;
import org.waybill.io.Disk;
import org.waybill.io.FileDisk;
import org.waybill.io.Loop;
import org.waybill.io.SystemClock;
import org.waybill.journal.CheckpointListener;
import org.waybill.journal.CheckpointReader;
import org.waybill.journal.CheckpointWriter;
import org.waybill.journal.Frame;
import org.waybill.journal.Journal;
import org.waybill.journal.JournalOptions;

/** Replicas with their real journals, files and threads: what the simulation's single thread cannot show. */
@Timeout(60)
final class ReplicaThreadsTest {
    private static final int NODES = 3;
    private static final int ENTRIES = 3_000;
    private static final int ENTRY_BYTES = 1_000;
    private static final int PIECES = 40;
    private static final ReplicationOptions OPTIONS = new ReplicationOptions(
            100_000_000, 800_000_000, 250_000_000, 1_000_000_000, 1_000_000_000, 1 << 16, 1 << 18, 1 << 19);

    @TempDir
    Path directory;

    private final Map<Integer, Node> nodes = new ConcurrentHashMap<>();

    @Test
    void allGetTheSameAndANewDiskCatchesUpBySnapshot() throws Exception {
        for (int number = 0; number < NODES; number++) {
            nodes.put(number, new Node(number, 1, directory));
        }
        ReplicaSet first = ReplicaSet.of(
                nodes.values().stream().mapToLong(node -> node.member).toArray());
        for (Node node : nodes.values()) {
            node.start();
            node.call(() -> node.replica().bootstrap(first));
        }
        Node leader = node(0);
        leader.call(() -> leader.replica().onHint(new LeaderHint(1, leader.member)));
        leader.produce(ENTRIES);
        for (Node node : nodes.values()) {
            node.reached(ENTRIES);
        }
        node(2).stop();
        leader.call(leader::checkpoint);
        leader.produce(ENTRIES);
        leader.reached(2 * ENTRIES);

        Node fresh = new Node(2, 2, directory);
        nodes.put(2, fresh);
        fresh.start();
        fresh.reached(2 * ENTRIES);
        assertThat(fresh.restored.get()).isPositive();
        for (Node node : nodes.values()) {
            node.stop();
        }
        assertThat(nodes.values()).allMatch(node -> node.sum == leader.sum && node.failure == null);
        assertThat(leader.proposed).isEmpty();
        assertThat(leader.misplaced).isFalse();

        Node again = new Node(2, 2, directory);
        nodes.put(2, again);
        again.start();
        again.stop();
        assertThat(again.operations.get()).isPositive();
    }

    private Node node(int number) {
        Node node = nodes.get(number);
        assertThat(node).isNotNull();
        return node;
    }

    private final class Node implements Loop, Machine, ReplicationLink {
        final long member;
        private final int number;
        private final Path path;
        private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
        private final MessageCodec codec = new MessageCodec();
        private final List<Future<?>> timers = new ArrayList<>();
        private final List<Waiting> waiting = new ArrayList<>();
        private @Nullable Journal journal;
        private @Nullable Replica replica;
        volatile @Nullable Throwable failure;
        volatile long sum;
        final AtomicInteger operations = new AtomicInteger();
        final AtomicInteger restored = new AtomicInteger();
        private final ArrayDeque<Frame> proposed = new ArrayDeque<>();
        volatile boolean misplaced;
        private int toPropose;

        private record Waiting(int operations, CountDownLatch done) {}

        Node(int number, int disk, Path directory) throws Exception {
            this.number = number;
            this.member = Members.of(number, disk);
            this.path = Files.createDirectories(directory.resolve(number + "-" + disk));
        }

        void start() throws Exception {
            Disk disk = new FileDisk(path);
            Journal opened = Journal.open(
                    new JournalOptions(1 << 20, 2, 4, 1 << 20, 1 << 20, 0, 0, 1_000), disk, new SystemClock());
            LogRecovery recovery = new LogRecovery(0, type -> false, OPTIONS.tailBytes(), this::committed);
            readCheckpoint(disk, recovery);
            opened.replay(recovery.replayFrom(), recovery);
            LogStore.Recovered recovered = recovery.recovered();
            recovery.restoreLive(opened);
            opened.registerShard(0, this);
            opened.checkpointed(0, recovery.replayFrom());
            opened.start(cause -> failure = cause);
            journal = opened;
            call(() -> {
                replica = new Replica(
                        member,
                        OPTIONS,
                        new JournalStore(opened, 0, this, type -> false, recovery),
                        recovered,
                        this,
                        this,
                        new SystemClock(),
                        new Random(number));
                replica().join(0, 1, 2);
            });
            timers.add(thread.scheduleAtFixedRate(guarded(() -> replica().tick()), 10, 20, TimeUnit.MILLISECONDS));
            timers.add(thread.scheduleAtFixedRate(guarded(this::propose), 1, 1, TimeUnit.MILLISECONDS));
        }

        void stop() throws Exception {
            timers.forEach(timer -> timer.cancel(false));
            thread.shutdown();
            assertThat(thread.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
            Journal open = journal;
            if (open != null) {
                open.close();
            }
        }

        Replica replica() {
            Replica started = replica;
            if (started == null) {
                throw new IllegalStateException("not started");
            }
            return started;
        }

        void call(Runnable task) throws Exception {
            thread.submit(task).get();
        }

        void produce(int count) throws Exception {
            call(() -> toPropose += count);
        }

        void reached(int count) throws Exception {
            CountDownLatch done = new CountDownLatch(1);
            call(() -> {
                waiting.add(new Waiting(count, done));
                told();
            });
            done.await();
        }

        private void propose() {
            while (toPropose > 0
                    && replica().isLeading()
                    && replica().mayAct()
                    && !replica().isBacklogged()) {
                toPropose--;
                byte[] payload = new byte[ENTRY_BYTES];
                ByteBuffer.wrap(payload).putInt(toPropose);
                Frame frame = new Frame(0);
                frame.add((byte) 1, payload, 0, 0, payload, 0, payload.length, false);
                proposed.addLast(frame);
                replica().propose(frame);
            }
        }

        private void told() {
            waiting.removeIf(each -> {
                boolean there = operations.get() >= each.operations();
                if (there) {
                    each.done().countDown();
                }
                return there;
            });
        }

        @Override
        public void send(long to, Message message) {
            byte[] bytes = codec.encode(0, to, message);
            Node node = nodes.get(Members.node(to));
            if (node != null && !node.thread.isShutdown()) {
                node.execute(() -> {
                    if (node.replica != null) {
                        node.replica().onMessage(MessageCodec.to(bytes), node.codec.decode(bytes));
                    }
                });
            }
        }

        @Override
        public void committed(Entry entry, long position) {
            sum = sum * 31 + entry.records().hashCode();
            Frame own = proposed.peekFirst();
            if (own != null && own.logIndex() == entry.index()) {
                proposed.removeFirst();
                misplaced |= own.position(0) != position;
            }
            if (entry.type() == 1) {
                operations.incrementAndGet();
                told();
            }
        }

        @Override
        public void leading(long epoch) {}

        @Override
        public void deposed() {}

        private void readCheckpoint(Disk disk, LogRecovery recovery) throws Exception {
            Optional<CheckpointReader> newest = CheckpointReader.newest(disk, 0);
            if (newest.isPresent()) {
                try (CheckpointReader reader = newest.get()) {
                    ByteBuffer state = reader.next();
                    assertThat(state).isNotNull();
                    restore(state);
                    recovery.checkpoint(reader.replayFromPosition(), reader.meta());
                }
            }
        }

        /** What was told committed, so that it need not wait for anything. */
        private void checkpoint() {
            long replayFrom = replica().replayFrom();
            execute(() -> {
                CheckpointWriter writer = journal().checkpoint(0, new Ending(success -> {}));
                byte[] state = state();
                assertThat(writer.append(state, 0, state.length)).isTrue();
                writer.commit(replayFrom, replica().meta(replica().commitIndex()));
            });
        }

        private byte[] state() {
            return ByteBuffer.allocate(Long.BYTES + Integer.BYTES)
                    .putLong(sum)
                    .putInt(operations.get())
                    .array();
        }

        private void restore(ByteBuffer state) {
            state.order(ByteOrder.BIG_ENDIAN);
            sum = state.getLong();
            operations.set(state.getInt());
            restored.incrementAndGet();
            told();
        }

        /** Its first piece is the state, the others are as many bytes as would make the giver or the taker notice. */
        @Override
        public SnapshotReader snapshot() {
            byte[] state = state();
            return new SnapshotReader() {
                private int next;

                @Override
                public void read(PieceHandler handler) {
                    int piece = next++;
                    Runnable give = () -> handler.piece(
                            piece == 0 ? state : new byte[SnapshotReader.MAX_PIECE_BYTES], piece == PIECES - 1);
                    if (piece % 2 == 0) {
                        give.run();
                    } else {
                        execute(give);
                    }
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public SnapshotWriter install() {
            return new SnapshotWriter() {
                private byte @Nullable [] state;
                private int pieces;

                @Override
                public void write(byte[] piece, Done written) {
                    state = state == null ? piece : state;
                    pieces++;
                    execute(() -> written.done(true));
                }

                @Override
                public void commit(long replayFrom, byte[] meta, Done done) {
                    byte[] whole = Objects.requireNonNull(state);
                    assertThat(pieces).isEqualTo(PIECES);
                    CheckpointWriter writer = journal().checkpoint(0, new Ending(success -> {
                        restore(ByteBuffer.wrap(whole));
                        done.done(success);
                    }));
                    assertThat(writer.append(whole, 0, whole.length)).isTrue();
                    writer.commit(replayFrom, meta);
                }

                @Override
                public void abandon() {
                    throw new IllegalStateException("nothing happens here that would make it");
                }
            };
        }

        private Journal journal() {
            return Objects.requireNonNull(journal);
        }

        private record Ending(SnapshotWriter.Done done) implements CheckpointListener {
            @Override
            public void ready() {}

            @Override
            public void committed(long bytes) {
                done.done(true);
            }

            @Override
            public void failed(Throwable cause) {
                throw new IllegalStateException(cause);
            }
        }

        @Override
        public String name() {
            return "node-" + number;
        }

        @Override
        public boolean isCurrent() {
            return false;
        }

        @Override
        public Cancellable schedule(long delayNs, Runnable task) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void execute(Runnable task) {
            if (!thread.isShutdown()) {
                thread.execute(guarded(task));
            }
        }

        private Runnable guarded(Runnable task) {
            return () -> {
                try {
                    task.run();
                } catch (RuntimeException | Error broken) {
                    failure = broken;
                    throw broken;
                }
            };
        }
    }
}
