package org.waybill.queue;

import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.message.Annotations;
import org.waybill.message.DecodeError;
import org.waybill.message.Message;
import org.waybill.message.Outcome;

/**
 * One queue: its entries in order, its consumers, and the rule who gets what.
 *
 * <p>On its shard's loop only. State that the log keeps changes in {@link #store}, {@link #remove}, {@link #count} and {@link
 * #delay} alone, which live work and recovery both call; who holds which delivery is not kept.
 *
 * <pre>
 *              store            hand out              accepted, rejected
 *  (nothing) --------> AVAILABLE --------> ACQUIRED ----------------------> REMOVED
 *     |                  ^  |                 |                              ^
 *     |                  |  | expired, purged | released, modified           |
 *     |                  |  +-----------------|------------------------------+
 *     | store, scheduled +--------------------+   (to its old place)         |
 *     |                  ^                    | modified, with a delay       |
 *     +---> WAITING -----+ <------------------+                              |
 *              |      makeAvailable           expired, cancelled             |
 *              +-------------------------------------------------------------+
 * </pre>
 */
public final class Queue {
    static final int PRIORITIES = 10;

    private final int id;
    private final String name;
    private final boolean temporary;
    private final int maxDeliveries;
    private final Facts facts;
    private final ReadAhead readAhead;
    private final Schedule schedule;
    private final Dispatcher dispatcher;
    private @Nullable LastValues lastValues;
    private final @Nullable Line[] lines = new @Nullable Line[PRIORITIES];
    private int uncommitted;
    private int turnSlot;
    private boolean awake;
    private boolean closed;
    private long visibleId;
    private long live;
    private long liveBytes;
    private long held;
    private long waiting;
    private long enqueued;
    private long dequeued;
    private long expired;

    /**
     * A queue without entries.
     *
     * @param id its number within the shard, as events name it
     * @param temporary whether it dies with the session that made it and is never logged
     * @param maxDeliveries after how many failed deliveries a message is undeliverable; 0 for never
     */
    public Queue(int id, String name, boolean temporary, int maxDeliveries, Facts facts) {
        this(id, name, temporary, maxDeliveries, facts, Front.MOST_ASIDE);
    }

    /** As the other, with fewer entries that may be named in backlogs: see {@link Front}. */
    Queue(int id, String name, boolean temporary, int maxDeliveries, Facts facts, int mostAside) {
        this.id = id;
        this.name = name;
        this.temporary = temporary;
        this.maxDeliveries = maxDeliveries;
        this.facts = facts;
        this.readAhead = new ReadAhead(this, facts);
        this.schedule = new Schedule(this, facts);
        this.dispatcher = new Dispatcher(this, facts, readAhead, mostAside);
    }

    /** Its number within the shard. */
    public int id() {
        return id;
    }

    /** Its address. */
    public String name() {
        return name;
    }

    /** Whether it dies with its session. */
    public boolean temporary() {
        return temporary;
    }

    /** Messages in it, handed out or not. */
    public long messages() {
        return live;
    }

    /** Messages in it that are not available yet: their time has not come, or their transaction is not decided. */
    public long waiting() {
        return waiting;
    }

    /** Bytes of the messages in it. */
    public long bytes() {
        return liveBytes;
    }

    /** Messages handed out that have no outcome yet. */
    public long unsettled() {
        return held;
    }

    /** Messages ever stored since the broker's start. */
    public long enqueued() {
        return enqueued;
    }

    /** Messages that left since the broker's start. */
    public long dequeued() {
        return dequeued;
    }

    /** Messages that left because their time was up since the broker's start, to an expiry address or nowhere. */
    public long expired() {
        return expired;
    }

    /** A message of it was stored again only to leave its old place: that is neither a new one nor one that is done. */
    public void countMovedWithin() {
        enqueued--;
        dequeued--;
    }

    /** A message of it has left because its time was up. */
    public void countExpired() {
        expired++;
    }

    /** Its consumers. */
    public int consumerCount() {
        return dispatcher.consumerCount();
    }

    // ---- what the log keeps

    /**
     * Appends an entry; its id is higher than all before.
     *
     * @param message null when only the journal has it
     * @return the block whose last entry it is
     */
    public Block store(
            long messageId, int priority, @Nullable Message message, int bytes, boolean logged, long expiresAtMs) {
        Line line = lines[priority];
        if (line == null) {
            line = new Line(this, priority);
            lines[priority] = line;
        }
        Block block = line.append(messageId, message, bytes, logged, expiresAtMs);
        live++;
        liveBytes += bytes;
        enqueued++;
        if (message != null) {
            facts.resident(message.size());
        }
        if (expiresAtMs != 0) {
            facts.times().note(block, expiresAtMs);
        }
        return block;
    }

    /** As the other, for a body that several queues refer to; whoever made that has counted it. */
    public Block store(
            long messageId, int priority, SharedRecord body, boolean logged, long expiresAtMs, long dueAtMs) {
        Block block = store(messageId, priority, null, body.recordBytes(), logged, expiresAtMs, dueAtMs);
        block.share(body);
        return block;
    }

    /**
     * Appends an entry as the other does.
     *
     * @param dueAtMs until when it waits, in epoch milliseconds; 0 for not at all
     */
    public Block store(
            long messageId,
            int priority,
            @Nullable Message message,
            int bytes,
            boolean logged,
            long expiresAtMs,
            long dueAtMs) {
        Block block = store(messageId, priority, message, bytes, logged, expiresAtMs);
        if (dueAtMs != 0) {
            delay(block, block.lastIndex(), dueAtMs);
            block.schedule(block.lastIndex());
        }
        return block;
    }

    /**
     * A waiting entry is available from now on, at its place; one that cannot be read back stays held, and one whose transaction is
     * not decided waits for that alone.
     */
    public void makeAvailable(Block block, int index) {
        if (block.isWaiting(index)) {
            block.dueAtMs(index, 0);
            if (block.isUndecided(index)) {
                return;
            }
            hold(block, index);
            giveBack(block, index);
        }
    }

    /**
     * A live entry waits at its place until a time in epoch milliseconds, or until it expires if that is earlier; with 0 until
     * it is made available.
     */
    public void delay(Block block, int index, long dueAtMs) {
        long expiresAtMs = block.expiresAtMs(index);
        putOff(block, index, expiresAtMs == 0 ? dueAtMs : Math.min(dueAtMs, expiresAtMs));
    }

    /** As {@link #delay}, even beyond the time at which it expires: what could not be done with it is tried again then. */
    public void putOff(Block block, int index, long untilMs) {
        waiting += block.isWaiting(index) ? 0 : 1;
        block.await(index, untilMs);
        if (untilMs != 0) {
            facts.times().note(block, untilMs);
        }
    }

    /** An available or waiting entry is held by nobody's consumer, but for a decision. */
    void hold(Block block, int index) {
        waiting -= block.isWaiting(index) ? 1 : 0;
        block.dueAtMs(index, 0);
        block.acquire(index);
    }

    /** Keeps an available or waiting entry back until its transaction is decided: {@link #decided} or {@link #discard}. */
    public void undecided(Block block, int index) {
        if (!block.isWaiting(index)) {
            delay(block, index, 0);
        }
        block.undecided(index);
    }

    /** The transaction of an entry that was kept back is committed: it waits for its time, if that has not come, and no longer. */
    public void decided(Block block, int index) {
        block.decided(index);
        if (block.dueAtMs(index) == 0) {
            makeAvailable(block, index);
        }
    }

    /** The transaction of an entry that was kept back is rolled back: it is removed. */
    public void discard(Block block, int index) {
        facts.removed(this, block, index);
    }

    /** Removes a live entry. */
    public void remove(Block block, int index) {
        waiting -= block.isWaiting(index) ? 1 : 0;
        int bytes = block.recordBytes(index);
        leaveMemory(block, index);
        dispatcher.forget(block.id(index));
        if (lastValues != null) {
            lastValues.forget(block.id(index));
        }
        block.remove(index);
        live--;
        liveBytes -= bytes;
        dequeued++;
        if (block.live == 0) {
            block.line.emptied(block);
        }
    }

    private void leaveMemory(Block block, int index) {
        Message message = block.message(index);
        if (message != null && block.ownsBody(index)) {
            facts.resident(-message.size());
        }
    }

    /** Sets how often an entry failed, and what annotates it. */
    public void count(Block block, int index, int deliveryCount, byte @Nullable [] annotations) {
        block.deliveryCount(index, deliveryCount);
        if (annotations != null) {
            block.annotations(index, annotations);
        }
    }

    /** Finds a live entry by its id. */
    public @Nullable Block find(long messageId) {
        for (Line line : lines) {
            Block block = line == null ? null : line.blockOf(messageId);
            if (block != null && block.find(messageId) >= 0) {
                return block;
            }
        }
        return null;
    }

    /** The highest id a line has held, or 0. */
    public long lastId(int priority) {
        Line line = lines[priority];
        return line == null ? 0 : line.lastId();
    }

    /** The index of an id in the block that {@link #find} gave. */
    public static int indexOf(Block block, long messageId) {
        return block.find(messageId);
    }

    @Nullable
    Line line(int priority) {
        return lines[priority];
    }

    /** A block without live entries has left its line. */
    void blockLeft(Block block) {
        facts.times().forget(block);
    }

    void cursorsLeave(Block left, Block to) {
        dispatcher.leave(left, to);
        if (lastValues != null) {
            lastValues.leave(left, to);
        }
    }

    // ---- consumers

    /** Keeps of every value of an application property the newest message alone. Called before there are messages. */
    public void keepLastValues(String property) {
        lastValues = new LastValues(this, facts, property);
    }

    /** The newest entry of a block was stored in a live turn. */
    public void arrived(Block block, Message message) {
        if (lastValues != null) {
            lastValues.stored(block, block.lastIndex(), message);
        }
    }

    /** One consumer at a time gets everything, the others stand by. Called before there are consumers. */
    public void makeExclusive() {
        dispatcher.makeExclusive();
    }

    /** Adds a consumer. */
    public void attach(QueueConsumer consumer) {
        dispatcher.attach(consumer);
    }

    /** Ends a consumer that was lost; what it holds gets its default outcome. */
    public void detach(QueueConsumer consumer) {
        detach(consumer, consumer.defaultOutcome);
    }

    /**
     * Ends a consumer whose client says so. Such a client has stated what it failed on: what it holds besides was prefetched and never
     * seen, and must not count as failed, or a few restarts of an application would send its whole backlog to the dead letters.
     */
    public void leave(QueueConsumer consumer) {
        boolean handsBack = consumer.defaultOutcome instanceof Outcome.Modified;
        detach(consumer, handsBack ? Outcome.RELEASED : consumer.defaultOutcome);
    }

    private void detach(QueueConsumer consumer, Outcome outcome) {
        if (!consumer.closed) {
            settle(consumer, consumer.unsettled.base(), consumer.unsettled.next() - 1, outcome);
            dispatcher.detach(consumer);
        }
    }

    /** States a consumer's credit; see {@link org.waybill.spi.Consumer#credit}. */
    public void credit(QueueConsumer consumer, long limitToken, boolean drain) {
        dispatcher.credit(consumer, limitToken, drain, visibleId);
    }

    /** Bytes of a consumer left for its client. */
    public void consumed(QueueConsumer consumer, long bytes) {
        dispatcher.consumed(consumer, bytes);
    }

    /** Hands out what can be. */
    public void dispatch(long nowMs) {
        if (lastValues != null) {
            lastValues.reveal(visibleId);
            Cursor unread = lastValues.learn(visibleId);
            if (unread != null) {
                readAhead.from(Invariant.present(unread.block), unread.index, visibleId);
                return;
            }
        }
        dispatcher.dispatch(visibleId, nowMs);
    }

    /** Makes entries up to this id available: they are as durable as they must be. */
    public void reveal(long id) {
        if (id > visibleId) {
            visibleId = id;
            facts.wake(this);
        }
    }

    /** Whether its shard has been asked to call {@link #dispatch}; kept here for the shard. */
    public boolean awake() {
        return awake;
    }

    /** See {@link #awake()}. */
    public void awake(boolean asked) {
        awake = asked;
    }

    /** Whether it was deleted. */
    public boolean closed() {
        return closed;
    }

    /** It was deleted: its messages are gone, and what is still under way for it changes nothing. */
    public void close() {
        forEachLive((block, index) -> {
            leaveMemory(block, index);
            block.remove(index);
        });
        closed = true;
        for (Line line : lines) {
            for (Block block = line == null ? null : line.first; block != null; block = block.next) {
                facts.times().forget(block);
            }
        }
        dispatcher.close();
    }

    /** Turns not yet committed that will reveal entries of it: until they are, what comes behind stays invisible too. */
    public int uncommitted() {
        return uncommitted;
    }

    /** Notes a turn that will reveal entries (positive) or has (negative). */
    public void uncommitted(int change) {
        uncommitted += change;
    }

    /** Where the turn that stored in it last has its row; kept here for the turn, which checks it. */
    public int turnSlot() {
        return turnSlot;
    }

    /** See {@link #turnSlot()}. */
    public void turnSlot(int slot) {
        turnSlot = slot;
    }

    /** Everything up to this id was found in the log: it is visible, and nothing counts as done since the start. */
    public void recovered(long lastId) {
        visibleId = lastId;
        enqueued = 0;
        dequeued = 0;
    }

    // ---- outcomes

    /** States the outcome of what a consumer holds in a range of tokens. */
    public void settle(QueueConsumer consumer, long firstToken, long lastToken, Outcome outcome) {
        Unsettled unsettled = consumer.unsettled;
        long last = Math.min(lastToken, unsettled.next() - 1);
        boolean spanned = consumer.holdsBack();
        for (long token = Math.max(firstToken, unsettled.base()); token <= last; token++) {
            Block block = unsettled.block(token);
            if (block != null) {
                int index = unsettled.index(token);
                unsettled.remove(token);
                held--;
                conclude(consumer, block, index, outcome);
            }
        }
        if (spanned) {
            dispatcher.enlist(consumer);
        }
    }

    /** Takes deliveries away from a consumer without an outcome: whoever gets them calls {@link #concludeTaken} later. */
    public void take(QueueConsumer consumer, long firstToken, long lastToken, DeliveryVisitor taker) {
        Unsettled unsettled = consumer.unsettled;
        long last = Math.min(lastToken, unsettled.next() - 1);
        for (long token = Math.max(firstToken, unsettled.base()); token <= last; token++) {
            Block block = unsettled.block(token);
            if (block != null) {
                int index = unsettled.index(token);
                unsettled.remove(token);
                consumer.taken++;
                taker.visit(token, block, index);
            }
        }
        dispatcher.enlist(consumer);
    }

    /** Holds a live entry whose consumer is gone, for a transaction that was found undecided: {@link #concludeTaken} follows. */
    public void take(Block block, int index) {
        hold(block, index);
        held++;
    }

    /** Gives an outcome to a delivery that was taken away from its consumer, which is null when it is gone. */
    public void concludeTaken(@Nullable QueueConsumer consumer, Block block, int index, Outcome outcome) {
        held--;
        if (consumer != null) {
            consumer.taken--;
        }
        if (!closed) {
            conclude(consumer, block, index, outcome);
        }
    }

    private void conclude(@Nullable QueueConsumer consumer, Block block, int index, Outcome outcome) {
        if (consumer != null && consumer.browse) {
            return;
        }
        long messageId = block.id(index);
        decide(consumer, block, index, outcome);
        dispatcher.concluded(messageId);
    }

    private void decide(@Nullable QueueConsumer consumer, Block block, int index, Outcome outcome) {
        if (outcome instanceof Outcome.Accepted) {
            facts.removed(this, block, index);
        } else if (outcome instanceof Outcome.Rejected rejected) {
            facts.undeliverable(this, block, index, reason(rejected));
        } else if (outcome instanceof Outcome.Modified modified) {
            modify(consumer, block, index, modified);
            int failures = block.deliveryCount(index);
            if (modified.deliveryFailed() && isTooMany(failures)) {
                facts.undeliverable(this, block, index, "failed " + failures + " times");
            } else if (block.dueAtMs(index) != 0) {
                delay(block, index, block.dueAtMs(index));
            } else {
                giveBack(block, index);
            }
        } else {
            giveBack(block, index);
        }
    }

    private boolean isTooMany(int failures) {
        return maxDeliveries > 0 && failures >= maxDeliveries;
    }

    private static String reason(Outcome.Rejected rejected) {
        String condition = rejected.condition() == null ? "rejected" : "rejected: " + rejected.condition();
        return rejected.description() == null ? condition : condition + ": " + rejected.description();
    }

    private void modify(@Nullable QueueConsumer consumer, Block block, int index, Outcome.Modified modified) {
        byte[] annotations = null;
        if (modified.annotations() != null) {
            annotations = annotate(block, index, modified.annotations());
        }
        if (modified.deliveryFailed() || annotations != null) {
            int failures = block.deliveryCount(index) + (modified.deliveryFailed() ? 1 : 0);
            count(block, index, failures, annotations);
            if (modified.deliveryFailed() && !isTooMany(failures)) {
                block.dueAtMs(index, facts.retryAtMs(this, failures));
            }
            facts.counted(this, block, index);
        }
        if (modified.undeliverableHere() && consumer != null && !consumer.closed) {
            dispatcher.refuse(consumer, block.id(index));
        }
    }

    private static byte @Nullable [] annotate(Block block, int index, byte[] changes) {
        byte[] base = block.annotations(index);
        Message message = block.message(index);
        try {
            return Annotations.merge(base == null && message != null ? message.annotations() : base, changes);
        } catch (DecodeError malformed) {
            return null;
        }
    }

    /** Makes a held entry available again, at its old place; one that cannot be read back stays held. */
    public void giveBack(Block block, int index) {
        if (!block.isReadable(index)) {
            return;
        }
        if (lastValues != null && lastValues.isReplaced(block, index)) {
            facts.removed(this, block, index);
            return;
        }
        block.giveBack(index);
        dispatcher.back(block, index);
        facts.wake(this);
        if (block.expiresAtMs(index) != 0) {
            facts.times().note(block, block.expiresAtMs(index));
        }
    }

    /** A consumer got an entry that it must settle. */
    void held(Block block, int index, Message message) {
        held++;
        shed(block, index, message);
    }

    // ---- bodies

    /** Lets a message leave memory when there is too little and the journal has it. */
    void shed(Block block, int index, Message message) {
        if (!facts.memoryFull() || block.position(index) == Block.NO_POSITION) {
            return;
        }
        SharedRecord record = block.shared(index);
        if (record == null) {
            block.message(index, null);
            facts.resident(-message.size());
        } else {
            facts.shedLater(record);
        }
    }

    /** As {@link #shed(Block, int, Message)}, for an entry whose message may be gone already. */
    public void shed(Block block, int index) {
        Message message = block.message(index);
        if (message != null) {
            shed(block, index, message);
        }
    }

    /** A message was read back; a null one cannot be. */
    public void loaded(Block block, int index, long messageId, @Nullable Message message, String why) {
        if (closed || !block.isHere(index, messageId)) {
            return;
        }
        if (message == null) {
            // the cleaner tries again and again; one word about it is enough
            if (block.isReadable(index)) {
                block.spoil(index);
                if (block.isAvailable(index)) {
                    block.acquire(index);
                }
                facts.unreadable(this, block, index, why);
            }
        } else if (block.message(index) == null) {
            block.message(index, message);
            facts.resident(message.size());
        }
    }

    /** All messages asked for with one read have been answered. */
    public void readDone() {
        readAhead.done();
        facts.wake(this);
    }

    // ---- time

    /** Looks through a block that {@link TimeIndex#poll} gave: what has expired goes, what is due becomes available. */
    public void timePassed(Block block, long nowMs) {
        schedule.timePassed(block, nowMs, visibleId);
    }

    /** Lets an entry that nobody holds go if its time is up; returns whether it was. */
    boolean expireIfDue(Block block, int index, long nowMs) {
        long expiresAtMs = block.expiresAtMs(index);
        if (expiresAtMs == 0 || expiresAtMs > nowMs) {
            return false;
        }
        hold(block, index);
        facts.expired(this, block, index);
        return true;
    }

    // ---- administration

    /** Removes what nobody holds, scheduled messages included; returns how many. */
    public long purge() {
        long before = live;
        Cursor cursor = new Cursor();
        while (cursor.seek(this, visibleId)) {
            facts.removed(this, Invariant.present(cursor.block), cursor.index);
        }
        if (waiting > 0) {
            forEachLive((block, index) -> cancel(block, index));
        }
        return before - live;
    }

    /** Removes a message that waits for its time; false when there is none of this id, or its time has come. */
    public boolean cancel(long messageId) {
        Block block = find(messageId);
        return block != null && cancel(block, block.find(messageId));
    }

    private boolean cancel(Block block, int index) {
        boolean waits = block.dueAtMs(index) != 0
                && block.isWaiting(index)
                && !block.isUndecided(index)
                && block.id(index) <= visibleId;
        if (waits) {
            facts.removed(this, block, index);
        }
        return waits;
    }

    /** Whether a live entry is in nobody's hands, be it available or waiting for its time. */
    public boolean isFree(Block block, int index) {
        return block.id(index) <= visibleId
                && (block.isAvailable(index) || (block.isWaiting(index) && !block.isUndecided(index)));
    }

    /**
     * Holds a free entry, which is not handed out until it is removed or {@link #replace}d. It keeps its time.
     *
     * @return whether it was scheduled by its sender
     */
    public boolean withdraw(Block block, int index) {
        boolean scheduled = block.isScheduled(index);
        waiting -= block.isWaiting(index) ? 1 : 0;
        block.acquire(index);
        return scheduled;
    }

    /** Undoes {@link #withdraw}, which told whether the entry was scheduled. */
    public void replace(Block block, int index, boolean scheduled) {
        long dueAtMs = block.dueAtMs(index);
        if (dueAtMs == 0) {
            giveBack(block, index);
        } else {
            delay(block, index, dueAtMs);
            if (scheduled) {
                block.schedule(index);
            }
        }
    }

    /** Removes the oldest entry of the lowest priority that nobody holds; false when there is none. */
    public boolean dropOldest() {
        Cursor cursor = new Cursor();
        for (int priority = 0; priority < PRIORITIES; priority++) {
            Line line = lines[priority];
            if (line != null && cursor.seekIn(line, visibleId)) {
                facts.removed(this, Invariant.present(cursor.block), cursor.index);
                return true;
            }
        }
        return false;
    }

    /**
     * Visits committed live entries of one priority whose ids lie behind {@code afterId}.
     *
     * @return the id of the last one looked at, or -1 when there are no more
     */
    public long visit(int priority, long afterId, int max, EntryVisitor visitor) {
        Line line = lines[priority];
        Block block = line == null ? null : line.first;
        int seen = 0;
        for (; block != null; block = block.next) {
            if (block.count == 0 || block.id(block.count - 1) <= afterId) {
                continue;
            }
            for (int i = 0; i < block.count; i++) {
                long entry = block.id(i);
                if (entry > visibleId) {
                    return -1;
                }
                if (entry > afterId && block.isLive(i)) {
                    visitor.visit(block, i);
                }
            }
            seen += block.count;
            if (seen >= max) {
                return block.id(block.count - 1);
            }
        }
        return -1;
    }

    /** Visits live entries in order of priority and id, for checkpoints, cleaning and deletion. */
    public void forEachLive(EntryVisitor visitor) {
        for (Line line : lines) {
            for (Block block = line == null ? null : line.first; block != null; ) {
                Block next = block.next;
                for (int i = 0; i < block.count; i++) {
                    if (block.isLive(i)) {
                        visitor.visit(block, i);
                    }
                }
                block = next;
            }
        }
    }

    /** Sees one live entry. */
    @FunctionalInterface
    public interface EntryVisitor {
        /** The entry {@code index} of {@code block}. */
        void visit(Block block, int index);
    }

    /** Sees one delivery of a consumer. */
    @FunctionalInterface
    public interface DeliveryVisitor {
        /** The delivery {@code token}, of the entry {@code index} of {@code block}. */
        void visit(long token, Block block, int index);
    }
}
