package org.waybill.cluster.replication;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.waybill.journal.Frame;

/**
 * One entry of a replicated log: what one turn of a shard recorded, as it travels and as it is kept for followers. In the
 * journal it is a frame with this index and this epoch.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |                      payload length                           |  0  each record
 * +---------------+---------------+-------------------------------+
 * |     type      |                     zero                      |  4
 * +---------------+---------------+-------------------------------+
 * |                          payload                              |  8
 * +---------------------------------------------------------------+
 * </pre>
 *
 * Little-endian. Whether a record is retained is not in it, since the file does not say so either: its type decides. The array
 * may be one that holds more than this entry; it must never change.
 */
public final class Entry {
    /** The type of the record that begins an epoch. */
    public static final byte BARRIER = 96;
    /** The type of the record that names the replicas from here on. */
    public static final byte REPLICAS = 97;

    static final int RECORD_HEADER_BYTES = 8;

    private static final byte[] NONE = new byte[0];

    private final long index;
    private final long epoch;
    private final byte[] array;
    private final int offset;
    private final int length;

    Entry(long index, long epoch, byte[] array, int offset, int length) {
        this.index = index;
        this.epoch = epoch;
        this.array = array;
        this.offset = offset;
        this.length = length;
    }

    /** The entry that a frame with an index is, its records encoded once. */
    static Entry of(Frame frame) {
        int bytes = 0;
        for (int i = 0; i < frame.records(); i++) {
            bytes += RECORD_HEADER_BYTES + frame.payloadBytes(i);
        }
        byte[] array = new byte[bytes];
        ByteBuffer out = ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < frame.records(); i++) {
            int payload = frame.payloadBytes(i);
            out.putInt(payload).putInt(frame.type(i) & 0xFF);
            frame.copyPayload(i, array, out.position());
            out.position(out.position() + payload);
        }
        return new Entry(frame.logIndex(), frame.epoch(), array, 0, bytes);
    }

    /** Its place in the shard's log, from 1. */
    public long index() {
        return index;
    }

    /** The epoch of the leader that wrote it. */
    public long epoch() {
        return epoch;
    }

    /** The bytes of its records. */
    public int length() {
        return length;
    }

    /** Its records, as drawn above, to be read only. */
    public ByteBuffer records() {
        return ByteBuffer.wrap(array, offset, length).slice().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    byte[] array() {
        return array;
    }

    int offset() {
        return offset;
    }

    /** The type of its first record; 0 if it has none. */
    byte type() {
        return length < RECORD_HEADER_BYTES ? 0 : array[offset + Integer.BYTES];
    }

    /** Encodes one record. */
    public static byte[] record(byte type, byte[] payload) {
        return ByteBuffer.allocate(RECORD_HEADER_BYTES + payload.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(payload.length)
                .putInt(type & 0xFF)
                .put(payload)
                .array();
    }

    static byte[] barrier() {
        return record(BARRIER, NONE);
    }

    static byte[] replicas(ReplicaSet set) {
        ByteBuffer payload = ByteBuffer.allocate(set.size() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < set.size(); i++) {
            payload.putLong(set.member(i));
        }
        return record(REPLICAS, payload.array());
    }

    /** The set that it names, or null if it names none. */
    @Nullable
    ReplicaSet replicaSet() {
        if (type() != REPLICAS) {
            return null;
        }
        long[] members = new long[(length - RECORD_HEADER_BYTES) / Long.BYTES];
        ByteBuffer records = records().position(RECORD_HEADER_BYTES);
        for (int i = 0; i < members.length; i++) {
            members[i] = records.getLong();
        }
        return ReplicaSet.of(members);
    }

    /** Whether the records fill the bytes exactly; what a peer sent is checked before it is taken. */
    boolean isWhole() {
        ByteBuffer records = records();
        while (records.remaining() >= RECORD_HEADER_BYTES) {
            int payload = records.getInt();
            records.getInt();
            if (payload < 0 || payload > records.remaining()) {
                return false;
            }
            records.position(records.position() + payload);
        }
        return !records.hasRemaining() && length > 0;
    }

    /** Adds its records to a frame, which refers to this entry's array; the types of which are retained is the shard's affair. */
    void addTo(Frame frame, IntPredicate retained) {
        ByteBuffer records = ByteBuffer.wrap(array, offset, length).order(ByteOrder.LITTLE_ENDIAN);
        while (records.hasRemaining()) {
            int payload = records.getInt();
            byte type = (byte) records.getInt();
            frame.add(type, NONE, 0, 0, array, records.position(), payload, retained.test(type));
            records.position(records.position() + payload);
        }
    }

    @Override
    public String toString() {
        return index + "(" + epoch + ")";
    }
}
