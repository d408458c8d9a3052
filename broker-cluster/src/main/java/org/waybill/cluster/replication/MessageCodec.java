package org.waybill.cluster.replication;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Messages as bytes, little-endian. Every message begins alike; what follows depends on its type, in the order of the record's
 * components: numbers of 8 bytes (pieces of snapshots: 4), choices and flags of one.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+-------------------------------+
 * |   version: 1  |     type      |             shard             |  0
 * +---------------+---------------+-------------------------------+
 * |             CRC32C of everything that follows                 |  4
 * +---------------------------------------------------------------+
 * |                         to: member                            |  8
 * |                                                               |
 * +---------------------------------------------------------------+
 * |                        from: member                           | 16
 * |                                                               |
 * +---------------------------------------------------------------+
 * |                           epoch                               | 24
 * |                                                               |
 * +---------------------------------------------------------------+
 *
 * +---------------------------------------------------------------+
 * |                           count                               |  0  entries
 * +---------------------------------------------------------------+
 * |                           epoch                               |  4  each; its index follows from the previous one
 * |                                                               |
 * +---------------------------------------------------------------+
 * |                          length                               | 12
 * +---------------------------------------------------------------+
 * |                       records, see Entry                      | 16
 * +---------------------------------------------------------------+
 * </pre>
 *
 * The checksum is there from end to end: a leader's memory, a network card or a proxy must not become everybody's log. A
 * message that is not whole, or of another version, is refused with {@link IllegalArgumentException}, and the link that brought
 * it is closed by its owner. For one thread.
 */
public final class MessageCodec {
    /** The version written. */
    public static final byte VERSION = 1;

    private static final int HEADER_BYTES = 32;
    private static final int CRC_AT = 4;
    private static final int SUMMED_FROM = 8;
    private static final int TO_AT = 8;

    private static final byte PROMISE_REQUEST = 1;
    private static final byte PROMISE_REPLY = 2;
    private static final byte APPEND = 3;
    private static final byte APPEND_REPLY = 4;
    private static final byte SNAPSHOT_OFFER = 5;
    private static final byte FETCH = 6;
    private static final byte FETCH_REPLY = 7;
    private static final byte SNAPSHOT_REQUEST = 8;
    private static final byte SNAPSHOT_PIECE = 9;
    private static final byte HAND_OVER = 10;
    private static final byte JOIN = 11;

    private static final byte FORCED = 1;
    private static final byte MISMATCH = 2;
    private static final byte OUTDATED = 3;
    private static final byte INSTALLING = 4;
    private static final byte ENTRIES = 5;
    private static final byte SNAPSHOT = 6;
    private static final byte REFUSED = 7;

    private final CRC32C crc = new CRC32C();

    /** The bytes of a message for a member of a shard. */
    public byte[] encode(int shard, long to, Message message) {
        ByteBuffer out = ByteBuffer.allocate(size(message)).order(ByteOrder.LITTLE_ENDIAN);
        out.put(VERSION).put(type(message)).putShort((short) shard).putInt(0);
        out.putLong(to).putLong(message.from()).putLong(message.epoch());
        body(out, message);
        crc.reset();
        crc.update(out.array(), SUMMED_FROM, out.capacity() - SUMMED_FROM);
        out.putInt(CRC_AT, (int) crc.getValue());
        return out.array();
    }

    /** The shard that a message is for. */
    public static int shard(byte[] bytes) {
        return bytes[2] & 0xFF | (bytes[3] & 0xFF) << 8;
    }

    /** The member that a message is for. */
    public static long to(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(TO_AT);
    }

    /** The message; its entries refer to the array, which must never change from now on. */
    public Message decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        require(bytes.length >= HEADER_BYTES && in.get() == VERSION, "a message of an unknown version");
        byte type = in.get();
        in.getShort();
        crc.reset();
        crc.update(bytes, SUMMED_FROM, bytes.length - SUMMED_FROM);
        require(in.getInt() == (int) crc.getValue(), "a message that is not whole");
        try {
            in.getLong();
            Message message = read(in, type, in.getLong(), in.getLong());
            require(!in.hasRemaining(), "a message longer than its contents");
            return message;
        } catch (BufferUnderflowException tooShort) {
            throw new IllegalArgumentException("a message shorter than its contents", tooShort);
        }
    }

    private static byte type(Message message) {
        if (message instanceof Message.Append) {
            return APPEND;
        } else if (message instanceof Message.AppendReply) {
            return APPEND_REPLY;
        } else if (message instanceof Message.PromiseRequest) {
            return PROMISE_REQUEST;
        } else if (message instanceof Message.PromiseReply) {
            return PROMISE_REPLY;
        } else if (message instanceof Message.SnapshotOffer) {
            return SNAPSHOT_OFFER;
        } else if (message instanceof Message.Fetch) {
            return FETCH;
        } else if (message instanceof Message.FetchReply) {
            return FETCH_REPLY;
        } else if (message instanceof Message.SnapshotRequest) {
            return SNAPSHOT_REQUEST;
        } else if (message instanceof Message.SnapshotPiece) {
            return SNAPSHOT_PIECE;
        }
        return message instanceof Message.HandOver ? HAND_OVER : JOIN;
    }

    private static int size(Message message) {
        int body = 0;
        if (message instanceof Message.Append m) {
            body = 4 * Long.BYTES + size(m.entries());
        } else if (message instanceof Message.AppendReply) {
            body = 3 * Long.BYTES + 1;
        } else if (message instanceof Message.PromiseRequest) {
            body = Long.BYTES + 1;
        } else if (message instanceof Message.PromiseReply) {
            body = 3 * Long.BYTES + 2;
        } else if (message instanceof Message.SnapshotOffer) {
            body = 2 * Long.BYTES;
        } else if (message instanceof Message.Fetch) {
            body = 2 * Long.BYTES;
        } else if (message instanceof Message.FetchReply m) {
            body = 2 * Long.BYTES + 1 + size(m.entries());
        } else if (message instanceof Message.SnapshotRequest) {
            body = Long.BYTES + Integer.BYTES;
        } else if (message instanceof Message.SnapshotPiece m) {
            body = 2 * Long.BYTES
                    + 4 * Integer.BYTES
                    + 1
                    + (m.epochs().length + m.replicas().length) * Long.BYTES
                    + m.bytes().length;
        }
        return HEADER_BYTES + body;
    }

    private static int size(List<Entry> entries) {
        int bytes = Integer.BYTES;
        for (int i = 0; i < entries.size(); i++) {
            bytes += Long.BYTES + Integer.BYTES + entries.get(i).length();
        }
        return bytes;
    }

    private static void body(ByteBuffer out, Message message) {
        if (message instanceof Message.Append m) {
            out.putLong(m.stampNs()).putLong(m.previousIndex()).putLong(m.previousEpoch());
            out.putLong(m.commitIndex());
            entries(out, m.entries());
        } else if (message instanceof Message.AppendReply m) {
            out.putLong(m.stampNs()).put(code(m.result())).putLong(m.index());
            out.putLong(m.otherEpoch());
        } else if (message instanceof Message.PromiseRequest m) {
            out.put(flag(m.trial())).putLong(m.releasedEpoch());
        } else if (message instanceof Message.PromiseReply m) {
            out.put(flag(m.trial())).put(flag(m.granted())).putLong(m.promisedEpoch());
            out.putLong(m.endEpoch()).putLong(m.endIndex());
        } else if (message instanceof Message.SnapshotOffer m) {
            out.putLong(m.stampNs()).putLong(m.index());
        } else if (message instanceof Message.Fetch m) {
            out.putLong(m.previousIndex()).putLong(m.previousEpoch());
        } else if (message instanceof Message.FetchReply m) {
            out.put(code(m.result())).putLong(m.previousIndex()).putLong(m.otherEpoch());
            entries(out, m.entries());
        } else if (message instanceof Message.SnapshotRequest m) {
            out.putLong(m.snapshot()).putInt(m.piece());
        } else if (message instanceof Message.SnapshotPiece m) {
            out.putLong(m.snapshot()).putLong(m.index()).putInt(m.piece()).put(flag(m.last()));
            longs(out, m.epochs());
            longs(out, m.replicas());
            out.putInt(m.bytes().length).put(m.bytes());
        }
    }

    private static Message read(ByteBuffer in, byte type, long from, long epoch) {
        return switch (type) {
            case APPEND -> append(in, from, epoch);
            case APPEND_REPLY -> new Message.AppendReply(
                    from, epoch, in.getLong(), appendResult(in.get()), in.getLong(), in.getLong());
            case PROMISE_REQUEST -> new Message.PromiseRequest(from, epoch, in.get() != 0, in.getLong());
            case PROMISE_REPLY -> new Message.PromiseReply(
                    from, epoch, in.get() != 0, in.get() != 0, in.getLong(), in.getLong(), in.getLong());
            case SNAPSHOT_OFFER -> new Message.SnapshotOffer(from, epoch, in.getLong(), in.getLong());
            case FETCH -> new Message.Fetch(from, epoch, in.getLong(), in.getLong());
            case FETCH_REPLY -> fetchReply(in, from, epoch);
            case SNAPSHOT_REQUEST -> new Message.SnapshotRequest(from, epoch, in.getLong(), in.getInt());
            case SNAPSHOT_PIECE -> snapshotPiece(in, from, epoch);
            case HAND_OVER -> new Message.HandOver(from, epoch);
            case JOIN -> new Message.Join(from, epoch);
            default -> throw new IllegalArgumentException("a message of the unknown type " + type);
        };
    }

    private static Message append(ByteBuffer in, long from, long epoch) {
        long stampNs = in.getLong();
        long previousIndex = in.getLong();
        long previousEpoch = in.getLong();
        long commitIndex = in.getLong();
        return new Message.Append(
                from, epoch, stampNs, previousIndex, previousEpoch, commitIndex, entries(in, previousIndex));
    }

    private static Message fetchReply(ByteBuffer in, long from, long epoch) {
        Message.FetchResult result = fetchResult(in.get());
        long previousIndex = in.getLong();
        return new Message.FetchReply(from, epoch, result, previousIndex, in.getLong(), entries(in, previousIndex));
    }

    private static Message snapshotPiece(ByteBuffer in, long from, long epoch) {
        long snapshot = in.getLong();
        long index = in.getLong();
        int piece = in.getInt();
        boolean last = in.get() != 0;
        return new Message.SnapshotPiece(from, epoch, snapshot, index, piece, last, longs(in), longs(in), bytes(in));
    }

    private static void entries(ByteBuffer out, List<Entry> entries) {
        out.putInt(entries.size());
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            out.putLong(entry.epoch()).putInt(entry.length());
            out.put(entry.array(), entry.offset(), entry.length());
        }
    }

    private static List<Entry> entries(ByteBuffer in, long previousIndex) {
        int count = in.getInt();
        require(count >= 0 && count <= in.remaining() / (Long.BYTES + Integer.BYTES), "a number of entries");
        if (count == 0) {
            return List.of();
        }
        List<Entry> entries = new ArrayList<>(count);
        for (int i = 1; i <= count; i++) {
            long epoch = in.getLong();
            int length = length(in, 1);
            Entry entry = new Entry(previousIndex + i, epoch, in.array(), in.arrayOffset() + in.position(), length);
            require(entry.isWhole(), "an entry whose records do not fill it");
            entries.add(entry);
            in.position(in.position() + length);
        }
        return entries;
    }

    private static void longs(ByteBuffer out, long[] values) {
        out.putInt(values.length);
        for (long value : values) {
            out.putLong(value);
        }
    }

    private static long[] longs(ByteBuffer in) {
        long[] values = new long[length(in, Long.BYTES)];
        for (int i = 0; i < values.length; i++) {
            values[i] = in.getLong();
        }
        return values;
    }

    private static byte[] bytes(ByteBuffer in) {
        byte[] bytes = new byte[length(in, 1)];
        in.get(bytes);
        return bytes;
    }

    private static int length(ByteBuffer in, int unit) {
        int length = in.getInt();
        require(length >= 0 && length <= in.remaining() / unit, "a length");
        return length;
    }

    private static byte flag(boolean value) {
        return (byte) (value ? 1 : 0);
    }

    private static byte code(Message.AppendResult result) {
        return switch (result) {
            case FORCED -> FORCED;
            case MISMATCH -> MISMATCH;
            case OUTDATED -> OUTDATED;
            case INSTALLING -> INSTALLING;
        };
    }

    private static Message.AppendResult appendResult(byte code) {
        return switch (code) {
            case FORCED -> Message.AppendResult.FORCED;
            case MISMATCH -> Message.AppendResult.MISMATCH;
            case OUTDATED -> Message.AppendResult.OUTDATED;
            case INSTALLING -> Message.AppendResult.INSTALLING;
            default -> throw new IllegalArgumentException("refused from another node: an answer to an append");
        };
    }

    private static byte code(Message.FetchResult result) {
        return switch (result) {
            case ENTRIES -> ENTRIES;
            case MISMATCH -> MISMATCH;
            case SNAPSHOT -> SNAPSHOT;
            case REFUSED -> REFUSED;
        };
    }

    private static Message.FetchResult fetchResult(byte code) {
        return switch (code) {
            case ENTRIES -> Message.FetchResult.ENTRIES;
            case MISMATCH -> Message.FetchResult.MISMATCH;
            case SNAPSHOT -> Message.FetchResult.SNAPSHOT;
            case REFUSED -> Message.FetchResult.REFUSED;
            default -> throw new IllegalArgumentException("refused from another node: an answer to a fetch");
        };
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new IllegalArgumentException("refused from another node: " + what);
        }
    }
}
