package org.waybill.shard;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.waybill.message.Message;

/**
 * The records of a shard in the journal. Numbers are {@code var}: LEB128; texts and byte strings are a var length and bytes.
 *
 * <pre>
 *  QUEUE_CREATED  1   var queue, text name
 *  QUEUE_DELETED  2   var queue
 *  STORED         3   u8 bytes of what comes before the message, this one included
 *                     u8 bits 0..3 priority, bit 4 volatile: holds memory's overflow, recovery passes over it,
 *                     bit 5 scheduled: a time follows before which it is not delivered
 *                     var message id, var arrived (epoch ms), var expires (epoch ms, 0 never), scheduled: var due
 *                     (epoch ms), var message format, var count, count x var queue; then the encoded message
 *  RELOCATED      4   as STORED: the record of a message that is moving out of an old segment
 *  REMOVED        5   var queue, var count, var first id, then var difference to the id before
 *  COUNTED        6   var queue, var message id, var failed deliveries, var due (epoch ms, 0 at once), bytes annotations
 *                     (none: empty)
 *  PREPARED to CONCLUDED, 10 to 13: see {@link TransactionEvents}
 * </pre>
 */
public final class Events {
    static final byte QUEUE_CREATED = 1;
    static final byte QUEUE_DELETED = 2;
    static final byte STORED = 3;
    static final byte RELOCATED = 4;
    static final byte REMOVED = 5;
    static final byte COUNTED = 6;
    static final byte PREPARED = 10;
    static final byte DECIDED = 11;
    static final byte FORGOTTEN = 12;
    static final byte CONCLUDED = 13;

    private static final int PRIORITY = 0x0F;
    private static final int VOLATILE = 0x10;
    private static final int SCHEDULED = 0x20;

    private Events() {}

    /** The name of a record type, for people. */
    public static String name(int type) {
        return switch (type) {
            case QUEUE_CREATED -> "queue-created";
            case QUEUE_DELETED -> "queue-deleted";
            case STORED -> "stored";
            case RELOCATED -> "relocated";
            case REMOVED -> "removed";
            case COUNTED -> "counted";
            case PREPARED -> "prepared";
            case DECIDED -> "decided";
            case FORGOTTEN -> "forgotten";
            case CONCLUDED -> "concluded";
            default -> "type " + type;
        };
    }

    static void stored(
            Bytes out,
            long messageId,
            int priority,
            boolean volatileOne,
            long arrivedMs,
            long expiresMs,
            long dueMs,
            int format,
            int queue) {
        out.clear().putByte(0).putByte(priority | (volatileOne ? VOLATILE : 0) | (dueMs != 0 ? SCHEDULED : 0));
        out.putVar(messageId).putVar(arrivedMs).putVar(expiresMs);
        if (dueMs != 0) {
            out.putVar(dueMs);
        }
        out.putVar(format & 0xFFFFFFFFL);
        out.putVar(1).putVar(queue);
        out.array[0] = (byte) out.length;
    }

    static void counted(Bytes out, int queue, long messageId, int count, long dueMs, byte @Nullable [] annotations) {
        out.clear().putVar(queue).putVar(messageId).putVar(count).putVar(dueMs);
        if (annotations == null) {
            out.putVar(0);
        } else {
            out.putBytes(annotations);
        }
    }

    /** What a STORED or RELOCATED record says before its message. */
    record Stored(
            long messageId, int priority, boolean volatileOne, long expiresMs, long dueMs, int format, int queue) {
        static Stored read(ByteBuffer in) {
            in.get();
            int flags = in.get();
            long messageId = Bytes.var(in);
            Bytes.var(in);
            long expiresMs = Bytes.var(in);
            long dueMs = (flags & SCHEDULED) != 0 ? Bytes.var(in) : 0;
            int format = (int) Bytes.var(in);
            Bytes.var(in);
            int queue = (int) Bytes.var(in);
            return new Stored(messageId, flags & PRIORITY, (flags & VOLATILE) != 0, expiresMs, dueMs, format, queue);
        }
    }

    /** The message of a STORED or RELOCATED record's payload. */
    static Message message(byte[] payload) {
        Stored head = Stored.read(ByteBuffer.wrap(payload));
        return Message.of(Arrays.copyOfRange(payload, payload[0] & 0xFF, payload.length), head.format());
    }
}
