package org.waybill.shard;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.waybill.config.AddressSettings;
import org.waybill.io.Invariant;
import org.waybill.journal.Frame;
import org.waybill.queue.Block;
import org.waybill.queue.Queue;
import org.waybill.queue.SharedRecord;

/**
 * What one turn of a shard has recorded, and what follows from it once it is committed.
 *
 * <p>The frame holds the events; the rest are effects, carried out by {@link #commit} in the order given there.
 */
final class Turn {
    private static final int FIRST_CAPACITY = 4;

    /** Positions and releases name their segment in the upper half. */
    private static final int SEGMENT_SHIFT = 32;

    private final Shard shard;
    private @Nullable Frame frame;

    private int placed;
    private Queue[] placedQueues = new Queue[FIRST_CAPACITY];
    private Block[] placedBlocks = new Block[FIRST_CAPACITY];
    private int[] placedIndexes = new int[FIRST_CAPACITY];
    private long[] placedIds = new long[FIRST_CAPACITY];
    private long[] placedFormers = new long[FIRST_CAPACITY];
    private int[] ordinals = new int[FIRST_CAPACITY];

    private int shared;
    private SharedRecord[] sharedRecords = new SharedRecord[FIRST_CAPACITY];
    private int[] sharedOrdinals = new int[FIRST_CAPACITY];
    private long[] sharedFormers = new long[FIRST_CAPACITY];

    private int released;
    private long[] releasedPositions = new long[FIRST_CAPACITY];
    private int[] releasedBytes = new int[FIRST_CAPACITY];

    private int revealed;
    private Queue[] revealedQueues = new Queue[FIRST_CAPACITY];
    private long[] revealedIds = new long[FIRST_CAPACITY];

    private final Answers answers = new Answers();

    /** Those that wait for this node's own force alone; null as long as there are none. */
    private @Nullable Answers atForce;

    /** Those that wait until a majority has received the frame, forced or not; null as long as there are none. */
    private @Nullable Answers atReceipt;

    private @Nullable List<Runnable> afterwards;

    Turn(Shard shard) {
        this.shard = shard;
    }

    /** The frame, begun when the first event is recorded. */
    Frame frame() {
        Frame begun = frame;
        if (begun == null) {
            begun = shard.newFrame();
            frame = begun;
        }
        return begun;
    }

    @Nullable
    Frame frameOrNull() {
        return frame;
    }

    /** Whether nothing but the journal's own care follows from its frame: nobody waits for it, and nothing becomes visible by it. */
    boolean unhurried() {
        return answers.empty() && !hasEarly() && revealed == 0 && placed == 0 && shared == 0 && afterwards == null;
    }

    boolean idle() {
        return frame == null && answers.empty() && released == 0 && revealed == 0 && afterwards == null;
    }

    /** Records an event without a message. */
    void record(byte type, Bytes event) {
        frame().add(type, event.array, 0, event.length, null, 0, 0, false);
    }

    /** Records an event with a message; returns its ordinal in the frame. */
    int record(byte type, Bytes event, byte[] body, int from, int length) {
        return frame().add(type, event.array, 0, event.length, body, from, length, true);
    }

    /** The entry whose record has this ordinal learns its position at commit; one that has another already is moved. */
    void place(Queue queue, Block block, int index, int ordinal) {
        if (placed == ordinals.length) {
            int capacity = placed * 4;
            placedQueues = Arrays.copyOf(placedQueues, capacity);
            placedBlocks = Arrays.copyOf(placedBlocks, capacity);
            placedIndexes = Arrays.copyOf(placedIndexes, capacity);
            placedIds = Arrays.copyOf(placedIds, capacity);
            placedFormers = Arrays.copyOf(placedFormers, capacity);
            ordinals = Arrays.copyOf(ordinals, capacity);
        }
        placedQueues[placed] = queue;
        placedBlocks[placed] = block;
        placedIndexes[placed] = index;
        placedIds[placed] = block.id(index);
        placedFormers[placed] = block.position(index);
        ordinals[placed++] = ordinal;
    }

    /** As the other, for a body that several entries refer to. */
    void place(SharedRecord record, int ordinal) {
        if (shared == sharedOrdinals.length) {
            sharedRecords = Arrays.copyOf(sharedRecords, shared * 4);
            sharedOrdinals = Arrays.copyOf(sharedOrdinals, shared * 4);
            sharedFormers = Arrays.copyOf(sharedFormers, shared * 4);
        }
        sharedRecords[shared] = record;
        sharedFormers[shared] = record.position();
        sharedOrdinals[shared++] = ordinal;
    }

    /** The record at this position is dead once this turn is committed. */
    void release(long position, int bytes) {
        if (released == releasedBytes.length) {
            releasedPositions = Arrays.copyOf(releasedPositions, released * 4);
            releasedBytes = Arrays.copyOf(releasedBytes, released * 4);
        }
        releasedPositions[released] = position;
        releasedBytes[released++] = bytes;
    }

    /** Entries up to this id become visible once this turn is committed. */
    void reveal(Queue queue, long id) {
        int slot = queue.turnSlot();
        if (slot < revealed && revealedQueues[slot] == queue) {
            revealedIds[slot] = Math.max(revealedIds[slot], id);
            return;
        }
        if (revealed == revealedIds.length) {
            revealedQueues = Arrays.copyOf(revealedQueues, revealed * 4);
            revealedIds = Arrays.copyOf(revealedIds, revealed * 4);
        }
        queue.turnSlot(revealed);
        queue.uncommitted(1);
        revealedQueues[revealed] = queue;
        revealedIds[revealed++] = id;
    }

    /** Answers that may go out once this turn is committed. */
    Answers answers() {
        return answers;
    }

    /** Answers to those who are content with a level of durability: before the commit, if that comes later, and in it at the latest. */
    Answers answers(AddressSettings.Durability level) {
        return switch (level) {
            case MAJORITY_FORCED -> answers;
            case MAJORITY_IN_MEMORY -> atReceipt();
            case LEADER_FORCED -> atForce();
        };
    }

    private Answers atForce() {
        Answers begun = atForce;
        if (begun == null) {
            begun = new Answers();
            atForce = begun;
        }
        return begun;
    }

    private Answers atReceipt() {
        Answers begun = atReceipt;
        if (begun == null) {
            begun = new Answers();
            atReceipt = begun;
        }
        return begun;
    }

    /** Whether anything follows before the commit. */
    boolean hasEarly() {
        return hasForced() || hasReceived();
    }

    /** Whether anything follows from this node's own force. */
    boolean hasForced() {
        return atForce != null;
    }

    /** Whether anything follows when a majority has received the frame. */
    boolean hasReceived() {
        return atReceipt != null;
    }

    /** Its frame is forced here: sends the answers that wait for no more than that, once. */
    void forced() {
        Answers waiting = atForce;
        if (waiting != null) {
            atForce = null;
            waiting.send();
        }
    }

    /** A majority has received its frame: sends the answers that wait for no more than that, once. */
    void received() {
        Answers waiting = atReceipt;
        if (waiting != null) {
            atReceipt = null;
            waiting.send();
        }
    }

    /** Runs a task once this turn is committed, after its other effects. */
    void afterwards(Runnable task) {
        if (afterwards == null) {
            afterwards = new ArrayList<>(1);
        }
        afterwards.add(task);
    }

    /** Carries out the effects: the frame, if any, is committed, and its positions are known. */
    void commit() {
        place();
        placeShared();
        release();
        shard.strays().close();
        for (int i = 0; i < revealed; i++) {
            revealedQueues[i].uncommitted(-1);
            revealedQueues[i].reveal(revealedIds[i]);
        }
        forced();
        received();
        answers.send();
        if (afterwards != null) {
            afterwards.forEach(Runnable::run);
        }
    }

    private void place() {
        if (placed == 0) {
            return;
        }
        Frame forced = Invariant.present(frame);
        for (int i = 0; i < placed; i++) {
            Block block = placedBlocks[i];
            int index = placedIndexes[i];
            long position = forced.position(ordinals[i]);
            int bytes = forced.recordBytes(ordinals[i]);
            long former = block.position(index);
            if (placedQueues[i].closed() || !block.isHere(index, placedIds[i])) {
                gone(position, placedFormers[i], bytes);
            } else {
                if (former != Block.NO_POSITION) {
                    release(former, bytes);
                }
                block.place(index, position);
            }
        }
    }

    /** A record has no entry any more: that is certain where only what is committed takes effect. */
    private void gone(long position, long former, int bytes) {
        if (shard.isAhead()) {
            shard.strays().add(position, former, bytes);
        } else {
            release(position, bytes);
        }
    }

    private void placeShared() {
        for (int i = 0; i < shared; i++) {
            SharedRecord record = sharedRecords[i];
            long position = Invariant.present(frame).position(sharedOrdinals[i]);
            if (record.references() == 0) {
                gone(position, sharedFormers[i], record.recordBytes());
            } else {
                if (record.position() != Block.NO_POSITION) {
                    release(record.position(), record.recordBytes());
                }
                record.place(position);
            }
        }
    }

    private void release() {
        long run = 0;
        int segment = -1;
        for (int i = 0; i < released; i++) {
            int next = (int) (releasedPositions[i] >>> SEGMENT_SHIFT);
            if (next != segment || run > Integer.MAX_VALUE / 2) {
                shard.release(segment, (int) run);
                segment = next;
                run = 0;
            }
            run += releasedBytes[i];
        }
        shard.release(segment, (int) run);
    }

    /** After the effects: messages this turn stored that are still not handed out may leave memory. */
    void shed() {
        for (int i = 0; i < placed; i++) {
            Block block = placedBlocks[i];
            int index = placedIndexes[i];
            if (!placedQueues[i].closed() && block.isHere(index, placedIds[i])) {
                placedQueues[i].bodies().shed(block, index);
            }
        }
        for (int i = 0; i < shared; i++) {
            sharedRecords[i].shed(shard.storage());
        }
    }
}
