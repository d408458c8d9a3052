package org.waybill.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.message.Message;

/**
 * Decides which consumer of a queue gets which entry. Consumers that choose (they browse, select, or must not get some message
 * again) walk the queue with a cursor of their own; all others share one and are served in turn.
 */
final class Dispatcher {
    private final Queue queue;
    private final Facts facts;
    private final ReadAhead readAhead;
    private final Cursor shared = new Cursor();
    private final List<QueueConsumer> consumers = new ArrayList<>(1);
    private final List<QueueConsumer> choosy = new ArrayList<>(0);
    private final ArrayDeque<QueueConsumer> ready = new ArrayDeque<>(1);
    private int draining;

    Dispatcher(Queue queue, Facts facts, ReadAhead readAhead) {
        this.queue = queue;
        this.facts = facts;
        this.readAhead = readAhead;
    }

    int consumerCount() {
        return consumers.size();
    }

    void attach(QueueConsumer consumer) {
        consumers.add(consumer);
        if (consumer.cursor != null) {
            choosy.add(consumer);
        }
    }

    /** Takes a consumer off that holds nothing any more. */
    void detach(QueueConsumer consumer) {
        draining -= consumer.draining ? 1 : 0;
        consumer.closed = true;
        consumers.remove(consumer);
        choosy.remove(consumer);
        ready.remove(consumer);
    }

    /** The queue was deleted. */
    void close() {
        consumers.forEach(consumer -> consumer.closed = true);
    }

    void credit(QueueConsumer consumer, long limitToken, boolean drain) {
        draining += (drain ? 1 : 0) - (consumer.draining ? 1 : 0);
        consumer.credit(limitToken, drain);
        enlist(consumer);
    }

    void consumed(QueueConsumer consumer, long bytes) {
        consumer.consumed(bytes);
        enlist(consumer);
    }

    void enlist(QueueConsumer consumer) {
        if (consumer.cursor == null && !consumer.enlisted && consumer.ready()) {
            consumer.enlisted = true;
            ready.addLast(consumer);
        }
        if (consumer.draining || consumer.ready()) {
            facts.wake(queue);
        }
    }

    /** The consumer does not get this message again: from now on it chooses. */
    void refuse(QueueConsumer consumer, long messageId) {
        consumer.refuse(messageId);
        if (consumer.cursor == null) {
            consumer.cursor = new Cursor();
            choosy.add(consumer);
            ready.remove(consumer);
            consumer.enlisted = false;
        }
    }

    /** An entry is available again. */
    void back(Block block, int index) {
        shared.back(block, index);
        for (QueueConsumer consumer : choosy) {
            if (!consumer.browse) {
                Invariant.present(consumer.cursor).back(block, index);
            }
        }
    }

    /** A block left its line, or was emptied for reuse. */
    void leave(Block left, Block to) {
        shared.leave(left, to);
        for (QueueConsumer consumer : choosy) {
            Invariant.present(consumer.cursor).leave(left, to);
        }
    }

    /** Hands out what can be: to consumers that choose first, then in turn to all others. */
    void dispatch(long visibleId, long nowMs) {
        for (int i = 0; i < choosy.size(); i++) {
            serve(choosy.get(i), visibleId, nowMs);
        }
        serveInTurn(visibleId, nowMs);
        if (draining > 0 && !readAhead.busy()) {
            answerDrains();
        }
    }

    private void answerDrains() {
        for (int i = 0; i < consumers.size(); i++) {
            QueueConsumer consumer = consumers.get(i);
            if (consumer.draining && !consumer.holdsBack()) {
                long limitToken = consumer.limitToken();
                consumer.endDrain();
                draining--;
                consumer.sink.drained(consumer, limitToken);
            }
        }
    }

    private void serveInTurn(long visibleId, long nowMs) {
        QueueConsumer consumer = nextReady();
        while (consumer != null && shared.seek(queue, visibleId)) {
            Block block = Invariant.present(shared.block);
            int index = shared.index;
            if (queue.expireIfDue(block, index, nowMs)) {
                continue;
            }
            Message message = block.message(index);
            if (message == null) {
                readAhead.from(block, index, visibleId);
                return;
            }
            shared.advance();
            hand(consumer, block, index, message);
            consumer = nextReady();
        }
    }

    private @Nullable QueueConsumer nextReady() {
        QueueConsumer consumer = ready.peekFirst();
        while (consumer != null && !consumer.ready()) {
            ready.pollFirst();
            consumer.enlisted = false;
            consumer = ready.peekFirst();
        }
        if (consumer != null && ready.size() > 1) {
            ready.pollFirst();
            ready.addLast(consumer);
        }
        return consumer;
    }

    private void serve(QueueConsumer consumer, long visibleId, long nowMs) {
        Cursor cursor = Invariant.present(consumer.cursor);
        while (consumer.ready()
                && (consumer.browse ? cursor.seekLive(queue, visibleId) : cursor.seek(queue, visibleId))) {
            Block block = Invariant.present(cursor.block);
            int index = cursor.index;
            if (block.isAvailable(index) && queue.expireIfDue(block, index, nowMs)) {
                continue;
            }
            Message message = block.message(index);
            if (message == null && block.isReadable(index)) {
                readAhead.from(block, index, visibleId);
                return;
            }
            cursor.advance();
            if (message == null) {
                continue;
            }
            if (consumer.takes(block, index)
                    && (consumer.selector == null
                            || consumer.selector.matches(new MessageProperties(
                                    message, block.deliveryCount(index), block.annotations(index), nowMs)))) {
                hand(consumer, block, index, message);
            } else {
                queue.shed(block, index, message);
            }
        }
    }

    private void hand(QueueConsumer consumer, Block block, int index, Message message) {
        long token = consumer.nextToken++;
        byte[] head = message.head(block.deliveryCount(index), block.annotations(index));
        consumer.sent(message.size());
        if (!consumer.browse) {
            block.acquire(index);
            if (consumer.preSettled) {
                facts.removed(queue, block, index);
            } else {
                consumer.unsettled.add(token, block, index);
                queue.held(block, index, message);
            }
        }
        // all of a pre-settled consumer's, not only those whose removal is recorded: else these would be overtaken
        consumer.sink.deliver(consumer, token, message, head, consumer.preSettled);
    }
}
