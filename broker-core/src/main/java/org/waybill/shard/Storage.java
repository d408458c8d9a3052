package org.waybill.shard;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.waybill.config.ExactlyOnceSettings;
import org.waybill.io.Invariant;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.queue.Block;
import org.waybill.queue.Facts;
import org.waybill.queue.Queue;
import org.waybill.queue.SharedRecord;
import org.waybill.queue.TimeIndex;
import org.waybill.shard.ShardMessage.Move;
import org.waybill.spi.NodeKind;
import org.waybill.tx.Part;

/**
 * Changes what a shard's log describes, and records it: called by commands while they are carried out, and by queues when
 * something becomes of their entries. Everything here belongs to the turn at hand.
 */
final class Storage implements Facts {
    private static final Logger LOG = LoggerFactory.getLogger(Storage.class);

    private final Shard shard;
    private final Memory memory;
    private final State state;
    private final TimeIndex times = new TimeIndex();
    private final Removals removals = new Removals();
    private final List<SharedRecord> shedding = new ArrayList<>();
    private final Bytes event = new Bytes();
    private long residentChange;
    private long counted;
    private @Nullable Part undecided;

    Storage(Shard shard, Memory memory, AddressRules rules, ExactlyOnceSettings exactlyOnce) {
        this.shard = shard;
        this.memory = memory;
        this.state = new State(this, rules, exactlyOnce);
    }

    State state() {
        return state;
    }

    /** A buffer for the event at hand. */
    Bytes event() {
        return event;
    }

    /** What is stored from now on waits for the decision of a transaction, until this is called with null. */
    void undecided(@Nullable Part part) {
        undecided = part;
    }

    /** Whether something has changed that is recorded with the end of the turn. */
    boolean isUnrecorded() {
        return !removals.empty() || state.producers().isDirty();
    }

    /** Records which entries have left, and whose messages have come. */
    void recordRest(Turn turn) {
        removals.record(turn, event);
        state.producers().record(turn, event, shard.nowMs());
    }

    /** Lets bodies leave memory that every queue has had which wanted them in this turn. */
    void shed() {
        for (int i = 0; i < shedding.size(); i++) {
            shedding.get(i).shed(this);
        }
        shedding.clear();
    }

    /** Tells the broker's memory what has come into it and left it. */
    void countMemory() {
        if (residentChange != 0) {
            memory.add(residentChange);
            counted += residentChange;
            residentChange = 0;
        }
    }

    /** The state is void: what only it knew of is dead in the journal, and nothing of it is in memory any more. */
    void giveUp() {
        for (Node node : state.nodes()) {
            node.queue.lines().forEachLive((block, index) -> {
                if (!block.logged(index)) {
                    if (block.position(index) != Block.NO_POSITION && block.ownsBody(index)) {
                        shard.release((int) (block.position(index) >>> 32), block.recordBytes(index));
                    }
                    node.queue.remove(block, index);
                }
            });
        }
        memory.add(-counted);
        counted = 0;
    }

    /** Stores a message in a queue; the caller has decided that it may. */
    void store(Node node, Message message, Outbox from, LocalProducer producer, long token) {
        if (store(node, message, false)) {
            shard.turn().answers(node.settings.durability()).accepted(from, producer, token);
        } else {
            from.answers().addRange(Batch.Kind.PRODUCER_SETTLED, producer, token, token, Outcome.ACCEPTED);
        }
    }

    /**
     * Stores a message in a queue; returns whether that must be committed before it counts.
     *
     * @param moved whether the broker itself moves it here: then it neither expires nor waits, whatever it says
     */
    boolean store(Node node, Message message, boolean moved) {
        return store(
                node.queue,
                message,
                moved ? 0 : message.expiresAtMs(shard.nowMs()),
                moved ? 0 : message.dueAtMs(shard.nowMs()));
    }

    /** Stores a message of a queue that moves here, as it was where it came from. */
    void storeAsItWas(Node node, Move.Content content) {
        Queue queue = node.queue;
        int failures = content.failures();
        store(queue, content.message(), content.expiresMs(), failures == 0 ? content.dueMs() : 0);
        if (failures == 0 && content.annotations() == null) {
            return;
        }
        long id = state.lastMessageId();
        Block block = Invariant.present(queue.lines().find(id));
        int index = Queue.indexOf(block, id);
        queue.count(block, index, failures, content.annotations());
        if (failures > 0 && content.dueMs() != 0) {
            queue.delay(block, index, content.dueMs());
        }
        counted(queue, block, index);
    }

    /** Stores a message behind all others of the queue it is in already. */
    void storeAgain(Queue queue, Message message, long expiresMs) {
        store(queue, message, expiresMs, 0);
    }

    private boolean store(Queue queue, Message message, long expiresMs, long dueMs) {
        long id = state.nextMessageId();
        state.idsUsed(id, 0);
        boolean durable = message.durable() && !queue.temporary();
        boolean recorded = durable || memory.full();
        if (recorded) {
            Events.stored(
                    event,
                    id,
                    message.priority(),
                    !durable,
                    shard.nowMs(),
                    expiresMs,
                    dueMs,
                    message.format(),
                    queue.id());
            int ordinal = shard.turn().record(Events.STORED, event, message.bytes(), 0, message.size());
            int bytes = shard.turn().frame().recordBytes(ordinal);
            Block block = queue.store(id, message.priority(), message, bytes, durable, expiresMs, dueMs);
            shard.turn().place(queue, block, block.lastIndex(), ordinal);
            stored(queue, block);
            queue.arrived(block, message);
        } else {
            Block block = queue.store(id, message.priority(), message, message.size(), false, expiresMs, dueMs);
            stored(queue, block);
            queue.arrived(block, message);
        }
        if (durable || queue.uncommitted() > 0) {
            shard.turn().reveal(queue, id);
        } else {
            queue.reveal(id);
        }
        // what only memory's overflow sent to the journal waits for it too: a producer is never faster than the disk
        // then
        return recorded;
    }

    /** The newest entry of a block was stored: it waits if it belongs to a transaction that is not decided. */
    void stored(Queue queue, Block block) {
        if (undecided != null) {
            undecided.sent(queue, block, block.lastIndex());
        }
    }

    /** Makes a subscription. */
    Node subscribe(Subscription subscription) {
        int id = state.nextQueueId();
        if (subscription.durable()) {
            subscription.write(event.clear(), id);
            shard.turn().record(Events.SUBSCRIBED, event);
        }
        return state.subscribed(id, subscription);
    }

    Topic createTopic(String name) {
        shard.turn().record(Events.TOPIC_CREATED, event.clear().putText(name));
        return state.topics().created(name);
    }

    /** Ends a topic that has no subscriptions any more. */
    void deleteTopic(Topic topic) {
        if (topic.explicit) {
            shard.turn().record(Events.TOPIC_DELETED, event.clear().putText(topic.name));
        }
        state.topics().deleted(topic.name);
        state.duplicates().deleted(Duplicates.address(NodeKind.TOPIC, topic.name));
        state.topics().remove(topic);
    }

    Node create(String name, @Nullable SessionPort owner) {
        int id = state.nextQueueId();
        if (owner == null) {
            shard.turn().record(Events.QUEUE_CREATED, event.clear().putVar(id).putText(name));
        }
        return state.created(id, name, owner);
    }

    void delete(Node node) {
        Queue queue = node.queue;
        if (!queue.temporary()) {
            shard.turn().record(Events.QUEUE_DELETED, event.clear().putVar(queue.id()));
        }
        queue.lines().forEachLive(this::release);
        state.deleted(queue.id());
    }

    /** Its record is dead once this turn is committed, unless other entries refer to that. */
    private void release(Block block, int index) {
        if (block.position(index) != Block.NO_POSITION && block.ownsBody(index)) {
            shard.turn().release(block.position(index), block.recordBytes(index));
        }
    }

    /**
     * Appends a live message again, out of a segment that is to be freed; its entry moves when this is forced.
     *
     * @param into of this journal's own concern, and so apart from the shard's turns
     */
    void relocate(Turn into, Queue queue, Block block, int index, byte[] payload) {
        int head = Events.messageAt(payload);
        int ordinal = into.frame().add(Events.RELOCATED, payload, 0, head, payload, head, payload.length - head, true);
        SharedRecord record = block.shared(index);
        if (record == null) {
            into.place(queue, block, index, ordinal);
        } else {
            record.move();
            into.place(record, ordinal);
        }
    }

    @Override
    public void removed(Queue queue, Block block, int index) {
        if (block.logged(index)) {
            removals.add(queue, block.id(index));
            state.movesOut().gone(queue.id(), block.id(index));
        }
        release(block, index);
        queue.remove(block, index);
        wake(queue);
    }

    @Override
    public void undeliverable(Queue queue, Block block, int index, String reason) {
        Node node = state.node(queue);
        String to = node.settings.deadLetterAddress().orElse(null);
        if (to == null) {
            removed(queue, block, index);
        } else if (node.isQueue(to)) {
            // a dead letter has nowhere else to go: it stays, but not in a circle as fast as its consumer can refuse it
            queue.putOff(block, index, shard.nowMs() + Mover.RETRY_MS);
        } else {
            shard.mover().move(queue, block, index, to, Moving.Cause.DEAD_LETTER, reason);
        }
    }

    @Override
    public void expired(Queue queue, Block block, int index) {
        Node node = state.node(queue);
        String to = node.settings.expiryAddress().orElse(null);
        if (to == null || node.isQueue(to)) {
            queue.countExpired();
            removed(queue, block, index);
        } else if (shard.mover().isBusy()) {
            queue.putOff(block, index, shard.nowMs());
        } else {
            shard.mover().move(queue, block, index, to, Moving.Cause.EXPIRED, "expired");
        }
    }

    @Override
    public void overdue(Queue queue, Block block, int index) {
        if (shard.noRoom() != null) {
            queue.giveBack(block, index);
        } else {
            shard.mover().moveBehind(queue, block, index);
        }
    }

    @Override
    public boolean dueOnTheWay() {
        return shard.mover().isMovingWithin();
    }

    @Override
    public long retryAtMs(Queue queue, int failures) {
        long delayMs = state.node(queue).settings.redelivery().delayMs(failures);
        return delayMs == 0 ? 0 : shard.nowMs() + delayMs;
    }

    @Override
    public TimeIndex times() {
        return times;
    }

    @Override
    public void counted(Queue queue, Block block, int index) {
        if (block.logged(index)) {
            int failures = block.deliveryCount(index);
            byte[] annotations = block.annotations(index);
            Events.counted(event, queue.id(), block.id(index), failures, block.dueAtMs(index), annotations);
            shard.turn().record(Events.COUNTED, event);
        }
    }

    @Override
    public void read(Queue queue, @Nullable Block[] blocks, int[] indexes, int count) {
        EntryRead.start(shard, queue, blocks, indexes, count);
    }

    @Override
    public void wake(Queue queue) {
        shard.wake(queue);
    }

    @Override
    public boolean memoryFull() {
        return memory.full();
    }

    @Override
    public void resident(long bytes) {
        residentChange += bytes;
    }

    @Override
    public void shedLater(SharedRecord record) {
        shedding.add(record);
    }

    @Override
    public void unreadable(Queue queue, Block block, int index, String why) {
        LOG.error(
                "WB2103 queue {}: message {} cannot be read back and is held: {}", queue.name(), block.id(index), why);
    }
}
