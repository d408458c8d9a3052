package org.waybill.shard;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.waybill.message.Message;
import org.waybill.queue.Queue;
import org.waybill.spi.Destination;
import org.waybill.spi.NodeKind;
import org.waybill.tx.TransactionId;

/**
 * The records of a shard in the journal. Numbers are {@code var}: LEB128; texts and byte strings are a var length and bytes.
 *
 * <pre>
 *  QUEUE_CREATED  1   var queue, text name
 *  QUEUE_DELETED  2   var queue
 *  STORED         3   u8 bytes of what comes before the message, this one included; 0 if more than 255
 *                     u8 bits 0..3 priority, bit 4 volatile: holds memory's overflow, recovery passes over it,
 *                     bit 5 scheduled: a time follows before which it is not delivered
 *                     var message id, var arrived (epoch ms), var expires (epoch ms, 0 never), scheduled: var due
 *                     (epoch ms), var message format, var count, count x var queue; then the encoded message
 *  RELOCATED      4   as STORED: the record of a message that is moving out of an old segment
 *  COPIED        21   as STORED: the record of a message that came with the state of another node; what refers to it is in the
 *                     checkpoint behind it
 *  REMOVED        5   var queue, var count, var first id, then var difference to the id before
 *  COUNTED        6   var queue, var message id, var failed deliveries, var due (epoch ms, 0 at once), bytes annotations
 *                     (none: empty)
 *  PREPARED to CONCLUDED, 10 to 13: see {@link TransactionEvents}; BRANCH_PREPARED to BRANCH_FORGOTTEN, 15 to 18: see
 *  {@link BranchEvents}
 *  DUPLICATE     14   u8 0 of a queue, 1 of a topic, text name, text duplicate id of a durable message of the same frame,
 *                     u8 1 if a transaction follows that is not decided
 *  PRODUCED      19   u64, u64 producer id, var epoch, var first number, var last - first: durable messages of this
 *                     producer in this frame, var stored (epoch ms), u8 1 if a transaction follows that is not decided
 *  DEPARTED, RETURNED and ARRIVED, 22 to 24: see {@link MoveEvents}
 *  PLACE         25   see {@link Places}
 *  TOPIC_CREATED  7   text name
 *  TOPIC_DELETED  8   text name
 *  SUBSCRIBED     9   var queue, which the durable subscription fills
 *                     u8 bit 0 shared, bit 1 noLocal, bit 2 a client id follows, bit 3 a selector follows
 *                     text name, text address (a topic or a pattern), text container id of its maker,
 *                     text client id, text selector; deleted as QUEUE_DELETED
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
    static final byte DUPLICATE = 14;
    static final byte BRANCH_PREPARED = 15;
    static final byte BRANCH_ENDED = 16;
    static final byte BRANCH_DECIDED = 17;
    static final byte BRANCH_FORGOTTEN = 18;
    static final byte PRODUCED = 19;
    static final byte TOPIC_CREATED = 7;
    static final byte TOPIC_DELETED = 8;
    static final byte SUBSCRIBED = 9;
    static final byte COPIED = 21;
    static final byte DEPARTED = 22;
    static final byte RETURNED = 23;
    static final byte ARRIVED = 24;
    static final byte PLACE = 25;

    private static final int PRIORITY = 0x0F;
    private static final int VOLATILE = 0x10;
    private static final int SCHEDULED = 0x20;
    private static final int MAX_SHORT_HEAD = 255;

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
            case DUPLICATE -> "duplicate";
            case BRANCH_PREPARED -> "branch-prepared";
            case BRANCH_ENDED -> "branch-ended";
            case BRANCH_DECIDED -> "branch-decided";
            case BRANCH_FORGOTTEN -> "branch-forgotten";
            case PRODUCED -> "produced";
            case TOPIC_CREATED -> "topic-created";
            case TOPIC_DELETED -> "topic-deleted";
            case SUBSCRIBED -> "subscribed";
            case COPIED -> "copied";
            case DEPARTED -> "departed";
            case RETURNED -> "returned";
            case ARRIVED -> "arrived";
            case PLACE -> "place";
            default -> "type " + type;
        };
    }

    /** Writes what comes before a message that goes to one queue. */
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
        beginStored(out, messageId, priority, volatileOne, arrivedMs, expiresMs, dueMs, format);
        endStored(out.putVar(1).putVar(queue));
    }

    /** Writes what comes before a message that goes to several queues: those of the nodes that the log knows. */
    static void stored(
            Bytes out,
            long messageId,
            int priority,
            boolean volatileOne,
            long arrivedMs,
            long expiresMs,
            long dueMs,
            int format,
            List<Node> nodes) {
        beginStored(out, messageId, priority, volatileOne, arrivedMs, expiresMs, dueMs, format);
        int logged = 0;
        for (int i = 0; i < nodes.size(); i++) {
            logged += nodes.get(i).queue.temporary() ? 0 : 1;
        }
        out.putVar(logged);
        for (int i = 0; i < nodes.size(); i++) {
            Queue queue = nodes.get(i).queue;
            if (!queue.temporary()) {
                out.putVar(queue.id());
            }
        }
        endStored(out);
    }

    private static void beginStored(
            Bytes out,
            long messageId,
            int priority,
            boolean volatileOne,
            long arrivedMs,
            long expiresMs,
            long dueMs,
            int format) {
        out.clear().putByte(0).putByte(priority | (volatileOne ? VOLATILE : 0) | (dueMs != 0 ? SCHEDULED : 0));
        out.putVar(messageId).putVar(arrivedMs).putVar(expiresMs);
        if (dueMs != 0) {
            out.putVar(dueMs);
        }
        out.putVar(format & 0xFFFFFFFFL);
    }

    private static void endStored(Bytes out) {
        out.array[0] = (byte) (out.length <= MAX_SHORT_HEAD ? out.length : 0);
    }

    /** Where the message begins in the payload of a STORED or RELOCATED record. */
    static int messageAt(byte[] payload) {
        int length = payload[0] & 0xFF;
        if (length != 0) {
            return length;
        }
        ByteBuffer in = ByteBuffer.wrap(payload);
        Stored.read(in);
        return in.position();
    }

    static void counted(Bytes out, int queue, long messageId, int count, long dueMs, byte @Nullable [] annotations) {
        out.clear().putVar(queue).putVar(messageId).putVar(count).putVar(dueMs);
        if (annotations == null) {
            out.putVar(0);
        } else {
            out.putBytes(annotations);
        }
    }

    static void duplicate(Bytes out, Destination address, String id, @Nullable TransactionId undecided) {
        out.putByte(address.kind() == NodeKind.TOPIC ? 1 : 0)
                .putText(address.name())
                .putText(id)
                .putByte(undecided == null ? 0 : 1);
        if (undecided != null) {
            TransactionEvents.transaction(out, undecided);
        }
    }

    static void duplicate(ByteBuffer in, Duplicates into) {
        NodeKind kind = in.get() == 1 ? NodeKind.TOPIC : NodeKind.QUEUE;
        Destination address = Duplicates.address(kind, Bytes.text(in));
        String id = Bytes.text(in);
        into.remembered(address, id, true, in.get() == 0 ? null : TransactionEvents.transaction(in));
    }

    static void produced(Bytes out, SequenceRun run, long storedMs, @Nullable TransactionId undecided) {
        out.putLong(run.producerId().getMostSignificantBits())
                .putLong(run.producerId().getLeastSignificantBits())
                .putVar(run.epoch())
                .putVar(run.first())
                .putVar(run.last() - run.first())
                .putVar(storedMs)
                .putByte(undecided == null ? 0 : 1);
        if (undecided != null) {
            TransactionEvents.transaction(out, undecided);
        }
    }

    static void produced(ByteBuffer in, Producers into) {
        UUID producer = new UUID(Bytes.long64(in), Bytes.long64(in));
        int epoch = (int) Bytes.var(in);
        long first = Bytes.var(in);
        SequenceRun run = new SequenceRun(producer, epoch, first, first + Bytes.var(in));
        long storedMs = Bytes.var(in);
        if (in.get() == 0) {
            into.found(run, storedMs);
        } else {
            into.promised(run, true, storedMs, TransactionEvents.transaction(in));
        }
    }

    /** What a STORED or RELOCATED record says before its message. */
    record Stored(
            long messageId, int priority, boolean volatileOne, long expiresMs, long dueMs, int format, int[] queues) {
        static Stored read(ByteBuffer in) {
            in.get();
            int flags = in.get();
            long messageId = Bytes.var(in);
            Bytes.var(in);
            long expiresMs = Bytes.var(in);
            long dueMs = (flags & SCHEDULED) != 0 ? Bytes.var(in) : 0;
            int format = (int) Bytes.var(in);
            int[] queues = new int[(int) Bytes.var(in)];
            for (int i = 0; i < queues.length; i++) {
                queues[i] = (int) Bytes.var(in);
            }
            return new Stored(messageId, flags & PRIORITY, (flags & VOLATILE) != 0, expiresMs, dueMs, format, queues);
        }
    }

    /** The message of a STORED or RELOCATED record's payload. */
    static Message message(byte[] payload) {
        Stored head = Stored.read(ByteBuffer.wrap(payload));
        return Message.of(Arrays.copyOfRange(payload, messageAt(payload), payload.length), head.format());
    }
}
