package org.waybill.queue;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.message.Message;

/**
 * The consumers of a queue: those that take messages stand at its {@link Front}, each browser walks by itself.
 */
final class Dispatcher {
    private final Queue queue;
    private final Facts facts;
    private final ReadAhead readAhead;
    private final Front front;
    private final Bounds bounds;
    private final List<QueueConsumer> consumers = new ArrayList<>(1);
    private final List<QueueConsumer> browsers = new ArrayList<>(0);
    private final MessageProperties properties = new MessageProperties();
    private @Nullable Standby standby;
    private int draining;

    Dispatcher(Queue queue, Facts facts, ReadAhead readAhead, Bounds bounds) {
        this.queue = queue;
        this.facts = facts;
        this.readAhead = readAhead;
        this.front = new Front(queue, readAhead, this, bounds);
        this.bounds = bounds;
    }

    int consumerCount() {
        return consumers.size();
    }

    /** From now on one consumer at a time gets everything. */
    void makeExclusive() {
        standby = new Standby();
    }

    void attach(QueueConsumer consumer) {
        consumers.add(consumer);
        if (consumer.browse) {
            browsers.add(consumer);
            return;
        }
        front.attach(consumer);
        if (standby != null) {
            standby.attach(consumer);
            elect(standby);
        }
    }

    /** Takes a consumer off that holds nothing any more, but perhaps through a transaction. */
    void detach(QueueConsumer consumer) {
        draining -= consumer.draining ? 1 : 0;
        consumer.closed = true;
        consumers.remove(consumer);
        if (consumer.browse) {
            browsers.remove(consumer);
            return;
        }
        front.detach(consumer);
        if (standby != null) {
            standby.detach(consumer);
            elect(standby);
        }
        // what waited for it may be somebody else's
        facts.wake(queue);
    }

    /** The queue was deleted. */
    void close() {
        consumers.forEach(consumer -> consumer.closed = true);
    }

    void credit(QueueConsumer consumer, long limitToken, boolean drain, long visibleId) {
        draining += (drain ? 1 : 0) - (consumer.draining ? 1 : 0);
        consumer.credit(limitToken, drain);
        if (consumer.browse && consumer.hasSeenItsView()) {
            consumer.view(visibleId);
        }
        enlist(consumer);
    }

    void consumed(QueueConsumer consumer, long bytes) {
        consumer.consumed(bytes);
        enlist(consumer);
    }

    /** Something has changed for a consumer: it may be ready now, or not any more. */
    void enlist(QueueConsumer consumer) {
        boolean ready = consumer.ready();
        if (!consumer.browse && !consumer.closed) {
            if (ready) {
                front.start(consumer);
            } else {
                front.stop(consumer);
            }
        }
        if (consumer.draining || ready) {
            facts.wake(queue);
        }
    }

    private void elect(Standby among) {
        QueueConsumer former = among.active();
        QueueConsumer next = among.elect();
        if (former != null && former.standsBy) {
            front.stop(former);
        }
        if (next != null && next != former) {
            enlist(next);
        }
    }

    /** The consumer does not get this message again. */
    void refuse(QueueConsumer consumer, long messageId) {
        front.refuse(consumer, messageId);
    }

    /** An entry is available again. */
    void back(Block block, int index) {
        front.back(block, index);
    }

    /** A delivery has its outcome. */
    void concluded(long messageId) {
        if (front.concluded(messageId)) {
            facts.wake(queue);
        }
        if (standby != null) {
            elect(standby);
        }
    }

    /** A message left the queue. */
    void forget(long messageId) {
        front.forget(messageId);
    }

    /** A block left its line, or was emptied for reuse. */
    void leave(Block left, Block to) {
        front.blockLeft(left, to);
        for (int i = 0; i < browsers.size(); i++) {
            browsers.get(i).cursor().leave(left, to);
        }
    }

    /** Hands out what can be; returns whether it broke off, for others to have their turn. */
    boolean dispatch(long visibleId, long nowMs) {
        boolean brokeOff = false;
        for (int i = 0; i < browsers.size(); i++) {
            brokeOff |= show(browsers.get(i), nowMs);
        }
        brokeOff |= front.dispatch(visibleId, nowMs);
        if (draining > 0 && !brokeOff && !readAhead.busy()) {
            answerDrains();
        }
        return brokeOff;
    }

    private void answerDrains() {
        for (int i = 0; i < consumers.size(); i++) {
            QueueConsumer consumer = consumers.get(i);
            if (consumer.draining && !consumer.holdsBack()) {
                long limitToken = consumer.limitToken();
                consumer.endDrain();
                draining--;
                enlist(consumer);
                consumer.sink.drained(consumer, limitToken);
            }
        }
    }

    /** Returns whether it broke off. */
    private boolean show(QueueConsumer browser, long nowMs) {
        Cursor cursor = browser.cursor();
        int looksLeft = bounds.mostLooks();
        while (looksLeft > 0 && browser.ready() && cursor.seekLive(queue, browser.viewedId())) {
            Block block = Invariant.present(cursor.block);
            int index = cursor.index;
            if (block.isAvailable(index) && queue.schedule().expireIfDue(block, index, nowMs)) {
                looksLeft--;
                continue;
            }
            Message message = block.message(index);
            if (message == null && block.isReadable(index)) {
                readAhead.from(block, index, browser.viewedId());
                return false;
            }
            cursor.advance();
            if (message == null) {
                continue;
            }
            properties.show(message, block.deliveryCount(index), block.annotations(index), nowMs);
            if (browser.selector == null || browser.selector.matches(properties)) {
                hand(browser, block, index, message);
            } else {
                looksLeft--;
                queue.bodies().shed(block, index, message);
            }
        }
        return looksLeft == 0;
    }

    /** Hands an entry to a consumer. */
    void hand(QueueConsumer consumer, Block block, int index, Message message) {
        long token = consumer.nextToken++;
        byte[] head = message.head(block.deliveryCount(index), block.annotations(index));
        consumer.sent(message.size());
        if (!consumer.browse) {
            block.acquire(index);
            if (consumer.preSettled) {
                facts.removed(queue, block, index);
            } else {
                consumer.unsettled.add(token, block, index);
                queue.outcomes().held(block, index, message);
            }
        }
        // all of a pre-settled consumer's, not only those whose removal is recorded: else these would be overtaken
        consumer.sink.deliver(consumer, token, message, head, consumer.preSettled);
    }
}
