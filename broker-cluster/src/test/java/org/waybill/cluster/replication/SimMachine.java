package org.waybill.cluster.replication;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.waybill.journal.Frame;

/** A shard that keeps the last operation of each of some keys, and a sum over all that was told it in order. */
final class SimMachine implements Machine {
    static final byte OPERATION = 1;
    private static final int KEYS = 8;

    private final SimNode node;
    private final long[] lastOperations = new long[KEYS];
    private long index;
    private long sum;
    private long lastPosition;
    private @Nullable Snapshot taken;
    private long takenAt = -1;

    SimMachine(SimNode node) {
        this.node = node;
    }

    /** A turn's frame. */
    static Frame operation(byte[] payload) {
        Frame frame = new Frame(SimNode.SHARD);
        frame.add(OPERATION, payload, 0, Long.BYTES, payload, Long.BYTES, payload.length - Long.BYTES, false);
        return frame;
    }

    long index() {
        return index;
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
        if (entry.type() == OPERATION) {
            long operation = records.getLong(Entry.RECORD_HEADER_BYTES);
            lastOperations[(int) (operation % KEYS)] = operation;
        }
        node.history().committed(node, entry, sum, stateSum());
    }

    @Override
    public void leading(long epoch) {
        node.history().leading(node, epoch);
    }

    @Override
    public void deposed() {}

    @Override
    public void restore(Snapshot snapshot) {
        List<byte[]> pieces = snapshot.pieces();
        ByteBuffer first = ByteBuffer.wrap(pieces.get(0));
        index = first.getLong();
        sum = first.getLong();
        for (int key = 0; key < KEYS; key++) {
            lastOperations[key] = ByteBuffer.wrap(pieces.get(key + 1)).getLong();
        }
        node.history().restored(node, index, sum, stateSum());
    }

    @Override
    public Snapshot snapshot() {
        Snapshot present = taken;
        if (present == null || takenAt != index) {
            List<byte[]> pieces = new ArrayList<>();
            pieces.add(ByteBuffer.allocate(16).putLong(index).putLong(sum).array());
            for (long operation : lastOperations) {
                pieces.add(ByteBuffer.allocate(8).putLong(operation).array());
            }
            present = new Snapshot(pieces);
            taken = present;
            takenAt = index;
        }
        return present;
    }

    private long stateSum() {
        long state = 0;
        for (long operation : lastOperations) {
            state = state * 1_000_003 + operation;
        }
        return state;
    }
}
