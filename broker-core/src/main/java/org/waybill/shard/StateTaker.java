package org.waybill.shard;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.waybill.journal.Frame;

/**
 * Takes the state that a {@link StateGiver} gives, into a shard that nothing was done with yet: messages are written to this node's journal
 * as they come, and what the queues have is built in memory. Until {@link #commit} is done nothing of it counts, and a crash
 * leaves messages in the journal to which nothing refers. On the shard's loop.
 */
public final class StateTaker {
    private static final int MAX_FRAME_BYTES = 1 << 20;
    private static final int SEGMENT_SHIFT = 32;

    private final Shard shard;
    private final Follower follower;
    private final List<Frame> written = new ArrayList<>();
    private final ArrayDeque<byte[]> items = new ArrayDeque<>();
    private final Map<Long, Integer> ordinals = new HashMap<>();
    private final Map<Long, long[]> places = new HashMap<>();
    private final Map<Long, long[]> shared = new HashMap<>();
    private ByteBuffer in = ByteBuffer.allocate(1 << 16).limit(0);
    private Frame frame;
    private Runnable whenTaken = () -> {};
    private boolean forcing;
    private boolean ended;
    private boolean abandoned;

    /** @param shard with nothing in it; the journal knows its number */
    public StateTaker(Shard shard) {
        this.shard = shard;
        this.follower = new Follower(shard);
        this.frame = new Frame(shard.number());
    }

    /** What goes on with the state once it is in force. */
    public Follower follower() {
        return follower;
    }

    /**
     * Takes a piece.
     *
     * @param taken called when there is room for the next
     * @throws IllegalArgumentException when this is no piece of a state
     */
    public void write(byte[] piece, Runnable taken) {
        append(piece);
        try {
            while (in.remaining() >= StateGiver.HEADER_BYTES) {
                int length = in.getInt(in.position() + 1);
                if (length < 0) {
                    throw new IllegalArgumentException("an item of a state has " + length + " bytes");
                }
                if (in.remaining() < StateGiver.HEADER_BYTES + length) {
                    break;
                }
                byte[] item = new byte[1 + length];
                item[0] = in.get();
                in.getInt();
                in.get(item, 1, length);
                items.addLast(item);
            }
            whenTaken = taken;
            proceed();
        } catch (BufferUnderflowException | NegativeArraySizeException cut) {
            throw new IllegalArgumentException("an item of a state is cut short", cut);
        }
    }

    private void append(byte[] piece) {
        if (in.capacity() - in.limit() < piece.length) {
            ByteBuffer more = ByteBuffer.allocate(Math.max(in.remaining() + piece.length, 1 << 16));
            in = more.put(in).flip();
        }
        int end = in.limit();
        in.limit(end + piece.length);
        in.put(end, piece);
    }

    private void proceed() {
        while (!forcing && !abandoned && !items.isEmpty()) {
            byte[] item = items.getFirst();
            if (item[0] == StateGiver.BODY) {
                items.removeFirst();
                body(item);
                if (frame.frameBytes() > MAX_FRAME_BYTES) {
                    force();
                }
            } else if (frame.records() > 0) {
                // what comes now refers to these
                force();
            } else {
                items.removeFirst();
                take(item);
            }
        }
        if (!forcing && !abandoned) {
            Runnable taken = whenTaken;
            whenTaken = () -> {};
            taken.run();
        }
    }

    private void body(byte[] item) {
        ByteBuffer head = ByteBuffer.wrap(item, 1, item.length - 1);
        long id = Bytes.var(head);
        boolean others = head.get() != 0;
        int from = head.position();
        int ordinal = frame.add(Events.COPIED, item, from, 0, item, from, item.length - from, true);
        ordinals.put(others ? ~id : id, ordinal);
    }

    private void force() {
        forcing = true;
        Frame full = frame;
        frame = new Frame(shard.number());
        Map<Long, Integer> of = new HashMap<>(ordinals);
        ordinals.clear();
        full.onForced(forced -> {
            forcing = false;
            written.add(forced);
            of.forEach((key, ordinal) -> {
                long[] place = {forced.position(ordinal), forced.recordBytes(ordinal)};
                if (key < 0) {
                    shared.put(~key, place);
                } else {
                    places.put(key, place);
                }
            });
            if (abandoned) {
                release();
            } else {
                proceed();
            }
        });
        shard.journal().append(full);
    }

    private void take(byte[] item) {
        ByteBuffer content = ByteBuffer.wrap(item, 1, item.length - 1).slice();
        if (item[0] == StateGiver.END) {
            shard.state().idsUsed(Bytes.var(content), (int) Bytes.var(content));
            ended = true;
        } else if (item[0] == StateGiver.CHUNK) {
            follower.chunk(content.get(0) == Capture.ENTRIES ? placed(content) : content);
        } else {
            throw new IllegalArgumentException("an unknown item of a state: " + item[0]);
        }
    }

    /** The entries with the places that their messages have here. */
    private ByteBuffer placed(ByteBuffer chunk) {
        Bytes out = new Bytes();
        chunk.get();
        long queue = Bytes.var(chunk);
        int priority = chunk.get();
        long count = Bytes.var(chunk);
        out.putByte(Capture.ENTRIES).putVar(queue).putByte(priority).putVar(count);
        for (long i = 0; i < count; i++) {
            long id = Bytes.var(chunk);
            Bytes.var(chunk);
            Bytes.var(chunk);
            long[] place = places.remove(id);
            place = place == null ? shared.get(id) : place;
            if (place == null) {
                throw new IllegalArgumentException("message " + id + " of a state has not come");
            }
            out.putVar(id).putVar(place[0]).putVar(place[1]);
            out.putVar(Bytes.var(chunk)).putVar(Bytes.var(chunk)).putVar(Bytes.var(chunk));
            out.putBytes(Bytes.bytes(chunk));
        }
        return ByteBuffer.wrap(out.copy());
    }

    /**
     * Makes what was taken the shard's checkpoint; all pieces have been taken.
     *
     * @param replayFrom from where a start replays on top of it
     * @param meta what it keeps of the shard's log
     * @param done told whether it is in force; if not, {@link #abandon} is to be called
     */
    public void commit(long replayFrom, byte[] meta, Done done) {
        if (!ended || !items.isEmpty() || frame.records() > 0) {
            done.done(false);
            return;
        }
        shard.log(new Given(replayFrom, meta));
        shard.state().nodes().forEach(node -> node.queue.recovered(shard.state().lastMessageId()));
        Checkpointer checkpointer = new Checkpointer(shard, shard.state());
        checkpointer.begin(() -> done.done(checkpointer.writtenBytes() > 0));
    }

    /** How it ended. */
    public interface Done {
        /** Whether the checkpoint is in force. */
        void done(boolean inForce);
    }

    /** Nothing of it is wanted any more. */
    public void abandon() {
        abandoned = true;
        release();
    }

    private void release() {
        for (Frame each : written) {
            for (int i = 0; i < each.records(); i++) {
                shard.release((int) (each.position(i) >>> SEGMENT_SHIFT), each.recordBytes(i));
            }
        }
        written.clear();
    }

    /** A log of which nothing is known but what was given with the state. */
    private record Given(long replayFrom, byte[] meta) implements ShardLog {
        @Override
        public void append(Frame frame, Runnable committed) {
            throw new IllegalStateException("a state that is being taken records nothing");
        }

        @Override
        public void appendUnhurried(Frame frame, Runnable committed) {
            append(frame, committed);
        }

        @Override
        public long lastIndex() {
            return 0;
        }

        @Override
        public boolean mayAct() {
            return false;
        }

        @Override
        public boolean isBacklogged() {
            return true;
        }
    }
}
