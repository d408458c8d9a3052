package org.waybill.shard;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.waybill.config.AddressSettings;
import org.waybill.config.ExactlyOnceSettings;
import org.waybill.config.TransactionSettings;
import org.waybill.io.Clock;
import org.waybill.io.Invariant;
import org.waybill.io.Loop;
import org.waybill.journal.Frame;
import org.waybill.journal.Journal;
import org.waybill.queue.Queue;
import org.waybill.spi.BrokerError;
import org.waybill.spi.NodeKind;

/**
 * One shard: runs its sessions' commands in turns and lets their effects out when the journal has them.
 *
 * <p>A turn: take the batches that have arrived, carry out their commands, hand out what can be handed out, append one frame,
 * send the answers. {@link #submit} may be called from any thread; everything else is on the shard's loop.
 */
public final class Shard implements Lead {
    private static final Logger LOG = LoggerFactory.getLogger(Shard.class);

    /** Batches a turn takes before it appends. */
    private static final int MAX_BATCHES = 256;

    /** Bytes a frame may have before the turn ends. */
    private static final int MAX_FRAME_BYTES = 4 << 20;

    private enum Phase {
        /** Its state follows what its log says. */
        FOLLOWING,
        /** Its turns make what its log says. */
        LEADING,
        /** It has failed, or its state is void: nothing leaves it any more. */
        OVER
    }

    private final int number;
    private final Loop loop;
    private final Clock clock;
    private final Journal journal;
    private final Memory memory;
    private final Storage storage;
    private final State state;
    private final Commands commands;
    private final Participant participant;
    private final BranchRecords branchRecords;
    private final Parts parts;
    private final Transactions transactions;
    private final Coordinator coordinator;

    private final ConcurrentLinkedQueue<Batch> inbox = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    /** Of each session that has used this shard and is not closed. */
    final Map<SessionPort, Outbox> outboxes = new LinkedHashMap<>();

    private final ArrayDeque<Turn> inFlight = new ArrayDeque<>();
    private final ArrayDeque<Awaited> awaited = new ArrayDeque<>();
    private final List<Outbox> dirtyOutboxes = new ArrayList<>();
    private final ArrayDeque<Queue> dirtyQueues = new ArrayDeque<>();

    /** Those with more to look through than one turn is for. */
    private final Set<Queue> brokenOff = new LinkedHashSet<>();

    private final Maintenance maintenance;
    private final Strays strays = new Strays(this);
    private @Nullable Mover mover;
    private @Nullable QueueMoves queueMoves;
    private @Nullable Alarm alarm;
    private @Nullable ShardLog log;
    private Turn turn = new Turn(this);
    private long commitIndex;

    /** Frames of what this journal alone is concerned with that are not forced yet, and who waits for them. */
    private int ownInFlight;

    private @Nullable Runnable whenOwnSettled;

    private volatile Consumer<Throwable> onFailure = cause -> {};
    private volatile long term;
    private Phase phase = Phase.FOLLOWING;
    private long nowMs;
    private long lastConsumerNumber;
    private @Nullable String noRoom;

    /**
     * A shard whose state is still to be recovered.
     *
     * @param segmentBytes the size of the journal's segments
     */
    public Shard(
            int number,
            Loop loop,
            Clock clock,
            Journal journal,
            Memory memory,
            AddressRules rules,
            ExactlyOnceSettings exactlyOnce,
            long segmentBytes) {
        this.number = number;
        this.loop = loop;
        this.clock = clock;
        this.journal = journal;
        this.memory = memory;
        this.storage = new Storage(this, memory, rules, exactlyOnce);
        this.state = storage.state();
        this.commands = new Commands(this, state);
        this.participant = new Participant(this, state, commands, Participant.MAX_HELD);
        this.branchRecords = new BranchRecords(this, state.ledger().branches());
        this.parts = new Parts(this, participant, state.ledger(), branchRecords);
        this.transactions = new Transactions(this);
        this.coordinator = new Coordinator(this, state.ledger().branches());
        Checkpointer checkpointer = new Checkpointer(this, state);
        this.maintenance = new Maintenance(this, checkpointer, new Cleaner(this, state), segmentBytes);
    }

    /**
     * Begins to look after its log. Any thread, after recovery.
     *
     * @param all the shards of the broker, this one included
     * @param transactions how branches are bounded
     * @param failure told when a turn breaks off: the shard does nothing any more, and the broker must end
     */
    public void start(Shards all, TransactionSettings transactions, Consumer<Throwable> failure) {
        execute(() -> {
            maintenance.start();
            lead(all, RemoteShards.NONE, 0, transactions, failure);
        });
    }

    /** Its state follows a log that others make; it begins to look after its part of the journal. */
    void follow() {
        maintenance.start();
    }

    /** Its state is complete, and its turns make the log from here on. */
    void lead(Shards all, RemoteShards remote, long inTerm, TransactionSettings settings, Consumer<Throwable> failure) {
        term = inTerm;
        onFailure = failure;
        phase = Phase.LEADING;
        Peers peers = new Peers(all, remote, number);
        Mover moves = new Mover(this, peers);
        mover = moves;
        queueMoves = new QueueMoves(this, peers, moves);
        moves.start();
        queueMoves.start();
        alarm = new Alarm(this, clock, storage.times(), moves);
        transactions.start(peers, settings);
        schedule();
    }

    /**
     * Its state is void, because the log has gone on without its turns, or is not needed any more. Nothing leaves it from here on.
     *
     * @param settled called on the loop with the journal position up to which all has taken effect that the shard did to the journal for
     *     itself; there is none of it behind
     */
    public void abandon(LongConsumer settled) {
        phase = Phase.OVER;
        stopWork();
        inbox.clear();
        maintenance.abandon(() -> {
            whenOwnSettled = () -> {
                // completions of all frames before this position have been handed to this loop before the next task
                // runs
                long position = journal.toldPosition(number);
                loop.execute(() -> {
                    storage.giveUp();
                    settled.accept(position);
                });
            };
            ownSettled();
        });
    }

    /** A frame that stays in the journal must take effect, or whoever reads that later finds an effect that it has not had. */
    private void ownSettled() {
        Runnable next = whenOwnSettled;
        if (ownInFlight == 0 && next != null) {
            whenOwnSettled = null;
            next.run();
        }
    }

    /** Writes a last checkpoint, unless its state is void, and calls {@code done} on its loop. Any thread, once no session is open. */
    public void stop(Runnable done) {
        stop(false, done);
    }

    /** As {@link #stop(Runnable)}, but that a checkpoint is written even if nothing has happened since the last one. */
    public void conclude(Runnable done) {
        stop(true, done);
    }

    private void stop(boolean always, Runnable done) {
        loop.execute(() -> {
            if (phase == Phase.OVER) {
                done.run();
            } else {
                stopWork();
                maintenance.stop(always, done);
            }
        });
    }

    private void stopWork() {
        if (alarm != null) {
            alarm.stop();
            queueMoves().stop();
            mover().stop();
            coordinator.stop();
            transactions.stop();
        }
    }

    /** Its number. */
    public int number() {
        return number;
    }

    @Override
    public long term() {
        return term;
    }

    /** Where everything of it happens. */
    public Loop loop() {
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

    /** Changes the state and records it. */
    Storage storage() {
        return storage;
    }

    Mover mover() {
        return Invariant.present(mover);
    }

    /** Which queues live here, and which move. */
    QueueMoves queueMoves() {
        return Invariant.present(queueMoves);
    }

    long commitIndex() {
        return commitIndex;
    }

    /** Everything up to this log index is part of the state. */
    void recoveredTo(long index) {
        commitIndex = Math.max(commitIndex, index);
    }

    /** The log index of the last entry that the state has, committed or not. */
    long stateIndex() {
        return phase == Phase.LEADING ? log().lastIndex() : commitIndex;
    }

    /** Whether its state has more than what is committed. */
    boolean isAhead() {
        return phase != Phase.FOLLOWING;
    }

    Strays strays() {
        return strays;
    }

    /** Where turns are recorded from now on. */
    void log(ShardLog recorder) {
        log = recorder;
    }

    ShardLog log() {
        return Invariant.present(log);
    }

    long nowMs() {
        return nowMs;
    }

    Turn turn() {
        return turn;
    }

    Clock clock() {
        return clock;
    }

    Memory memory() {
        return memory;
    }

    /** Does what transactions ask of this shard. */
    Participant participant() {
        return participant;
    }

    /** What this shard does with others. */
    Transactions transactions() {
        return transactions;
    }

    BranchRecords branchRecords() {
        return branchRecords;
    }

    /** What transactions have to do on this shard. */
    Parts parts() {
        return parts;
    }

    /** The branches that this shard coordinates. */
    Coordinator coordinator() {
        return coordinator;
    }

    /**
     * Takes what another shard says, as {@link RemoteShards} has sent it. Any thread; passed over unless this node leads the shard.
     *
     * @throws IllegalArgumentException when these are not the bytes of a message
     */
    public void receive(int from, byte[] message) {
        ShardMessage said = ShardMessages.decode(message);
        execute(() -> hear(from, said));
    }

    /** Takes what another shard says, in a turn of this one. What comes when this one does not lead, or may not act, will be said again. */
    void hear(int from, ShardMessage said) {
        if (phase != Phase.LEADING || !log().mayAct()) {
            return;
        }
        if (said instanceof ShardMessage.OfTransaction one) {
            transactions.receive(from, one);
        } else if (said instanceof ShardMessage.Move move) {
            mover().take(from, move);
        } else if (said instanceof ShardMessage.MoveTaken answer) {
            mover().taken(from, answer);
        }
        split();
    }

    // ---- turns

    @Override
    public void submit(Batch batch) {
        inbox.add(batch);
        schedule();
    }

    /** Makes sure that a turn follows. Any thread. */
    public void schedule() {
        if (scheduled.compareAndSet(false, true)) {
            loop.execute(this::run);
        }
    }

    private void run() {
        scheduled.set(false);
        if (phase != Phase.LEADING) {
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
        phase = Phase.OVER;
        LOG.error("WB2100 shard {}: a turn broke off", number, cause);
        onFailure.accept(cause);
    }

    private void runTurn() {
        if (!log().mayAct() || log().isBacklogged()) {
            // what has come waits; whoever keeps the log has the shard look again
            return;
        }
        nowMs = clock.epochMs();
        if (!brokenOff.isEmpty()) {
            brokenOff.forEach(this::wake);
            brokenOff.clear();
        }
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
        if (!inbox.isEmpty() || !brokenOff.isEmpty()) {
            schedule();
        }
    }

    private void endTurn() {
        dispatch();
        while (!turn.idle() || storage.isUnrecorded()) {
            close(turn);
            dispatch();
        }
        storage.countMemory();
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

    /** Has a queue dispatched before the turn ends. */
    void wake(Queue queue) {
        if (!queue.awake() && phase == Phase.LEADING) {
            queue.awake(true);
            dirtyQueues.addLast(queue);
        }
    }

    private void dispatch() {
        Queue queue = dirtyQueues.pollFirst();
        while (queue != null) {
            queue.awake(false);
            if (state.exists(queue)) {
                if (queue.dispatch(nowMs)) {
                    brokenOff.add(queue);
                }
                commands.pressure().relieve(state.node(queue));
            }
            queue = dirtyQueues.pollFirst();
        }
        storage.shed();
    }

    private void close(Turn finished) {
        storage.recordRest(finished);
        turn = new Turn(this);
        Frame frame = finished.frameOrNull();
        if (frame != null && finished.unhurried()) {
            // Not among those in flight: nothing that anybody sees waits for it, or can be overtaken by it.
            log().appendUnhurried(frame, () -> committed(frame, finished));
        } else if (frame != null) {
            inFlight.addLast(finished);
            if (finished.hasEarly()) {
                log().append(
                                frame,
                                finished.hasForced() ? () -> early(finished::forced) : null,
                                finished.hasReceived() ? () -> early(finished::received) : null,
                                () -> committed(frame, null));
            } else {
                log().append(frame, () -> committed(frame, null));
            }
        } else if (inFlight.isEmpty()) {
            finished.commit();
        } else {
            inFlight.addLast(finished);
        }
    }

    /** Appends what concerns this node's journal alone, unless the state is void; it takes effect once it is forced here. */
    void appendLocally(Turn own) {
        Frame frame = own.frameOrNull();
        if (frame != null && phase != Phase.OVER) {
            ownInFlight++;
            frame.unhurried();
            frame.onForced(forced -> settle(own));
            journal.append(frame);
        }
    }

    private void settle(Turn own) {
        try {
            own.commit();
            ownInFlight--;
            ownSettled();
        } catch (RuntimeException | Error broken) {
            fail(broken);
        }
    }

    Frame newFrame() {
        return new Frame(number);
    }

    /** A turn's frame is less than committed, which is enough for some. */
    private void early(Runnable answers) {
        if (phase == Phase.OVER) {
            return;
        }
        try {
            answers.run();
            schedule();
        } catch (RuntimeException | Error broken) {
            fail(broken);
        }
    }

    private void committed(Frame frame, @Nullable Turn unhurried) {
        if (phase == Phase.OVER) {
            return;
        }
        try {
            commitIndex = frame.logIndex();
            if (unhurried == null) {
                commit();
            } else {
                unhurried.commit();
            }
            runAwaited();
            schedule();
        } catch (RuntimeException | Error broken) {
            fail(broken);
        }
    }

    /** The oldest frame in flight is committed: carries out its turn, and those behind it that have none. */
    private void commit() {
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
    }

    private record Awaited(long index, Runnable task) {}

    void runAwaited() {
        while (!awaited.isEmpty() && awaited.peekFirst().index() <= commitIndex) {
            awaited.pollFirst().task().run();
        }
    }

    /** Runs a task once a log index is committed, which it is not yet; indexes are asked for in their order. */
    void afterCommitOf(long index, Runnable task) {
        awaited.addLast(new Awaited(index, task));
    }

    /** Runs a task on the shard's loop as a turn of its own. Any thread. */
    void execute(Runnable task) {
        loop.execute(() -> {
            if (phase == Phase.OVER) {
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

    Outbox outbox(SessionPort session) {
        return outboxes.computeIfAbsent(session, key -> new Outbox(this, key));
    }

    @Nullable
    Outbox forget(SessionPort session) {
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

    /** Why something new that has to be recorded cannot be made, or null. */
    @Nullable
    BrokerError refusalToCreate(String what) {
        return noRoom == null
                ? null
                : new BrokerError(BrokerError.Code.RESOURCE_LIMIT, what + " cannot be created: " + noRoom);
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
            commands.pressure().roomChanged();
        });
    }

    /** Tells a consumer that what it stated is committed, once it is. */
    void confirm(Outbox to, LocalConsumer consumer, long firstToken, long lastToken) {
        turn.answers().add(to, Batch.Kind.CONSUMER_SETTLED, consumer, firstToken, lastToken, null, null);
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

    void release(int segment, int bytes) {
        if (bytes > 0) {
            ShardLog recorder = log;
            if (recorder == null || !recorder.releases(segment, bytes)) {
                journal.release(segment, bytes);
            }
        }
    }

    static BrokerError deleted(String title) {
        return new BrokerError(BrokerError.Code.RESOURCE_DELETED, title + " was deleted");
    }
}
