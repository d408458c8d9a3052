package org.waybill.shard;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.waybill.config.AddressSettings;
import org.waybill.io.Clock;
import org.waybill.io.Invariant;
import org.waybill.io.Loop;
import org.waybill.journal.Frame;
import org.waybill.journal.Journal;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.queue.Block;
import org.waybill.queue.Facts;
import org.waybill.queue.Queue;
import org.waybill.queue.SharedRecord;
import org.waybill.queue.TimeIndex;
import org.waybill.spi.BrokerError;
import org.waybill.spi.NodeKind;
import org.waybill.tx.Part;

/**
 * One shard: runs its sessions' commands in turns and lets their effects out when the journal has them.
 *
 * <p>A turn: take the batches that have arrived, carry out their commands, hand out what can be handed out, append one frame,
 * send the answers. {@link #submit} may be called from any thread; everything else is on the shard's loop.
 */
public final class Shard implements Facts {
    private static final Logger LOG = LoggerFactory.getLogger(Shard.class);

    /** Batches a turn takes before it appends. */
    private static final int MAX_BATCHES = 256;

    /** Bytes a frame may have before the turn ends. */
    private static final int MAX_FRAME_BYTES = 4 << 20;

    /** Standalone: one leader for ever. */
    private static final long EPOCH = 1;

    private final int number;
    private final Loop loop;
    private final Clock clock;
    private final Journal journal;
    private final Memory memory;
    private final State state;
    private final Commands commands;
    private final Participant participant;
    private final Bytes event = new Bytes();

    private final ConcurrentLinkedQueue<Batch> inbox = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    /** Of each session that has used this shard and is not closed. */
    final Map<LocalSession, Outbox> outboxes = new HashMap<>();

    private final ArrayDeque<Turn> inFlight = new ArrayDeque<>();
    private final ArrayDeque<Awaited> awaited = new ArrayDeque<>();
    private final List<Conclusion> unfinished = new ArrayList<>(0);
    private final Removals removals = new Removals();
    private final List<Outbox> dirtyOutboxes = new ArrayList<>();
    private final List<SharedRecord> shedding = new ArrayList<>();
    private final ArrayDeque<Queue> dirtyQueues = new ArrayDeque<>();
    private final Maintenance maintenance;
    private final TimeIndex times = new TimeIndex();
    private @Nullable Mover mover;
    private @Nullable Alarm alarm;
    private Turn turn = new Turn(this);
    private long logIndex;
    private long commitIndex;
    private volatile Consumer<Throwable> onFailure = cause -> {};
    private boolean failed;
    private long nowMs;
    private long lastConsumerNumber;
    private long residentChange;
    private @Nullable String noRoom;
    private @Nullable Part undecided;

    /**
     * A shard whose state is still to be recovered.
     *
     * @param segmentBytes the size of the journal's segments
     */
    public Shard(
            int number, Loop loop, Clock clock, Journal journal, Memory memory, AddressRules rules, long segmentBytes) {
        this.number = number;
        this.loop = loop;
        this.clock = clock;
        this.journal = journal;
        this.memory = memory;
        this.state = new State(this, rules);
        this.commands = new Commands(this, state);
        this.participant = new Participant(this, state, commands);
        Checkpointer checkpointer = new Checkpointer(this, state);
        this.maintenance = new Maintenance(this, checkpointer, new Cleaner(this, state), segmentBytes);
    }

    /**
     * Begins to look after its log. Any thread, after recovery.
     *
     * @param all the shards of the broker, this one included
     * @param failure told when a turn breaks off: the shard does nothing any more, and the broker must end
     */
    public void start(Shard[] all, Consumer<Throwable> failure) {
        onFailure = failure;
        execute(() -> {
            Mover moves = new Mover(this, all);
            mover = moves;
            alarm = new Alarm(this, clock, times, moves);
            unfinished.forEach(Conclusion::begin);
            unfinished.clear();
            maintenance.start();
        });
    }

    /** Writes a last checkpoint and calls {@code done} on its loop. Any thread, once no session is open. */
    public void stop(Runnable done) {
        execute(() -> {
            Invariant.present(alarm).stop();
            Invariant.present(mover).stop();
            maintenance.stop(done);
        });
    }

    /** What recovery found unfinished and this shard decides; before {@link #start}. */
    void concludeAtStart(Conclusion conclusion) {
        unfinished.add(conclusion);
    }

    int number() {
        return number;
    }

    Loop loop() {
        return loop;
    }

    Journal journal() {
        return journal;
    }

    State state() {
        return state;
    }

    Commands commands() {
        return commands;
    }

    Bytes event() {
        return event;
    }

    long commitIndex() {
        return commitIndex;
    }

    long logIndex() {
        return logIndex;
    }

    void recoveredTo(long index) {
        logIndex = Math.max(logIndex, index);
        commitIndex = logIndex;
    }

    long nowMs() {
        return nowMs;
    }

    Turn turn() {
        return turn;
    }

    Memory memory() {
        return memory;
    }

    /** Does what transactions ask of this shard. */
    Participant participant() {
        return participant;
    }

    /** What is stored from now on waits for the decision of a transaction, until this is called with null. */
    void undecided(@Nullable Part part) {
        undecided = part;
    }

    // ---- turns

    /** Hands commands over. Any thread. */
    void submit(Batch batch) {
        inbox.add(batch);
        schedule();
    }

    /** Makes sure that a turn follows. Any thread. */
    void schedule() {
        if (scheduled.compareAndSet(false, true)) {
            loop.execute(this::run);
        }
    }

    private void run() {
        if (failed) {
            return;
        }
        try {
            runTurn();
        } catch (RuntimeException | Error broken) {
            fail(broken);
        }
    }

    /** A turn that breaks off leaves state and log apart: nothing may leave this shard any more. */
    private void fail(Throwable cause) {
        failed = true;
        LOG.error("WB2100 shard {}: a turn broke off", number, cause);
        onFailure.accept(cause);
    }

    private void runTurn() {
        scheduled.set(false);
        nowMs = clock.epochMs();
        for (int i = 0; i < MAX_BATCHES; i++) {
            Batch batch = inbox.poll();
            if (batch == null) {
                break;
            }
            commands.run(batch);
            Frame frame = turn.frameOrNull();
            if (frame != null && frame.frameBytes() > MAX_FRAME_BYTES) {
                break;
            }
        }
        endTurn();
        if (!inbox.isEmpty()) {
            schedule();
        }
    }

    private void endTurn() {
        dispatch();
        while (!turn.idle() || !removals.empty()) {
            close(turn);
            dispatch();
        }
        if (residentChange != 0) {
            memory.add(residentChange);
            residentChange = 0;
        }
        for (int i = 0; i < dirtyOutboxes.size(); i++) {
            dirtyOutboxes.get(i).flush();
        }
        dirtyOutboxes.clear();
        if (alarm != null) {
            alarm.set();
        }
    }

    /** Ends the turn's frame between two commands if it is large already: several transactions may commit in one read. */
    void split() {
        Frame frame = turn.frameOrNull();
        if (frame != null && frame.frameBytes() > MAX_FRAME_BYTES) {
            close(turn);
        }
    }

    private void dispatch() {
        Queue queue = dirtyQueues.pollFirst();
        while (queue != null) {
            queue.awake(false);
            if (state.exists(queue)) {
                queue.dispatch(nowMs);
                commands.relieve(state.node(queue));
            }
            queue = dirtyQueues.pollFirst();
        }
        for (int i = 0; i < shedding.size(); i++) {
            shedding.get(i).shed(this);
        }
        shedding.clear();
    }

    private void close(Turn finished) {
        removals.record(finished, event);
        turn = new Turn(this);
        Frame frame = finished.frameOrNull();
        if (frame != null) {
            frame.onForced(this::forced);
            inFlight.addLast(finished);
            journal.append(frame);
        } else if (inFlight.isEmpty()) {
            finished.commit();
        } else {
            inFlight.addLast(finished);
        }
    }

    Frame newFrame() {
        return new Frame(number, ++logIndex, EPOCH, commitIndex);
    }

    private void forced(Frame frame) {
        if (failed) {
            return;
        }
        try {
            commit(frame);
        } catch (RuntimeException | Error broken) {
            fail(broken);
        }
    }

    private void commit(Frame frame) {
        commitIndex = frame.logIndex();
        Turn first = inFlight.pollFirst();
        while (first != null) {
            first.commit();
            if (memory.full()) {
                dispatch();
                first.shed();
            }
            Turn next = inFlight.peekFirst();
            first = next != null && next.frameOrNull() == null ? inFlight.pollFirst() : null;
        }
        while (!awaited.isEmpty() && awaited.peekFirst().index() <= commitIndex) {
            awaited.pollFirst().task().run();
        }
        schedule();
    }

    private record Awaited(long index, Runnable task) {}

    /** Runs a task once a log index is committed, which it is not yet; indexes are asked for in their order. */
    void afterCommitOf(long index, Runnable task) {
        awaited.addLast(new Awaited(index, task));
    }

    /** Runs a task on the shard's loop as a turn of its own. Any thread. */
    void execute(Runnable task) {
        loop.execute(() -> {
            if (failed) {
                return;
            }
            nowMs = clock.epochMs();
            try {
                task.run();
            } catch (RuntimeException | Error broken) {
                fail(broken);
                return;
            }
            schedule();
        });
    }

    // ---- sessions

    Outbox outbox(LocalSession session) {
        return outboxes.computeIfAbsent(session, key -> new Outbox(this, key));
    }

    @Nullable
    Outbox forget(LocalSession session) {
        return outboxes.remove(session);
    }

    void dirty(Outbox outbox) {
        dirtyOutboxes.add(outbox);
    }

    /** Why no message can be stored, or null. */
    @Nullable
    String noRoom() {
        return noRoom;
    }

    /** The disk ran out of room for messages, or has room again. Any thread. */
    public void roomChanged(boolean room) {
        execute(() -> {
            noRoom = room ? null : "the disk has less room than its reserve: no new messages are taken";
            if (!room) {
                LOG.warn("WB2101 shard {}: {}", number, noRoom);
            } else {
                LOG.info("WB2102 shard {}: the disk has room again", number);
            }
            commands.roomChanged();
        });
    }

    /** Tells a consumer that what it stated is committed, once it is. */
    void confirm(Outbox to, LocalConsumer consumer, long firstToken, long lastToken) {
        turn.answers().add(to, Batch.Kind.CONSUMER_SETTLED, consumer, firstToken, lastToken, null, null);
    }

    // ---- facts

    /** Stores a message in a queue; the caller has decided that it may. */
    void store(Node node, Message message, boolean moved, Outbox from, LocalProducer producer, long token) {
        if (store(node, message, moved)) {
            turn.answers().accepted(from, producer, token);
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
        return store(node.queue, message, moved ? 0 : message.expiresAtMs(nowMs), moved ? 0 : message.dueAtMs(nowMs));
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
                    event, id, message.priority(), !durable, nowMs, expiresMs, dueMs, message.format(), queue.id());
            int ordinal = turn.record(Events.STORED, event, message.bytes(), 0, message.size());
            int bytes = turn.frame().recordBytes(ordinal);
            Block block = queue.store(id, message.priority(), message, bytes, durable, expiresMs, dueMs);
            turn.place(queue, block, block.lastIndex(), ordinal);
            stored(queue, block);
            queue.arrived(block, message);
        } else {
            Block block = queue.store(id, message.priority(), message, message.size(), false, expiresMs, dueMs);
            stored(queue, block);
            queue.arrived(block, message);
        }
        if (durable) {
            turn.reveal(queue, id);
        } else if (queue.uncommitted() > 0) {
            turn.reveal(queue, id);
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
            turn.record(Events.SUBSCRIBED, event);
        }
        return state.subscribed(id, subscription);
    }

    Topic createTopic(String name) {
        turn.record(Events.TOPIC_CREATED, event.clear().putText(name));
        return state.topics().created(name);
    }

    /** Ends a topic that has no subscriptions any more. */
    void deleteTopic(Topic topic) {
        if (topic.explicit) {
            turn.record(Events.TOPIC_DELETED, event.clear().putText(topic.name));
        }
        state.topics().deleted(topic.name);
        state.duplicates().deleted(Duplicates.address(NodeKind.TOPIC, topic.name));
        state.topics().remove(topic);
    }

    /** Whether a name is a topic's or a queue's when its user has not said so. Any thread; asked of the topics' shard. */
    NodeKind kindOf(String address) {
        boolean topic = address.startsWith(Names.TEMPORARY_TOPIC_PREFIX)
                || state.topics().isExplicit(address)
                || state.settings(address).kind() == AddressSettings.Kind.TOPIC;
        return topic ? NodeKind.TOPIC : NodeKind.QUEUE;
    }

    long nextConsumerNumber() {
        return ++lastConsumerNumber;
    }

    Node create(String name, @Nullable LocalSession owner) {
        int id = state.nextQueueId();
        if (owner == null) {
            turn.record(Events.QUEUE_CREATED, event.clear().putVar(id).putText(name));
        }
        return state.created(id, name, owner);
    }

    void delete(Node node) {
        Queue queue = node.queue;
        if (!queue.temporary()) {
            turn.record(Events.QUEUE_DELETED, event.clear().putVar(queue.id()));
        }
        queue.forEachLive(this::release);
        state.deleted(queue.id());
    }

    /** Its record is dead once this turn is committed, unless other entries refer to that. */
    private void release(Block block, int index) {
        if (block.position(index) != Block.NO_POSITION && block.ownsBody(index)) {
            turn.release(block.position(index), block.recordBytes(index));
        }
    }

    /** Appends a live message again, out of a segment that is to be freed; its entry moves when this is committed. */
    void relocate(Queue queue, Block block, int index, byte[] payload) {
        event.clear();
        int head = Events.messageAt(payload);
        int ordinal = turn.frame().add(Events.RELOCATED, payload, 0, head, payload, head, payload.length - head, true);
        SharedRecord record = block.shared(index);
        if (record == null) {
            turn.place(queue, block, index, ordinal);
        } else {
            record.move();
            turn.place(record, ordinal);
        }
    }

    @Override
    public void removed(Queue queue, Block block, int index) {
        if (block.logged(index)) {
            removals.add(queue, block.id(index));
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
            queue.putOff(block, index, nowMs + Mover.RETRY_MS);
        } else {
            mover().move(queue, block, index, to, Mover.Cause.DEAD_LETTER, reason);
        }
    }

    @Override
    public void expired(Queue queue, Block block, int index) {
        Node node = state.node(queue);
        String to = node.settings.expiryAddress().orElse(null);
        if (to == null || node.isQueue(to)) {
            queue.countExpired();
            removed(queue, block, index);
        } else if (mover().isBusy()) {
            queue.putOff(block, index, nowMs);
        } else {
            mover().move(queue, block, index, to, Mover.Cause.EXPIRED, "expired");
        }
    }

    @Override
    public void overdue(Queue queue, Block block, int index) {
        if (noRoom != null) {
            queue.giveBack(block, index);
        } else {
            mover().moveBehind(queue, block, index);
        }
    }

    @Override
    public boolean dueOnTheWay() {
        return !mover().isIdle();
    }

    Mover mover() {
        return Invariant.present(mover);
    }

    @Override
    public long retryAtMs(Queue queue, int failures) {
        long delayMs = state.node(queue).settings.redelivery().delayMs(failures);
        return delayMs == 0 ? 0 : nowMs + delayMs;
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
            turn.record(Events.COUNTED, event);
        }
    }

    @Override
    public void read(Queue queue, @Nullable Block[] blocks, int[] indexes, int count) {
        EntryRead.start(this, queue, blocks, indexes, count);
    }

    @Override
    public void wake(Queue queue) {
        if (!queue.awake()) {
            queue.awake(true);
            dirtyQueues.addLast(queue);
        }
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

    void release(int segment, int bytes) {
        if (bytes > 0) {
            journal.release(segment, bytes);
        }
    }

    static BrokerError deleted(String title) {
        return new BrokerError(BrokerError.Code.RESOURCE_DELETED, title + " was deleted");
    }
}
