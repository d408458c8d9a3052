package org.waybill.shard;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.journal.JournalDamage;
import org.waybill.journal.ReadCallback;
import org.waybill.queue.Block;

/**
 * Gives a shard's state away, with the messages, to somebody who has nothing of it: a stream of bytes, in pieces that are made when they are
 * asked for. On the shard's loop.
 *
 * <pre>
 *  item     u8 kind, u32 length (big-endian), bytes
 *  kinds    1 BODY     var message id, u8 1 if other queues have it too, then a STORED event with its message
 *           2 CHUNK    as {@link Capture} has it; of its entries the bodies came before, their positions say nothing
 *           3 END      var last message id, var last queue id
 * </pre>
 *
 * <p>The state begins with what was committed when this was made; what followed may be in it in part. See {@link Capture}.
 */
public final class StateGiver {
    static final int BODY = 1;
    static final int CHUNK = 2;
    static final int END = 3;

    private static final int MAX_ENTRIES = 256;
    private static final int MAX_BODY_BYTES = 1 << 20;
    /** Before the bytes of an item. */
    static final int HEADER_BYTES = 5;

    private final Shard shard;
    private final Capture capture;
    private final Set<Long> shared = new HashSet<>();
    private Bytes made = new Bytes();
    private int given;
    private @Nullable Receiver waiting;
    private int pieceBytes;
    private boolean reading;
    private boolean gathered;
    private boolean closed;

    /** Told on the shard's loop. */
    public interface Receiver {
        /** The next piece; it is the receiver's. */
        void piece(byte[] bytes, boolean last);

        /** There will be no more: a message cannot be read. */
        void failed();
    }

    /** Begins with what the shard's state is now. */
    public StateGiver(Shard shard) {
        this.shard = shard;
        this.capture = new Capture(shard.state());
    }

    /** Asks for the next piece, of so many bytes at most; once that is there, for another, until the last. */
    public void read(int maxBytes, Receiver receiver) {
        waiting = receiver;
        pieceBytes = maxBytes;
        proceed();
    }

    /** Nobody wants it any more. */
    public void close() {
        closed = true;
        waiting = null;
    }

    private void proceed() {
        while (waiting != null && !reading && !closed) {
            int ready = made.length - given;
            if (ready >= pieceBytes) {
                give(pieceBytes, false);
            } else if (gathered) {
                give(ready, true);
            } else {
                gather();
            }
        }
    }

    private void give(int length, boolean last) {
        Receiver receiver = Invariant.present(waiting);
        byte[] piece = Arrays.copyOfRange(made.array, given, given + length);
        given += length;
        if (given == made.length) {
            made = new Bytes();
            given = 0;
        }
        if (last && shard.commitIndex() < shard.stateIndex()) {
            // what it shows must not become void
            shard.afterCommitOf(shard.stateIndex(), () -> last(receiver, piece));
        } else {
            waiting = null;
            receiver.piece(piece, last);
        }
        if (last) {
            closed = true;
        }
    }

    private void last(Receiver receiver, byte[] piece) {
        if (waiting == receiver) {
            waiting = null;
            receiver.piece(piece, true);
        }
    }

    private void gather() {
        Batch batch = new Batch();
        if (capture.next(MAX_ENTRIES, batch) == 0) {
            State state = shard.state();
            item(END, new Bytes().putVar(state.lastMessageId()).putVar(state.lastQueueId()));
            gathered = true;
        } else if (batch.count > 0) {
            // the others have come with another queue
            batch.chunk = capture.chunk().copy();
            reading = true;
            shard.journal().read(batch.positions, batch.recordBytes, batch.count, shard.loop(), batch);
        } else if (capture.chunk().length > 0) {
            item(CHUNK, capture.chunk());
        }
    }

    private void item(int kind, Bytes content) {
        header(kind, content.length);
        made.putRaw(content);
    }

    private void header(int kind, int length) {
        made.putByte(kind);
        for (int shift = Integer.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            made.putByte(length >>> shift);
        }
    }

    /** Entries of one chunk, whose messages are read back together. */
    private final class Batch implements Capture.Entries, ReadCallback {
        private final long[] ids = new long[MAX_ENTRIES];
        private final boolean[] isShared = new boolean[MAX_ENTRIES];
        private final long[] positions = new long[MAX_ENTRIES];
        private final int[] recordBytes = new int[MAX_ENTRIES];
        private byte[] chunk = Bytes.NONE;
        private int count;
        private int entries;
        private long bytes;
        private boolean failed;

        @Override
        public void entry(Block block, int index) {
            entries++;
            boolean others = block.shared(index) != null;
            long id = block.id(index);
            if (others && !shared.add(id)) {
                return;
            }
            ids[count] = id;
            isShared[count] = others;
            positions[count] = block.position(index);
            recordBytes[count] = block.recordBytes(index);
            bytes += recordBytes[count];
            count++;
        }

        @Override
        public boolean full() {
            return entries >= MAX_ENTRIES || bytes >= MAX_BODY_BYTES;
        }

        @Override
        public void record(int i, byte[] payload) {
            Bytes head = new Bytes().putVar(ids[i]).putByte(isShared[i] ? 1 : 0);
            header(BODY, head.length + payload.length);
            made.putRaw(head).putArray(payload);
        }

        @Override
        public void damaged(int i, JournalDamage damage) {
            failed = true;
        }

        @Override
        public void done() {
            reading = false;
            if (failed) {
                Receiver receiver = waiting;
                close();
                if (receiver != null) {
                    receiver.failed();
                }
                return;
            }
            header(CHUNK, chunk.length);
            made.putArray(chunk);
            proceed();
        }
    }
}
