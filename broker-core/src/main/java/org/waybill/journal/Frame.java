package org.waybill.journal;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;

/**
 * What one shard appends at once: records that become durable together or not at all.
 *
 * <p>Filled on the shard's loop, once. After {@link Journal#append} it belongs to the journal until its completion is
 * told; then its positions may be read on that loop. Meta bytes are copied here; body arrays are only referred to and must
 * never change again.
 */
public final class Frame {
    private static final int FIRST_RECORDS = 8;
    private static final int FIRST_META_BYTES = 256;
    private static final int WORDS = 5;
    private static final int META_OFFSET = 0;
    private static final int META_LENGTH = 1;
    private static final int BODY_OFFSET = 2;
    private static final int BODY_LENGTH = 3;
    private static final int OFFSET = 4;

    /** The shard number in the file of frames that the journal writes for itself. */
    static final int OWN = 0xFFFF;

    /** Whose loop is told. */
    final int shard;
    /** What the file says: the shard, or {@link #OWN}. */
    final int writtenShard;

    private long logIndex;
    private long epoch;
    private long commitIndex;

    private byte[] meta = new byte[FIRST_META_BYTES];
    private int metaBytes;
    private int[] words = new int[FIRST_RECORDS * WORDS];
    private byte[] types = new byte[FIRST_RECORDS];
    private byte[] @Nullable [] bodies = new byte[FIRST_RECORDS][];
    private int records;
    private long frameBytes = FrameLayout.HEADER_BYTES;
    private long retainedBytes;
    private @Nullable Completion completion;
    private boolean urgent = true;

    /** Set by the journal's thread when the frame is written; -1 before. */
    private long position = -1;
    /** The next frame of the same batch and lane, for the journal. */
    @Nullable
    Frame next;

    /**
     * An empty frame that has no place in the shard's log, unless it is {@link #stamp}ed.
     *
     * @param shard the shard's number, registered with the journal
     */
    public Frame(int shard) {
        this(shard, shard);
    }

    private Frame(int shard, int writtenShard) {
        this.shard = shard;
        this.writtenShard = writtenShard;
    }

    /** An empty frame that no replay tells; its completion, if any, comes in order with the frames of a shard. */
    static Frame mark(int shard) {
        return new Frame(shard, OWN);
    }

    /**
     * Gives it its place in the shard's log, before it is appended; returns this.
     *
     * @param index the shard's log index, from 1, opaque to the journal; 0 for what concerns this journal alone
     * @param inEpoch the epoch in which it is written, opaque to the journal
     * @param committed the commit index known now, opaque to the journal
     */
    public Frame stamp(long index, long inEpoch, long committed) {
        Invariant.check(position < 0, "a frame is stamped before it is appended");
        logIndex = index;
        epoch = inEpoch;
        commitIndex = committed;
        return this;
    }

    /**
     * Adds a record whose payload is meta followed by body.
     *
     * @param retained whether its bytes count as live in its segment until {@link Journal#release}
     * @return the record's ordinal in this frame, from 0
     */
    public int add(
            byte type,
            byte[] meta,
            int metaOff,
            int metaLen,
            byte @Nullable [] body,
            int bodyOff,
            int bodyLen,
            boolean retained) {
        Invariant.check(position < 0, "a frame is filled before it is appended");
        Invariant.check(body != null || bodyLen == 0, "a record without a body has no body bytes");
        long recordBytes = FrameLayout.recordBytes((long) metaLen + bodyLen);
        Invariant.check(frameBytes + recordBytes <= Integer.MAX_VALUE, "a frame is smaller than 2 GiB");
        grow(metaLen);
        System.arraycopy(meta, metaOff, this.meta, metaBytes, metaLen);
        int ordinal = records++;
        types[ordinal] = type;
        bodies[ordinal] = body;
        int word = ordinal * WORDS;
        words[word + META_OFFSET] = metaBytes;
        metaBytes += metaLen;
        words[word + META_LENGTH] = metaLen;
        words[word + BODY_OFFSET] = bodyOff;
        words[word + BODY_LENGTH] = bodyLen;
        words[word + OFFSET] = (int) frameBytes;
        frameBytes += recordBytes;
        if (retained) {
            retainedBytes += recordBytes;
        }
        return ordinal;
    }

    /** Who is told on the shard's loop once the frame is forced. */
    public void onForced(Completion completion) {
        this.completion = completion;
    }

    /** Nobody waits for this frame: it is written at once, and forced with the next one or a little later. */
    public void unhurried() {
        urgent = false;
    }

    /** Whether somebody waits for this frame. */
    public boolean urgent() {
        return urgent;
    }

    /** The number of records. */
    public int records() {
        return records;
    }

    /** The shard that appends it. */
    public int shard() {
        return shard;
    }

    /** The shard's log index. */
    public long logIndex() {
        return logIndex;
    }

    /** The epoch in which it is written. */
    public long epoch() {
        return epoch;
    }

    long commitIndex() {
        return commitIndex;
    }

    /** What the frame occupies in the journal. */
    public int frameBytes() {
        return (int) frameBytes;
    }

    /** Where a record is; known once the frame is completed. */
    public long position(int ordinal) {
        Invariant.check(position >= 0 && ordinal < records, "a position is known once the frame is forced");
        return position + words[ordinal * WORDS + OFFSET];
    }

    /** Where the next frame may begin, known once the frame is completed; a replay may begin there. */
    public long end() {
        Invariant.check(position >= 0, "a position is known once the frame is forced");
        return position + frameBytes;
    }

    /** Where a frame begins whose first record is at this position; a replay may begin there. */
    public static long beginning(long firstRecordPosition) {
        return firstRecordPosition - FrameLayout.HEADER_BYTES;
    }

    /** What a record with a payload of this length occupies. */
    public static int recordBytesOf(int payloadBytes) {
        return (int) FrameLayout.recordBytes(payloadBytes);
    }

    /** What a record occupies, known at once. */
    public int recordBytes(int ordinal) {
        int word = ordinal * WORDS;
        return (int) FrameLayout.recordBytes((long) words[word + META_LENGTH] + words[word + BODY_LENGTH]);
    }

    /** What its retained records occupy together, all in one segment. */
    public long retainedBytes() {
        return retainedBytes;
    }

    void placedAt(long position) {
        this.position = position;
    }

    void complete() {
        if (completion != null) {
            completion.forced(this);
        }
    }

    /** The type of a record. */
    public byte type(int ordinal) {
        return types[ordinal];
    }

    /** The length of a record's payload: meta and body. */
    public int payloadBytes(int ordinal) {
        int word = ordinal * WORDS;
        return words[word + META_LENGTH] + words[word + BODY_LENGTH];
    }

    /** Copies a record's payload, meta first, to a place in an array. */
    public void copyPayload(int ordinal, byte[] to, int at) {
        System.arraycopy(meta, metaOffset(ordinal), to, at, metaLength(ordinal));
        byte[] body = bodies[ordinal];
        if (body != null) {
            System.arraycopy(body, bodyOffset(ordinal), to, at + metaLength(ordinal), bodyLength(ordinal));
        }
    }

    int metaOffset(int ordinal) {
        return words[ordinal * WORDS + META_OFFSET];
    }

    int metaLength(int ordinal) {
        return words[ordinal * WORDS + META_LENGTH];
    }

    byte[] meta() {
        return meta;
    }

    byte @Nullable [] body(int ordinal) {
        return bodies[ordinal];
    }

    int bodyOffset(int ordinal) {
        return words[ordinal * WORDS + BODY_OFFSET];
    }

    int bodyLength(int ordinal) {
        return words[ordinal * WORDS + BODY_LENGTH];
    }

    private void grow(int metaLen) {
        if (metaBytes + metaLen > meta.length) {
            meta = Arrays.copyOf(meta, Math.max(meta.length * 2, metaBytes + metaLen));
        }
        if (records == types.length) {
            types = Arrays.copyOf(types, records * 2);
            bodies = Arrays.copyOf(bodies, records * 2);
            words = Arrays.copyOf(words, words.length * 2);
        }
    }
}
