package org.waybill.queue;

import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.message.Outcome;
import org.waybill.selector.Selector;

/** A consumer as its queue sees it: credit, the window, what it holds, and what it is yet to get. On the shard's loop. */
public final class QueueConsumer implements Taker {
    /** Tokens that may lie between the oldest unsettled delivery and the newest. */
    static final int MAX_UNSETTLED_SPAN = 1 << 20;

    final Sink sink;
    final boolean browse;
    final boolean preSettled;
    final Outcome defaultOutcome;
    final @Nullable Selector selector;
    final int priority;
    final Unsettled unsettled = new Unsettled();

    /** Those that want the same; null for a browser, and before it is attached. */
    @Nullable
    Selection selection;

    /** What waits for it because it owns the group; null when nothing ever did. */
    @Nullable
    Backlog own;

    long nextToken;

    /** The turn in which it was handed something last. */
    long servedLast;

    /** Message groups that it owns. */
    int groups;

    /** Its deliveries that a transaction has. */
    int taken;

    /** Whether it stands in its selection's turns. */
    boolean enlisted;

    /** Whether another consumer gets everything. */
    boolean standsBy;

    boolean draining;
    boolean closed;
    private final @Nullable Cursor cursor;
    private final long windowBytes;
    private long limitToken;
    private long outstandingBytes;
    private long viewedId;
    private boolean viewEnded = true;

    /**
     * A consumer without credit.
     *
     * @param priority consumers of a higher one are served first, as long as they have credit; 0 is usual
     * @param windowBytes bytes that it may have outstanding before it is handed no more
     */
    public QueueConsumer(
            Sink sink,
            boolean browse,
            boolean preSettled,
            Outcome defaultOutcome,
            @Nullable Selector selector,
            int priority,
            long windowBytes) {
        this.sink = sink;
        this.browse = browse;
        this.preSettled = preSettled;
        this.defaultOutcome = defaultOutcome;
        this.selector = selector;
        this.priority = priority;
        this.windowBytes = windowBytes;
        this.cursor = browse ? new Cursor() : null;
    }

    /** Whether it can be handed a message now. */
    boolean ready() {
        return nextToken < limitToken && !closed && !standsBy && hasRoom();
    }

    private boolean hasRoom() {
        return outstandingBytes < windowBytes
                && (browse || preSettled || nextToken - unsettled.base() < MAX_UNSETTLED_SPAN)
                && sink.hasRoom();
    }

    @Override
    public boolean isReady() {
        return enlisted;
    }

    @Override
    public int priority() {
        return priority;
    }

    /** Whether it waits for its window, or for room on the way, not for messages. */
    boolean holdsBack() {
        return nextToken < limitToken && !hasRoom();
    }

    /** Whether it, or a transaction, has deliveries of it without an outcome. */
    boolean holds() {
        return unsettled.size() + taken > 0;
    }

    /** Whether messages of its groups must be found by walking. */
    boolean walksOwn() {
        return own != null && own.walks;
    }

    /** Whether its turn comes before another's. */
    boolean isServedBefore(QueueConsumer other) {
        return priority != other.priority ? priority > other.priority : servedLast < other.servedLast;
    }

    /** Whether it gets the next new group rather than another one. */
    boolean hasFewerGroups(QueueConsumer other) {
        return priority != other.priority
                ? priority > other.priority
                : groups != other.groups ? groups < other.groups : servedLast < other.servedLast;
    }

    long limitToken() {
        return limitToken;
    }

    void credit(long limit, boolean drain) {
        limitToken = limit;
        draining = drain;
    }

    void endDrain() {
        draining = false;
        limitToken = Math.min(limitToken, nextToken);
        viewEnded = true;
    }

    void sent(int bytes) {
        outstandingBytes += bytes;
    }

    void consumed(long bytes) {
        outstandingBytes -= bytes;
    }

    /** How many more deliveries it may be handed. */
    public long remainingCredit() {
        return Math.max(0, limitToken - nextToken);
    }

    /** How many deliveries it was handed. */
    public long delivered() {
        return nextToken;
    }

    /** Deliveries that have no outcome yet. */
    public int unsettledCount() {
        return unsettled.size();
    }

    // ---- what a browser sees

    /** Where a browser is. */
    Cursor cursor() {
        return Invariant.present(cursor);
    }

    /** A browser is shown what is in the queue up to this id, and nothing that comes meanwhile. */
    void view(long upToId) {
        viewedId = upToId;
        viewEnded = false;
    }

    long viewedId() {
        return viewedId;
    }

    /** Whether a browser has yet to ask, or was told that there is no more. */
    boolean hasSeenItsView() {
        return viewEnded;
    }
}
