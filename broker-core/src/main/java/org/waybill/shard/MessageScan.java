package org.waybill.shard;

import java.nio.BufferUnderflowException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.waybill.journal.JournalDamage;
import org.waybill.journal.ReadCallback;
import org.waybill.message.DecodeError;
import org.waybill.message.Message;
import org.waybill.queue.Block;
import org.waybill.queue.MessageProperties;
import org.waybill.queue.Queue;
import org.waybill.spi.Operation.Selection;
import org.waybill.spi.Operation.State;

/**
 * Looks through a queue for messages an administrator has chosen, in their order, a piece at a time, so that no turn is long however
 * many there are. Messages that are not in memory are read back for the moment. What arrives or goes meanwhile may be seen or not.
 */
final class MessageScan {
    private static final int VISITED_PER_TURN = 4_096;
    private static final int MAX_ENTRIES = 256;
    private static final int MAX_BYTES = 1 << 20;

    private final Shard shard;
    private final Queue queue;
    private final Selection which;
    private final boolean showsMessages;
    private final Visitor visitor;
    private final Walk walk;
    private final ArrayDeque<Found> pending = new ArrayDeque<>();
    private int visited;

    /** What a scan finds. Called on the shard's loop. */
    interface Visitor {
        /**
         * One message that was chosen.
         *
         * @param message null when nobody asked to see it, or it cannot be read back
         * @return whether more are wanted
         */
        boolean found(Block block, int index, @Nullable Message message);

        /** No more come. */
        void ended();
    }

    private record Found(Block block, int index, long id) {}

    /** @param showsMessages whether the visitor wants the messages themselves */
    MessageScan(Shard shard, Queue queue, Selection which, boolean showsMessages, Visitor visitor) {
        this.shard = shard;
        this.queue = queue;
        this.which = which;
        this.showsMessages = showsMessages;
        this.visitor = visitor;
        this.walk = which.ids().isEmpty() ? new Walk(queue) : Walk.nowhere();
    }

    void start() {
        for (long id : which.ids()) {
            Block block = queue.lines().find(id);
            if (block != null) {
                note(block, Queue.indexOf(block, id));
            }
        }
        proceed();
    }

    /** Where an entry stands. */
    static State state(Block block, int index) {
        if (block.isAvailable(index)) {
            return State.AVAILABLE;
        }
        if (block.isUndecided(index)) {
            return State.UNDECIDED;
        }
        return block.isWaiting(index) ? State.SCHEDULED : State.ACQUIRED;
    }

    private void note(Block block, int index) {
        visited++;
        if (which.state() == null || which.state() == state(block, index)) {
            pending.addLast(new Found(block, index, block.id(index)));
        }
    }

    private void proceed() {
        while (pending.isEmpty() && !walk.ended() && visited < VISITED_PER_TURN) {
            walk.next(MAX_ENTRIES, this::note);
        }
        if (!pending.isEmpty()) {
            new Piece().load();
        } else if (walk.ended()) {
            visitor.ended();
        } else {
            pause();
        }
    }

    private void pause() {
        visited = 0;
        shard.execute(this::proceed);
    }

    private boolean isChosen(Found found, @Nullable Message message) {
        Block block = found.block;
        int index = found.index;
        if (queue.closed() || !block.isHere(index, found.id)) {
            return false;
        }
        if (which.state() != null && which.state() != state(block, index)) {
            return false;
        }
        return which.selector() == null
                || (message != null
                        && which.selector()
                                .matches(new MessageProperties(
                                        message, block.deliveryCount(index), block.annotations(index), shard.nowMs())));
    }

    /** Messages that are looked at together; those not in memory come with one read from the journal. */
    private final class Piece implements ReadCallback {
        private final List<Found> entries = new ArrayList<>();
        private final List<@Nullable Message> messages = new ArrayList<>();
        private final List<Integer> missing = new ArrayList<>();

        void load() {
            int bytes = 0;
            while (!pending.isEmpty() && entries.size() < MAX_ENTRIES && bytes < MAX_BYTES) {
                Found found = pending.removeFirst();
                if (queue.closed() || !found.block.isHere(found.index, found.id)) {
                    continue;
                }
                Message message = found.block.message(found.index);
                if (message == null && isWanted() && found.block.position(found.index) != Block.NO_POSITION) {
                    missing.add(entries.size());
                    bytes += found.block.recordBytes(found.index);
                }
                entries.add(found);
                messages.add(message);
            }
            if (missing.isEmpty()) {
                show();
            } else {
                read();
            }
        }

        private boolean isWanted() {
            return showsMessages || which.selector() != null;
        }

        private void read() {
            long[] positions = new long[missing.size()];
            int[] recordBytes = new int[missing.size()];
            for (int i = 0; i < positions.length; i++) {
                Found found = entries.get(missing.get(i));
                positions[i] = found.block.position(found.index);
                recordBytes[i] = found.block.recordBytes(found.index);
            }
            shard.journal().read(positions, recordBytes, positions.length, shard.loop(), this);
        }

        @Override
        public void record(int i, byte[] payload) {
            try {
                messages.set(missing.get(i), Events.message(payload));
            } catch (DecodeError | IllegalArgumentException | BufferUnderflowException malformed) {
                // it is shown without what it says
                messages.set(missing.get(i), null);
            }
        }

        @Override
        public void damaged(int i, JournalDamage damage) {
            messages.set(missing.get(i), null);
        }

        @Override
        public void done() {
            shard.execute(this::show);
        }

        private void show() {
            for (int i = 0; i < entries.size(); i++) {
                Found found = entries.get(i);
                Message message = messages.get(i);
                if (isChosen(found, message) && !visitor.found(found.block, found.index, message)) {
                    pending.clear();
                    visitor.ended();
                    return;
                }
            }
            pause();
        }
    }
}
