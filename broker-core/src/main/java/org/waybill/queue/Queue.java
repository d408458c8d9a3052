package org.waybill.queue;

import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
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
    private final Facts facts;
    private final ReadAhead readAhead;
    private final Schedule schedule;
    private final Dispatcher dispatcher;
    private @Nullable LastValues lastValues;
    private final Lines lines = new Lines(this);
    private final Outcomes outcomes;
    private final Intervention intervention;
    private final Bodies bodies;
    private int uncommitted;
    private int turnSlot;
    private boolean awake;
    private boolean closed;
    private long visibleId;
    private long live;
    private long liveBytes;
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
        this(id, name, temporary, maxDeliveries, facts, Bounds.USUAL);
    }

    /** As the other, with its own bounds. */
    Queue(int id, String name, boolean temporary, int maxDeliveries, Facts facts, Bounds bounds) {
        this.id = id;
        this.name = name;
        this.temporary = temporary;
        this.facts = facts;
        this.readAhead = new ReadAhead(this, facts);
        this.schedule = new Schedule(this, facts);
        this.dispatcher = new Dispatcher(this, facts, readAhead, bounds);
        this.outcomes = new Outcomes(this, facts, dispatcher, maxDeliveries);
        this.intervention = new Intervention(this, facts);
        this.bodies = new Bodies(this, facts);
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

    /** Its entries in their order. */
    public Lines lines() {
        return lines;
    }

    /** What becomes of its deliveries. */
    public Outcomes outcomes() {
        return outcomes;
    }

    /** What is done with it over the heads of its consumers. */
    public Intervention intervention() {
        return intervention;
    }

    /** Which of its messages are in memory. */
    public Bodies bodies() {
        return bodies;
    }

    /** Up to which id its entries are as durable as they must be. */
    long visibleId() {
        return visibleId;
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
        Block block = lines.append(messageId, priority, message, bytes, logged, expiresAtMs);
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
        withdraw(block, index);
        block.dueAtMs(index, 0);
    }

    /** As {@link #hold}, but its time is kept. */
    void withdraw(Block block, int index) {
        waiting -= block.isWaiting(index) ? 1 : 0;
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
        bodies.leave(block, index);
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

    /** Sets how often an entry failed, and what annotates it. */
    public void count(Block block, int index, int deliveryCount, byte @Nullable [] annotations) {
        block.deliveryCount(index, deliveryCount);
        if (annotations != null) {
            block.annotations(index, annotations);
        }
    }

    /** The index of an id in the block that {@link Lines#find} gave. */
    public static int indexOf(Block block, long messageId) {
        return block.find(messageId);
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
            outcomes.settle(consumer, consumer.unsettled.base(), consumer.unsettled.next() - 1, outcome);
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

    /** Hands out what can be; returns whether there is more to look through, to be called again when others have had their turn. */
    public boolean dispatch(long nowMs) {
        if (lastValues != null) {
            lastValues.reveal(visibleId);
            Cursor unread = lastValues.learn(visibleId);
            if (unread != null) {
                readAhead.from(Invariant.present(unread.block), unread.index, visibleId);
                return false;
            }
        }
        return dispatcher.dispatch(visibleId, nowMs);
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
        lines.forEachLive((block, index) -> {
            bodies.leave(block, index);
            block.remove(index);
        });
        closed = true;
        lines.forEachBlock(block -> facts.times().forget(block));
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

    /** All messages asked for with one read have been answered. */
    public void readDone() {
        readAhead.done();
        facts.wake(this);
    }

    // ---- time

    /** What of it is bound to a time. */
    Schedule schedule() {
        return schedule;
    }

    /** Looks through a block that {@link TimeIndex#poll} gave: what has expired goes, what is due becomes available. */
    public void timePassed(Block block, long nowMs) {
        schedule.timePassed(block, nowMs, visibleId);
    }
}
