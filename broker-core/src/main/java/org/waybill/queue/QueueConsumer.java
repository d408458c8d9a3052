package org.waybill.queue;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.waybill.message.Outcome;
import org.waybill.selector.Selector;

/** A consumer as its queue sees it: credit, the window, what it holds, and what it may not get. On the shard's loop. */
public final class QueueConsumer {
    /** Tokens that may lie between the oldest unsettled delivery and the newest. */
    static final int MAX_UNSETTLED_SPAN = 1 << 20;

    final Sink sink;
    final boolean browse;
    final boolean preSettled;
    final Outcome defaultOutcome;
    final @Nullable Selector selector;
    final Unsettled unsettled = new Unsettled();

    /** Its own cursor when it does not take whatever comes: it browses, selects, or must not get some message again. */
    @Nullable
    Cursor cursor;

    private final long windowBytes;
    private @Nullable Set<Long> refused;
    long nextToken;
    boolean enlisted;
    boolean draining;
    boolean closed;
    private long limitToken;
    private long outstandingBytes;

    /**
     * A consumer without credit.
     *
     * @param windowBytes bytes that it may have outstanding before it is handed no more
     */
    public QueueConsumer(
            Sink sink,
            boolean browse,
            boolean preSettled,
            Outcome defaultOutcome,
            @Nullable Selector selector,
            long windowBytes) {
        this.sink = sink;
        this.browse = browse;
        this.preSettled = preSettled;
        this.defaultOutcome = defaultOutcome;
        this.selector = selector;
        this.windowBytes = windowBytes;
        if (browse || selector != null) {
            cursor = new Cursor();
        }
    }

    /** Whether it can be handed a message now. */
    boolean ready() {
        return nextToken < limitToken
                && outstandingBytes < windowBytes
                && (browse || preSettled || nextToken - unsettled.base() < MAX_UNSETTLED_SPAN)
                && !closed;
    }

    /** Whether it waits for its window, not for messages. */
    boolean holdsBack() {
        return nextToken < limitToken && !ready();
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
    }

    void sent(int bytes) {
        outstandingBytes += bytes;
    }

    void consumed(long bytes) {
        outstandingBytes -= bytes;
    }

    /** Deliveries that have no outcome yet. */
    public int unsettledCount() {
        return unsettled.size();
    }

    void refuse(long id) {
        if (refused == null) {
            refused = new HashSet<>();
        }
        refused.add(id);
    }

    boolean takes(Block block, int index) {
        return refused == null || !refused.contains(block.id(index));
    }
}
