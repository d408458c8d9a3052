package org.waybill.cluster.replication;

import java.util.ArrayDeque;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.io.Loop;
import org.waybill.journal.Frame;
import org.waybill.journal.Journal;
import org.waybill.journal.Position;

/**
 * A replica's log in its node's journal: an entry is a frame with its index and epoch, a promise a frame with index 0, and
 * everything else that a start must find is in the checkpoint.
 *
 * <p>A checkpoint replays from the first entry that is not committed when it begins, wherever the forced part of the log ends: such
 * an entry has been answered for, and must be found again. What an entry retains of the journal's space belongs to the store until
 * the entry is committed, and to the machine from then on; what is cut away is released here.
 */
public final class JournalStore implements LogStore {
    /** The type of the record of a promise: epoch, candidate, 8 bytes each. */
    static final byte PROMISE = 98;

    /** The type of the record that says whether answers go out from here on for what is not forced: 1 byte, 1 or 0. */
    static final byte VOUCH = 99;

    private static final long NOT_YET = -1;
    private static final byte[] NONE = new byte[0];

    /** Where the first record of an entry lies that was not told committed. */
    private static final class Place {
        final long index;
        final long retainedBytes;
        long position = NOT_YET;
        boolean isCut;

        Place(long index, long retainedBytes) {
            this.index = index;
            this.retainedBytes = retainedBytes;
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
    /** Behind the last frame that was told forced. */
    private long forcedEnd;

    private long forcedTicket;
    private boolean telling;
    /** The last entry that was told committed, and the last that a start knows to be. */
    private long committedIndex;

    private long knownIndex;
    private final ArrayDeque<Dead> dead = new ArrayDeque<>();

    /** Bytes of a segment that may be used again when an entry is known to be committed. */
    private static final class Dead {
        private final long index;
        private final int segment;
        private int bytes;

        Dead(long index, int segment, int bytes) {
            this.index = index;
            this.segment = segment;
            this.bytes = bytes;
        }
    }

    /**
     * The log of a shard that is registered with its journal, which has started.
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
        this.forcedEnd = journal.forcedPosition();
        recovery.forEachUncommitted((index, position, retainedBytes) -> {
            Place place = new Place(index, retainedBytes);
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
            cut(uncommitted.removeLast());
        }
        Place place = new Place(entry.index(), frame.retainedBytes());
        uncommitted.addLast(place);
        long ticket = ++lastTicket;
        long recorded = committedIndex;
        frame.onForced(done -> {
            place.position = done.position(0);
            known(recorded);
            if (place.isCut) {
                release(place);
            }
            forced(done, ticket);
        });
        journal.append(frame);
        return ticket;
    }

    @Override
    public long promise(Promise promise) {
        byte[] payload = new byte[2 * Long.BYTES];
        LogRecovery.view(payload).putLong(promise.epoch()).putLong(promise.candidate());
        return local(PROMISE, payload);
    }

    @Override
    public long vouch(boolean vouches) {
        return local(VOUCH, new byte[] {(byte) (vouches ? 1 : 0)});
    }

    private long local(byte type, byte[] payload) {
        Frame frame = new Frame(shard);
        frame.add(type, NONE, 0, 0, payload, 0, payload.length, false);
        long ticket = ++lastTicket;
        frame.onForced(done -> forced(done, ticket));
        journal.append(frame);
        return ticket;
    }

    @Override
    public long committed(long index) {
        Place place = Invariant.present(uncommitted.pollFirst());
        Invariant.check(place.index == index, "entries are committed one after the other");
        committedIndex = index;
        return place.position;
    }

    @Override
    public void release(int segment, int bytes) {
        Dead last = dead.peekLast();
        if (committedIndex <= knownIndex) {
            journal.release(segment, bytes);
        } else if (last != null && last.index == committedIndex && last.segment == segment) {
            last.bytes += bytes;
        } else {
            dead.addLast(new Dead(committedIndex, segment, bytes));
        }
    }

    /** A frame is forced that says so. */
    private void known(long index) {
        knownIndex = Math.max(knownIndex, index);
        while (!dead.isEmpty() && dead.getFirst().index <= knownIndex) {
            Dead first = dead.removeFirst();
            journal.release(first.segment, first.bytes);
        }
    }

    @Override
    public long replayFrom() {
        Place first = uncommitted.peekFirst();
        long forcedPosition = journal.forcedPosition();
        if (first == null) {
            return forcedPosition;
        }
        long notAfter = first.position == NOT_YET ? forcedEnd : Frame.beginning(first.position);
        return rules.replayFrom(notAfter, forcedPosition);
    }

    @Override
    public long endPosition() {
        // a completion may be told before the journal says to everybody how far it has come
        return Math.max(forcedEnd, journal.forcedPosition());
    }

    @Override
    public void installed() {
        uncommitted.forEach(this::cut);
        uncommitted.clear();
        known(committedIndex);
    }

    private void cut(Place place) {
        place.isCut = true;
        if (place.position != NOT_YET) {
            release(place);
        }
    }

    private void release(Place place) {
        if (place.retainedBytes > 0) {
            journal.release(Position.segmentId(place.position), (int) place.retainedBytes);
        }
    }

    /** Frames complete one by one, but their batch is one force: it is told once, behind the last of them. */
    private void forced(Frame frame, long ticket) {
        forcedEnd = frame.end();
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
}
