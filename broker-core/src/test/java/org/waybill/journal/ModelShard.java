package org.waybill.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.waybill.io.CrashDisk;
import org.waybill.io.ManualLoop;

/**
 * A shard as naive as can be: it stores, removes and relocates bodies, writes fuzzy checkpoints, and remembers every frame
 * it ever appended, so that after a crash it can say what must be there.
 */
final class ModelShard {
    private static final byte STORED = 1;
    private static final byte REMOVED = 2;
    private static final byte RELOCATED = 3;
    private static final int ENTRY_BYTES = 20;

    /** One operation of a frame; the frame's record carries exactly this. */
    private static final class Operation {
        final byte type;
        final long id;
        final byte[] body;

        Operation(byte type, long id, byte[] body) {
            this.type = type;
            this.id = id;
            this.body = body;
        }

        boolean same(Operation other) {
            return type == other.type && id == other.id && Arrays.equals(body, other.body);
        }
    }

    /** Where a live body is; position 0 while its frame is not completed. */
    private static final class Live {
        final byte[] body;
        long position;
        int recordBytes;
        boolean relocating;

        Live(byte[] body) {
            this.body = body;
        }
    }

    final int number;
    private final Random random;
    /** All frames ever appended that may be in the log, in order; index 0 is log index 1. */
    private final List<List<Operation>> frames = new ArrayList<>();

    private int completed;
    private long nextId = 1;
    private TreeMap<Long, Live> live = new TreeMap<>();
    private @Nullable CheckpointWriter checkpoint;
    private long checkpointFrom;
    private long checkpointCursor;
    /** During a replay: the last log index that came, and what the records after it must be. */
    private int recovered;

    private List<Operation> expected = List.of();
    private int expectedNext;

    ModelShard(int number, Random random) {
        this.number = number;
        this.random = random;
    }

    /** Appends a frame of a few random operations. */
    void appendSomething(Journal journal) {
        List<Operation> operations = new ArrayList<>();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            if (live.isEmpty() || random.nextInt(40) >= live.size()) {
                byte[] body = new byte[random.nextInt(20) == 0 ? random.nextInt(90_000) : random.nextInt(5_000)];
                random.nextBytes(body);
                operations.add(new Operation(STORED, nextId++, body));
            } else {
                Long id = pick(operations);
                if (id != null) {
                    operations.add(new Operation(REMOVED, id, new byte[0]));
                }
            }
        }
        append(journal, operations);
    }

    /** Copies the live bodies of a mostly dead segment forward. */
    void relocate(Journal journal, int segmentId) {
        List<Operation> operations = new ArrayList<>();
        live.forEach((id, body) -> {
            if (body.position != 0 && Position.segmentId(body.position) == segmentId && !body.relocating) {
                body.relocating = true;
                operations.add(new Operation(RELOCATED, id, body.body));
            }
        });
        if (!operations.isEmpty()) {
            append(journal, operations);
        }
    }

    /** One step of a checkpoint that goes on while everything else does. */
    void checkpointStep(Journal journal) {
        CheckpointWriter writer = checkpoint;
        if (writer == null) {
            checkpointFrom = journal.forcedPosition();
            checkpointCursor = 0;
            checkpoint = journal.checkpoint(number, new Listener());
            return;
        }
        ByteBuffer chunk = ByteBuffer.allocate(10 * ENTRY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (Map.Entry<Long, Live> entry : live.tailMap(checkpointCursor, false).entrySet()) {
            if (chunk.remaining() < ENTRY_BYTES) {
                break;
            }
            checkpointCursor = entry.getKey();
            if (entry.getValue().position != 0) {
                chunk.putLong(entry.getKey()).putLong(entry.getValue().position).putInt(entry.getValue().recordBytes);
            }
        }
        if (chunk.remaining() >= ENTRY_BYTES
                && live.tailMap(checkpointCursor, false).isEmpty()) {
            writer.append(chunk.array(), 0, chunk.position());
            writer.commit(checkpointFrom, new byte[] {(byte) number});
            checkpoint = null;
        } else {
            writer.append(chunk.array(), 0, chunk.position());
        }
    }

    /** Reads what its checkpoint says; returns from where it needs the log. */
    long recoverCheckpoint(CrashDisk disk) throws IOException {
        live = new TreeMap<>();
        checkpoint = null;
        recovered = 0;
        expected = List.of();
        expectedNext = 0;
        Optional<CheckpointReader> newest = CheckpointReader.newest(disk, number);
        if (newest.isEmpty()) {
            return -1;
        }
        try (CheckpointReader reader = newest.get()) {
            assertThat(reader.meta()).containsExactly(number);
            for (ByteBuffer chunk = reader.next(); chunk != null; chunk = reader.next()) {
                while (chunk.hasRemaining()) {
                    Live entry = new Live(new byte[0]);
                    long id = chunk.getLong();
                    entry.position = chunk.getLong();
                    entry.recordBytes = chunk.getInt();
                    live.put(id, entry);
                }
            }
            return reader.replayFromPosition();
        }
    }

    /** A frame of this shard came back. */
    void replayFrame(long logIndex) {
        assertThat(expectedNext).as("the records of the previous frame").isEqualTo(expected.size());
        assertThat(logIndex).as("a frame that was appended").isLessThanOrEqualTo(frames.size());
        if (recovered != 0) {
            assertThat(logIndex).as("order").isEqualTo(recovered + 1);
        }
        recovered = (int) logIndex;
        expected = frames.get(recovered - 1);
        expectedNext = 0;
    }

    void replayRecord(byte type, long position, int recordBytes, ByteBuffer payload) {
        long id = payload.getLong();
        byte[] body = new byte[payload.remaining()];
        payload.get(body);
        Operation operation = new Operation(type, id, body);
        assertThat(operation.same(expected.get(expectedNext++)))
                .as("the record that was appended")
                .isTrue();
        if (type == REMOVED) {
            live.remove(id);
        } else {
            Live entry = new Live(body);
            entry.position = position;
            entry.recordBytes = recordBytes;
            live.put(id, entry);
        }
    }

    /** The log has ended: everything completed must be there, and nothing that contradicts what was appended. */
    void endReplay(boolean hadCheckpoint) {
        assertThat(expectedNext).as("the records of the last frame").isEqualTo(expected.size());
        expected = List.of();
        expectedNext = 0;
        if (recovered == 0 && hadCheckpoint) {
            recovered = completed;
        }
        assertThat(recovered).as("completed frames of shard %d", number).isGreaterThanOrEqualTo(completed);
        frames.subList(recovered, frames.size()).clear();
        completed = recovered;
        TreeMap<Long, byte[]> bodies = new TreeMap<>();
        for (List<Operation> frame : frames) {
            for (Operation operation : frame) {
                if (operation.type == REMOVED) {
                    bodies.remove(operation.id);
                } else {
                    bodies.put(operation.id, operation.body);
                }
            }
        }
        assertThat(live.keySet()).as("live bodies of shard %d", number).isEqualTo(bodies.keySet());
        TreeMap<Long, Live> known = new TreeMap<>();
        live.forEach((id, entry) -> {
            Live full = new Live(bodies.get(id));
            full.position = entry.position;
            full.recordBytes = entry.recordBytes;
            known.put(id, full);
        });
        live = known;
    }

    void restoreLive(Journal journal) {
        live.values().forEach(entry -> journal.restoreLive(Position.segmentId(entry.position), entry.recordBytes));
    }

    /** Reads every live body back by position and compares it. */
    void readAll(Journal journal, ManualLoop loop) {
        List<Live> wanted = new ArrayList<>();
        live.values().forEach(entry -> {
            if (entry.position != 0) {
                wanted.add(entry);
            }
        });
        long[] positions = wanted.stream().mapToLong(entry -> entry.position).toArray();
        int[] bytes = wanted.stream().mapToInt(entry -> entry.recordBytes).toArray();
        journal.read(positions, bytes, positions.length, loop, new ReadCallback() {
            @Override
            public void record(int index, byte[] payload) {
                assertThat(Arrays.copyOfRange(payload, 8, payload.length)).isEqualTo(wanted.get(index).body);
            }

            @Override
            public void damaged(int index, JournalDamage damage) {
                // Not on a disk that has stopped.
                if (damage.code() != JournalDamage.Code.UNREADABLE) {
                    throw damage;
                }
            }

            @Override
            public void done() {}
        });
    }

    private @Nullable Long pick(List<Operation> operations) {
        Long id = live.floorKey(1 + random.nextLong(nextId));
        if (id == null || operations.stream().anyMatch(operation -> operation.id == id)) {
            return null;
        }
        return id;
    }

    private void append(Journal journal, List<Operation> operations) {
        frames.add(operations);
        Frame frame = new Frame(number).stamp(frames.size(), 1, completed);
        List<Live> placed = new ArrayList<>();
        List<Runnable> released = new ArrayList<>();
        for (Operation operation : operations) {
            byte[] meta = ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(operation.id)
                    .array();
            frame.add(operation.type, meta, 0, 8, operation.body, 0, operation.body.length, operation.type != REMOVED);
            if (operation.type == STORED) {
                Live entry = new Live(operation.body);
                live.put(operation.id, entry);
                placed.add(entry);
            } else if (operation.type == REMOVED) {
                Live entry = live.remove(operation.id);
                placed.add(null);
                released.add(() -> release(journal, entry));
            } else {
                placed.add(live.get(operation.id));
            }
        }
        frame.onForced(done -> {
            completed++;
            assertThat(done.logIndex()).isEqualTo(completed);
            for (int i = 0; i < placed.size(); i++) {
                Live entry = placed.get(i);
                if (entry != null) {
                    if (entry.position != 0) {
                        release(journal, entry);
                    }
                    entry.position = done.position(i);
                    entry.recordBytes = done.recordBytes(i);
                    entry.relocating = false;
                }
            }
            released.forEach(Runnable::run);
        });
        if (number == 1 || frames.size() % 3 == 0) {
            frame.unhurried();
        }
        journal.append(frame);
    }

    private static void release(Journal journal, Live entry) {
        journal.release(Position.segmentId(entry.position), entry.recordBytes);
    }

    private static final class Listener implements CheckpointListener {
        @Override
        public void ready() {}

        @Override
        public void committed(long bytes) {}

        @Override
        public void failed(Throwable cause) {}
    }
}
