package org.waybill.cluster.replication;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.waybill.journal.CheckpointListener;
import org.waybill.journal.CheckpointWriter;
import org.waybill.journal.Frame;

/**
 * A shard that keeps the last operation of each of some keys, and a sum over all that was told it in order. As the real one it
 * applies what it proposes at once, goes back when it is deposed, and gathers checkpoints and snapshots in parts while it
 * goes on.
 */
final class SimMachine implements Machine {
    static final byte OPERATION = 1;
    private static final int KEYS = 8;
    private static final int KEYS_A_PART = 2;

    private final SimNode node;
    /** What was told committed. */
    private long[] settled = new long[KEYS];
    /** And on a leader what it has proposed. */
    private long[] live = settled;

    private final ArrayDeque<Long> proposed = new ArrayDeque<>();
    private final TreeMap<Long, List<Runnable>> waiting = new TreeMap<>();
    private final List<Giving> given = new ArrayList<>();
    private @Nullable Checkpoint checkpoint;
    private @Nullable Runnable afterCheckpoint;
    private boolean installing;
    private long index;
    private long sum;
    /** From here on the state is exactly what was told; before, it may have some of what follows. */
    private long exactFrom;

    private long lastPosition;
    /** How long each part of a snapshot takes, at most. */
    long maxPartNs = 5 * Simulation.MS;

    int checkpoints;
    /** What it was told to be forced here, when it was told so last. */
    long forcedIndex;

    SimMachine(SimNode node) {
        this.node = node;
    }

    long index() {
        return index;
    }

    /** A turn: applied at once, and proposed. */
    long operate(long operation, int bytes, boolean inMemory) {
        byte[] payload = new byte[bytes];
        LogRecovery.view(payload).putLong(operation);
        if (live == settled) {
            live = settled.clone();
        }
        apply(live, operation);
        Frame frame = new Frame(SimNode.SHARD);
        frame.add(OPERATION, payload, 0, Long.BYTES, payload, Long.BYTES, payload.length - Long.BYTES, false);
        long at = inMemory
                ? node.replica().proposeInMemory(frame)
                : node.replica().propose(frame);
        proposed.addLast(at);
        return at;
    }

    @Override
    public void committed(Entry entry, long position) {
        if (entry.index() != index + 1) {
            throw new AssertionError("told " + entry + " after " + index);
        }
        // a mutation commits what is not forced, and so has no place yet; that is not what it should be found by
        History.require(position < 0 || position > lastPosition, "order", entry + " lies before the entry before it");
        lastPosition = Math.max(lastPosition, position);
        index++;
        ByteBuffer records = entry.records();
        sum = (sum * 31 + records.hashCode()) * 31 + entry.epoch();
        boolean own = !proposed.isEmpty() && proposed.peekFirst() == index;
        if (own) {
            proposed.removeFirst();
        }
        if (entry.type() == OPERATION) {
            long operation = records.getLong(Entry.RECORD_HEADER_BYTES);
            apply(settled, operation);
            History.require(own || live == settled, "turns", "a leader is told the entry of another " + entry);
        }
        node.history().committed(node, entry, sum, index < exactFrom ? History.NOT_EXACT : stateSum());
        while (!waiting.isEmpty() && waiting.firstKey() <= index) {
            waiting.pollFirstEntry().getValue().forEach(Runnable::run);
        }
    }

    @Override
    public void forced() {
        History.require(node.replica().isLeading(), "contract", "who does not lead is told what it has forced");
        forcedIndex = node.replica().forcedIndex();
    }

    @Override
    public void received(long through) {
        node.history().received(node, through);
    }

    @Override
    public void leading(long epoch) {
        History.require(exactFrom <= index, "I9", "node " + node.number + " leads with a state that is not whole");
        node.history().leading(node, epoch);
    }

    @Override
    public void deposed() {
        History.require(given.isEmpty(), "contract", "a snapshot is given away by who is deposed");
        proposed.clear();
        live = settled;
        Checkpoint running = checkpoint;
        if (running != null && !running.ended && !node.mutation().endsCheckpointWhenDeposed()) {
            running.giveUp();
        }
    }

    private static void apply(long[] state, long operation) {
        state[(int) (operation % KEYS)] = operation;
    }

    private long stateSum() {
        long state = 0;
        for (long operation : settled) {
            state = state * 1_000_003 + operation;
        }
        return state;
    }

    /** Runs a task when an entry is committed: everything that a state shows, whose last part was gathered now. */
    private void afterCommit(long through, Runnable task) {
        if (through <= index) {
            task.run();
        } else {
            waiting.computeIfAbsent(through, any -> new ArrayList<>()).add(task);
        }
    }

    /** The state that pieces hold, whether of a checkpoint or of another's snapshot. */
    void restore(List<byte[]> pieces) {
        for (int i = 0; i < pieces.size() - 1; i++) {
            ByteBuffer part = ByteBuffer.wrap(pieces.get(i));
            for (int key = 0; key < KEYS_A_PART; key++) {
                settled[i * KEYS_A_PART + key] = part.getLong();
            }
        }
        ByteBuffer last = ByteBuffer.wrap(pieces.get(pieces.size() - 1));
        index = last.getLong();
        sum = last.getLong();
        exactFrom = last.getLong();
        lastPosition = 0;
        node.history().restored(node, index, sum, index < exactFrom ? History.NOT_EXACT : stateSum());
    }

    /** The state as it is gathered: some keys at a time, then where it began, and what the last of them may show. */
    private final class Parts {
        private long beginning;
        private long beginningSum;
        private int key;
        /** The last of its own turns that they show, and the last entry that they may show. */
        private long through;

        private long exactFrom;

        Parts() {
            begin();
        }

        void begin() {
            beginning = index;
            beginningSum = sum;
        }

        byte[] next() {
            if (key < KEYS) {
                ByteBuffer piece = ByteBuffer.allocate(KEYS_A_PART * Long.BYTES);
                for (int i = 0; i < KEYS_A_PART; i++) {
                    piece.putLong(live[key++]);
                }
                through = proposed.isEmpty() ? 0 : proposed.getLast();
                exactFrom = Math.max(SimMachine.this.exactFrom, Math.max(index, through));
                return piece.array();
            }
            return ByteBuffer.allocate(3 * Long.BYTES)
                    .putLong(beginning)
                    .putLong(beginningSum)
                    .putLong(exactFrom)
                    .array();
        }

        boolean isGathered() {
            return key == KEYS;
        }
    }

    private long partNs() {
        return node.random().nextLong(maxPartNs);
    }

    // ---- snapshots

    @Override
    public SnapshotReader snapshot() {
        Giving giving = new Giving();
        given.add(giving);
        return giving;
    }

    private final class Giving implements SnapshotReader {
        private final Parts parts = new Parts();
        private boolean closed;

        @Override
        public void read(PieceHandler handler) {
            node.later(partNs(), () -> {
                if (!parts.isGathered() || node.mutation().givesWhatIsNotCommitted()) {
                    give(handler);
                } else {
                    afterCommit(parts.through, () -> give(handler));
                }
            });
        }

        private void give(PieceHandler handler) {
            if (!closed) {
                boolean last = parts.isGathered();
                handler.piece(parts.next(), last);
            }
        }

        @Override
        public void close() {
            closed = true;
            given.remove(this);
        }
    }

    @Override
    public SnapshotWriter install() {
        return new Taking();
    }

    private final class Taking implements SnapshotWriter, CheckpointListener {
        private final List<byte[]> pieces = new ArrayList<>();
        private boolean abandoned;
        private @Nullable Done done;

        @Override
        public void write(byte[] piece, Done written) {
            node.later(partNs(), () -> {
                if (!abandoned) {
                    pieces.add(piece);
                    written.done(true);
                }
            });
        }

        @Override
        public void commit(long replayFrom, byte[] meta, Done whenDone) {
            installing = true;
            Checkpoint own = checkpoint;
            if (own != null && own.ended) {
                afterCheckpoint = () -> commit(replayFrom, meta, whenDone);
                return;
            }
            if (own != null) {
                own.giveUp();
            }
            done = whenDone;
            CheckpointWriter writer = node.journal().checkpoint(SimNode.SHARD, this);
            pieces.forEach(piece -> writer.append(piece, 0, piece.length));
            writer.commit(replayFrom, meta);
        }

        @Override
        public void abandon() {
            abandoned = true;
        }

        @Override
        public void ready() {}

        @Override
        public void committed(long bytes) {
            restore(pieces);
            end(true);
        }

        @Override
        public void failed(Throwable cause) {
            end(false);
        }

        private void end(boolean success) {
            installing = false;
            Done told = done;
            if (told != null) {
                told.done(success);
            }
        }
    }

    // ---- checkpoints

    /** Begins a checkpoint, unless one is being written already, or a snapshot as one. */
    void checkpoint() {
        if (checkpoint == null && !installing) {
            Checkpoint begun = new Checkpoint();
            checkpoint = begun;
            node.later(0, begun::begin);
        }
    }

    private final class Checkpoint implements CheckpointListener {
        private final long replayFrom = node.replica().replayFrom();
        private final CheckpointWriter writer = node.journal().checkpoint(SimNode.SHARD, this);
        private Parts parts = new Parts();
        private byte[] meta = {};
        private boolean ended;

        void begin() {
            if (checkpoint == this) {
                parts = new Parts();
                meta = node.replica().meta(index);
                write();
            }
        }

        private void write() {
            if (checkpoint != this) {
                return;
            }
            if (parts.isGathered()) {
                afterCommit(parts.through, this::end);
            } else {
                append(parts.next());
                node.later(partNs() * 4, this::write);
            }
        }

        private void append(byte[] piece) {
            writer.append(piece, 0, piece.length);
        }

        private void end() {
            if (checkpoint != this || ended) {
                return;
            }
            if (node.mutation().keepsMetaOfTheEnd()) {
                parts.begin();
                meta = node.replica().meta(index);
            }
            append(parts.next());
            ended = true;
            writer.commit(replayFrom, meta);
        }

        void giveUp() {
            writer.abort();
            checkpoint = null;
        }

        @Override
        public void ready() {}

        @Override
        public void committed(long bytes) {
            checkpoints++;
            over();
        }

        @Override
        public void failed(Throwable cause) {
            over();
        }

        private void over() {
            checkpoint = null;
            Runnable next = afterCheckpoint;
            afterCheckpoint = null;
            if (next != null) {
                next.run();
            }
        }
    }
}
