package org.waybill.tx;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;

/**
 * The name of a transaction in the log. Immutable; equal when kind and bytes are.
 *
 * <p>The kind says who gave the name and who decides: so far the broker alone, for the local transactions of its clients. Names of
 * other origin have other kinds and any bytes.
 */
public final class TransactionId {
    /** A local transaction: 16 bytes that the broker chose, decided by the coordinating shard, presumed aborted. */
    public static final byte LOCAL = 1;

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
