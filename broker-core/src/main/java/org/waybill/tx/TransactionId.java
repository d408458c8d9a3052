package org.waybill.tx;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.UUID;

/**
 * The name of a transaction in the log. Immutable; equal when kind and bytes are.
 *
 * <p>The kind says who gave the name and who decides: the broker for the local transactions of its clients, a transaction manager for
 * branches.
 */
public final class TransactionId {
    /** A local transaction: 16 bytes that the broker chose, decided by the coordinating shard, presumed aborted. */
    public static final byte LOCAL = 1;

    /**
     * A branch: i32 format id, u8 length of the gtrid, gtrid, bqual, as its transaction manager chose them. Decided by that, told
     * to the coordinating shard; rolled back if it never prepared.
     */
    public static final byte BRANCH = 2;

    /** By kind and bytes. */
    public static final Comparator<TransactionId> ORDER = Comparator.<TransactionId>comparingInt(id -> id.kind)
            .thenComparing(id -> id.bytes, Arrays::compareUnsigned);

    private final byte kind;
    private final byte[] bytes;

    /** A name that was found in the log; the array becomes its own. */
    public TransactionId(byte kind, byte[] bytes) {
        this.kind = kind;
        this.bytes = bytes;
    }

    /** A name for a local transaction. */
    public static TransactionId local(UUID unique) {
        return new TransactionId(
                LOCAL,
                ByteBuffer.allocate(2 * Long.BYTES)
                        .putLong(unique.getMostSignificantBits())
                        .putLong(unique.getLeastSignificantBits())
                        .array());
    }

    /** A name for a branch. */
    public static TransactionId branch(int formatId, byte[] gtrid, byte[] bqual) {
        return new TransactionId(
                BRANCH,
                ByteBuffer.allocate(Integer.BYTES + 1 + gtrid.length + bqual.length)
                        .putInt(formatId)
                        .put((byte) gtrid.length)
                        .put(gtrid)
                        .put(bqual)
                        .array());
    }

    /** Who named it. */
    public byte kind() {
        return kind;
    }

    /** Its bytes, which must not be changed. */
    public byte[] bytes() {
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TransactionId id && id.kind == kind && Arrays.equals(id.bytes, bytes);
    }

    @Override
    public int hashCode() {
        return 31 * kind + Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return kind + ":" + HexFormat.of().formatHex(bytes);
    }
}
