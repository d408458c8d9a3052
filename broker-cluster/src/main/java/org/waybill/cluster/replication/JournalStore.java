package org.waybill.cluster.replication;

import java.util.ArrayDeque;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.io.Loop;
import org.waybill.journal.CheckpointListener;
import org.waybill.journal.CheckpointWriter;
import org.waybill.journal.Frame;
import org.waybill.journal.Journal;

/**
 * A replica's log in its node's journal: an entry is a frame with its index and epoch, a promise a frame with index 0, and
 * everything else that a start must find is in the checkpoint.
 *
 * <p>A checkpoint replays from the first entry that it does not contain, wherever the forced part of the log ends: such an
 * entry has been answered for, and must be found again.
 */
public final class JournalStore implements LogStore {
    /** The type of the record of a promise: epoch, candidate, 8 bytes each. */
    static final byte PROMISE = 98;

    private static final long NOT_YET = -1;
    private static final byte[] NONE = new byte[0];

    /** Where the first record of an entry lies that was not told committed. */
    private static final class Place {
        final long index;
        long position = NOT_YET;

        Place(long index) {
            this.index = index;
        }
    }

    private final Journal journal;
    private final int shard;
    private final Loop loop;
    private final IntPredicate retained;
    private final Rules rules;
    private final ArrayDeque<Place> uncommitted = new ArrayDeque<>();
    private @Nullable Listener listener;
    private long lastTicket;
    /** Where the last entry begins that was forced. */
    private long lastForced;

    private long forcedTicket;
    private boolean telling;
    private boolean writing;

    /**
     * The log of a shard that is registered with its journal.
     *
     * @param loop the shard's loop
     * @param retained the types of records that count as live until the shard releases them
     * @param recovery what found the log at the start
     */
    public JournalStore(Journal journal, int shard, Loop loop, IntPredicate retained, LogRecovery recovery) {
        this(journal, shard, loop, retained, new Rules(), recovery);
    }

    /** For tests that take a rule away. */
    JournalStore(Journal journal, int shard, Loop loop, IntPredicate retained, Rules rules, LogRecovery recovery) {
        this.retained = retained;
        this.rules = rules;
        this.journal = journal;
        this.shard = shard;
        this.loop = loop;
        recovery.forEachEntry((index, position) -> {
            Place place = new Place(index);
            place.position = position;
            uncommitted.addLast(place);
        });
    }

    @Override
    public void listener(Listener listener) {
        this.listener = listener;
    }

    @Override
    public long append(Entry entry, long commitIndex) {
        Frame frame = new Frame(shard).stamp(entry.index(), entry.epoch(), commitIndex);
        entry.addTo(frame, retained);
        return append(entry, frame);
    }

    @Override
    public long append(Entry entry, Frame frame) {
        while (!uncommitted.isEmpty() && uncommitted.peekLast().index >= entry.index()) {
            uncommitted.pollLast();
        }
        Place place = new Place(entry.index());
        uncommitted.addLast(place);
        long ticket = ++lastTicket;
        frame.onForced(done -> {
            place.position = done.position(0);
            lastForced = place.position;
            forced(ticket);
        });
        journal.append(frame);
        return ticket;
    }

    @Override
    public long promise(Promise promise) {
        Frame frame = new Frame(shard).stamp(0, promise.epoch(), 0);
        byte[] payload = new byte[2 * Long.BYTES];
        LogRecovery.view(payload).putLong(promise.epoch()).putLong(promise.candidate());
        frame.add(PROMISE, NONE, 0, 0, payload, 0, payload.length, false);
        long ticket = ++lastTicket;
        frame.onForced(done -> forced(ticket));
        journal.append(frame);
        return ticket;
    }

    @Override
    public long committed(long index) {
        Place place = Invariant.present(uncommitted.pollFirst());
        Invariant.check(place.index == index, "entries are committed one after the other");
        return place.position;
    }

    @Override
    public void checkpoint(Meta meta, Snapshot snapshot, Done done) {
        begin();
        Place first = firstBehind(meta.index());
        // completions of all frames before this position have been handed to this loop before the next task runs
        long forced = journal.forcedPosition();
        loop.execute(() -> {
            long from = first == null || first.position == NOT_YET
                    ? forced
                    : rules.replayFrom(Frame.beginning(first.position), forced);
            new Writing(meta, snapshot, from, done).proceed();
        });
    }

    @Override
    public void install(Meta meta, Snapshot snapshot, Done done) {
        begin();
        install(meta, snapshot, done, journal.forcedPosition());
    }

    /** Its replay position is the end of the log; promises that follow are found behind it. */
    private void install(Meta meta, Snapshot snapshot, Done done, long forcedPosition) {
        if (forcedPosition <= lastForced) {
            // the journal has told us of the force, and has not yet said so to everybody
            loop.execute(() -> install(meta, snapshot, done, journal.forcedPosition()));
            return;
        }
        Done cleared = inForce -> {
            if (inForce) {
                uncommitted.clear();
            }
            done.done(inForce);
        };
        new Writing(meta, snapshot, forcedPosition, cleared).proceed();
    }

    private @Nullable Place firstBehind(long index) {
        for (Place place : uncommitted) {
            if (place.index > index) {
                return place;
            }
        }
        return null;
    }

    private void begin() {
        Invariant.check(!writing, "one checkpoint is written at a time");
        writing = true;
    }

    /** Frames complete one by one, but their batch is one force: it is told once, behind the last of them. */
    private void forced(long ticket) {
        forcedTicket = ticket;
        if (!telling) {
            telling = true;
            loop.execute(this::tell);
        }
    }

    private void tell() {
        telling = false;
        Invariant.present(listener).forced(forcedTicket);
    }

    /** One checkpoint on its way: its pieces as fast as the disk takes them. */
    private final class Writing implements CheckpointListener {
        private final CheckpointWriter writer;
        private final ArrayDeque<byte[]> pieces;
        private final byte[] meta;
        private final long replayFrom;
        private final Done done;

        Writing(Meta meta, Snapshot snapshot, long replayFrom, Done done) {
            this.writer = journal.checkpoint(shard, this);
            this.pieces = new ArrayDeque<>(snapshot.pieces());
            this.meta = LogRecovery.encode(meta);
            this.replayFrom = replayFrom;
            this.done = done;
        }

        void proceed() {
            byte[] piece = pieces.peekFirst();
            while (piece != null && writer.append(piece, 0, piece.length)) {
                pieces.pollFirst();
                piece = pieces.peekFirst();
            }
            if (piece == null) {
                writer.commit(replayFrom, meta);
            }
        }

        @Override
        public void ready() {
            proceed();
        }

        @Override
        public void committed(long bytes) {
            writing = false;
            done.done(true);
        }

        @Override
        public void failed(Throwable cause) {
            writing = false;
            done.done(false);
        }
    }
}
