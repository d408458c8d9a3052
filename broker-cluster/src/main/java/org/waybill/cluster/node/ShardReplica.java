package org.waybill.cluster.node;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.waybill.broker.ClusterContext;
import org.waybill.cluster.replication.Entry;
import org.waybill.cluster.replication.LogRecovery;
import org.waybill.cluster.replication.Machine;
import org.waybill.cluster.replication.Members;
import org.waybill.cluster.replication.Message;
import org.waybill.cluster.replication.MessageCodec;
import org.waybill.cluster.replication.Replica;
import org.waybill.cluster.replication.ReplicaSet;
import org.waybill.cluster.replication.ReplicationLink;
import org.waybill.cluster.replication.SnapshotReader;
import org.waybill.cluster.replication.SnapshotWriter;
import org.waybill.config.ClusterNode;
import org.waybill.io.Invariant;
import org.waybill.io.Loop;
import org.waybill.journal.CheckpointReader;
import org.waybill.journal.Frame;
import org.waybill.shard.Follower;
import org.waybill.shard.Shard;
import org.waybill.shard.ShardLog;
import org.waybill.shard.StateTaker;
import org.waybill.spi.BrokerError;

/**
 * One shard on one node: its replica's log is where the shard records its turns while it leads, and what the shard follows while it does
 * not. On the shard's loop.
 *
 * <pre>
 *  FOLLOWING ── leading ──► LEADING ── deposed ──► REBUILDING ── state read again ──► FOLLOWING
 * </pre>
 *
 * <p>A shard that leads has a state ahead of what is committed. When it is deposed that is given up, and made again from the checkpoint
 * and the log up to the last entry whose effects took place here; what is committed meanwhile waits.
 */
final class ShardReplica implements Machine, ReplicationLink, ShardLog {
    private static final Logger LOG = LoggerFactory.getLogger(ShardReplica.class);

    private enum State {
        FOLLOWING,
        LEADING,
        REBUILDING
    }

    /** A turn of the shard that waits for the commit of its frame. */
    private record Pending(Frame frame, Runnable committed) {}

    /** An entry that is committed, whose effects are still to take place. */
    private record Ready(Entry entry, long position, @Nullable Runnable effects) {}

    private final ClusterContext context;
    private final Transport transport;
    private final Leaders leaders;
    private final int number;
    private final int tailBytes;
    private final List<ClusterNode> nodes;
    private final Loop loop;
    private final MessageCodec codec = new MessageCodec();
    private final Queue<byte[]> inbox = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final ArrayDeque<Pending> pending = new ArrayDeque<>();
    private final ArrayDeque<Ready> ready = new ArrayDeque<>();
    private final EarlyAnswers early = new EarlyAnswers();
    private State state = State.FOLLOWING;
    private Shard shard;
    private Follower follower;
    private long appliedIndex;
    private long proposedIndex;
    private long receivedIndex;
    private @Nullable Replica replica;
    private volatile boolean empty = true;
    private boolean member;
    private boolean wantsToLead;
    private @Nullable Runnable afterRebuild;
    private boolean stalled;

    /**
     * A shard of which nothing is recovered yet.
     *
     * @param tailBytes how much of its log is kept in memory
     */
    ShardReplica(ClusterContext context, Transport transport, Leaders leaders, int number, int tailBytes) {
        this.context = context;
        this.transport = transport;
        this.leaders = leaders;
        this.number = number;
        this.tailBytes = tailBytes;
        this.nodes = context.settings().cluster().orElseThrow().nodes();
        this.shard = context.shards().here(number);
        this.follower = new Follower(shard);
        this.loop = shard.loop();
    }

    int number() {
        return number;
    }

    Loop loop() {
        return loop;
    }

    Follower follower() {
        return follower;
    }

    /** Its replica, after {@link #begin}. */
    Replica replica() {
        return Invariant.present(replica);
    }

    /** Its replica, if it has begun. */
    Optional<Replica> begun() {
        return Optional.ofNullable(replica);
    }

    /** Whether it has no log: as far as another thread can know. */
    boolean isEmpty() {
        return empty;
    }

    // ---- the start

    /** Reads the checkpoint; what is behind it is to be told to the handler. On the starting thread. */
    ShardRecovery recover() throws IOException {
        return recovering(follower, tailBytes, Long.MAX_VALUE);
    }

    private ShardRecovery recovering(Follower into, int tailBytes, long upTo) throws IOException {
        LogRecovery log = new LogRecovery(number, Follower::isRetained, tailBytes, (entry, position) -> {
            if (entry.index() <= upTo) {
                apply(into, entry, position);
            }
        });
        Optional<CheckpointReader> newest = CheckpointReader.newest(context.disk(), number);
        if (newest.isPresent()) {
            try (CheckpointReader reader = newest.get()) {
                log.checkpoint(reader.replayFromPosition(), into.restore(reader));
            }
        }
        return new ShardRecovery(number, log, into);
    }

    /** Begins to follow; on the loop, when the journal runs. */
    void begin(Replica made) {
        replica = made;
        appliedIndex = made.commitIndex();
        empty = made.lastIndex() == 0;
        follower.follow(this);
        if (made.lacks()) {
            LOG.warn(
                    "WB3026 shard {}: this node ended without a clean stop, and may lack what it had only in memory; it does not vote alone "
                            + "until a leader has given it everything, or all nodes are there",
                    number);
        }
    }

    /** See {@link org.waybill.spi.ClusterAdministration#acceptLoss}. */
    Optional<BrokerError> acceptLoss() {
        if (!replica().lacks()) {
            return Optional.of(new BrokerError(
                    BrokerError.Code.PRECONDITION_FAILED, "this node's replica of shard " + number + " lacks nothing"));
        }
        LOG.warn("WB3027 shard {}: an operator has accepted the loss of what this node had only in memory", number);
        replica().acceptLoss();
        return Optional.empty();
    }

    // ---- from other nodes

    /** A message for the replica has come. Any thread. */
    void receive(byte[] message) {
        inbox.add(message);
        if (scheduled.compareAndSet(false, true)) {
            loop.execute(this::drain);
        }
    }

    /** What was said to a node and not answered may be lost. Any thread. */
    void lost(int node) {
        loop.execute(() -> begun().ifPresent(begun -> begun.lost(node)));
    }

    private void drain() {
        scheduled.set(false);
        byte[] next = inbox.poll();
        while (next != null) {
            take(next);
            next = inbox.poll();
        }
        guarded(this::release);
    }

    private void take(byte[] bytes) {
        Message message;
        try {
            message = codec.decode(bytes);
        } catch (IllegalArgumentException malformed) {
            LOG.warn("WB3010 shard {}: a message of another node cannot be read: {}", number, malformed.getMessage());
            return;
        }
        guarded(() -> replica().onMessage(MessageCodec.to(bytes), message));
    }

    /** Time has passed. */
    void tick() {
        guarded(() -> replica().tick());
        empty = empty && replica().lastIndex() == 0;
        tellMembership();
        guarded(this::seat);
        guarded(this::release);
        if (stalled && state == State.LEADING && mayAct()) {
            stalled = false;
            shard.schedule();
        }
    }

    /**
     * The members are to be on the nodes of the configuration: whoever leads takes in those that are missing, and when all of them count
     * lets go of others, one at a time.
     */
    private void seat() {
        if (!replica().isLeading()) {
            return;
        }
        ReplicaSet set = replica().replicas();
        boolean complete = true;
        for (ClusterNode node : nodes) {
            if (set.onNode(node.id()) == Members.NONE) {
                complete = false;
                if (replica().admit(node.id())) {
                    LOG.info(
                            "WB3018 shard {}: node {} is to be a member, and counts when it has everything",
                            number,
                            node.name());
                }
            }
        }
        for (int i = 0; complete && i < set.size(); i++) {
            int node = Members.node(set.member(i));
            boolean isConfigured = nodes.stream().anyMatch(each -> each.id() == node);
            if (!isConfigured && replica().dismiss(set.member(i))) {
                LOG.info(
                        "WB3019 shard {}: node {} is in no configuration any more, and not a member from now on",
                        number,
                        node);
                return;
            }
        }
    }

    private void tellMembership() {
        boolean is = replica().replicas().contains(replica().self());
        if (is && !member) {
            LOG.info("WB3017 shard {}: this node counts for its majority", number);
        }
        member = is;
    }

    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error broken) {
            LOG.error("WB3011 shard {}: its replica cannot go on", number, broken);
            context.failed(broken);
            throw broken;
        }
    }

    // ---- what the replica tells

    @Override
    public void send(long to, Message message) {
        transport.replicate(to, number, codec.encode(number, to, message), isBulk(message));
    }

    /** What follows on what was sent before, or may be long: nothing of it overtakes what is of the same kind. */
    private static boolean isBulk(Message message) {
        return message instanceof Message.Append append && !append.entries().isEmpty()
                || message instanceof Message.SnapshotPiece piece && piece.bytes().length > 0
                || message instanceof Message.FetchReply
                || message instanceof Message.HandOver;
    }

    @Override
    public int roomBytes(long to) {
        return transport.replicationRoomBytes(to);
    }

    @Override
    public long delayNs(long to) {
        return transport.replicationDelayNs(to);
    }

    @Override
    public void committed(Entry entry, long position) {
        Pending first = pending.peekFirst();
        if (first != null && first.frame.logIndex() == entry.index()) {
            pending.removeFirst();
            ready.addLast(new Ready(entry, position, first.committed));
        } else {
            ready.addLast(new Ready(entry, position, null));
        }
        guarded(this::release);
    }

    @Override
    public void forced() {
        guarded(this::answerEarly);
    }

    @Override
    public void received(long index) {
        receivedIndex = index;
        guarded(this::answerEarly);
    }

    private void answerEarly() {
        early.release(replica().forcedIndex(), Math.max(receivedIndex, appliedIndex), this::mayAct);
    }

    /** Lets the effects of what is committed take place: at once on a follower, while it may act on a leader. */
    private void release() {
        while (!ready.isEmpty() && state != State.REBUILDING && (state == State.FOLLOWING || mayAct())) {
            Ready next = ready.removeFirst();
            appliedIndex = next.entry.index();
            Runnable effects = next.effects;
            if (effects != null) {
                effects.run();
            } else if (state == State.FOLLOWING) {
                apply(follower, next.entry, next.position);
            } else {
                follower.committed(next.entry.index());
            }
        }
        answerEarly();
    }

    private static void apply(Follower to, Entry entry, long position) {
        ByteBuffer records = entry.records();
        long at = position;
        while (records.hasRemaining()) {
            int payload = records.getInt();
            byte type = (byte) records.getInt();
            int bytes = Frame.recordBytesOf(payload);
            if (type != Entry.BARRIER && type != Entry.REPLICAS) {
                to.record(
                        type,
                        at,
                        bytes,
                        records.slice(records.position(), payload).order(records.order()));
            }
            records.position(records.position() + payload);
            at += bytes;
        }
        to.committed(entry.index());
    }

    @Override
    public void leading(long epoch) {
        if (state == State.REBUILDING) {
            wantsToLead = true;
        } else {
            // in a task of its own: what is committed before has been released by then
            loop.execute(() -> lead(epoch));
        }
    }

    private void lead(long epoch) {
        if (state != State.FOLLOWING || !replica().isLeading() || replica().epoch() != epoch) {
            return;
        }
        release();
        LOG.info("WB3012 shard {}: this node leads, epoch {}", number, epoch);
        state = State.LEADING;
        follower.lead(context.shards(), transport, epoch, context.settings().transactions(), context::failed);
        leaders.leads(number, epoch);
    }

    @Override
    public void deposed() {
        wantsToLead = false;
        if (state == State.LEADING) {
            LOG.info("WB3013 shard {}: this node does not lead any more", number);
            state = State.REBUILDING;
            leaders.leadsNot(number);
            pending.clear();
            early.clear();
            receivedIndex = 0;
            proposedIndex = 0;
            // their effects have not taken place: they are entries like those of others now
            int held = ready.size();
            for (int i = 0; i < held; i++) {
                Ready each = ready.removeFirst();
                ready.addLast(new Ready(each.entry, each.position, null));
            }
            shard.abandon(this::rebuild);
        }
    }

    private void rebuild(long position) {
        Shard made = context.newShard(number);
        Follower into = new Follower(made);
        long upTo = appliedIndex;
        context.blocking().execute(() -> {
            try {
                read(into, position, upTo);
                loop.execute(() -> rebuilt(made, into));
            } catch (IOException | RuntimeException | Error broken) {
                if (transport.isClosed()) {
                    return; // the journal has been closed meanwhile: this node ends
                }
                LOG.error("WB3014 shard {}: its state cannot be read again", number, broken);
                context.failed(broken);
            }
        });
    }

    private void read(Follower into, long position, long upTo) throws IOException {
        ShardRecovery recovering = recovering(into, 0, upTo);
        context.journal().reread(recovering.log().replayFrom(), position, recovering);
        recovering.log().committedUpTo(upTo);
        recovering.log().recovered();
    }

    private void rebuilt(Shard made, Follower into) {
        Shard former = shard;
        shard = made;
        follower = into;
        context.shards().replace(made);
        into.follow(this);
        into.succeed(former);
        state = State.FOLLOWING;
        release();
        Runnable next = afterRebuild;
        afterRebuild = null;
        if (next != null) {
            next.run();
        } else if (wantsToLead) {
            wantsToLead = false;
            lead(replica().epoch());
        }
    }

    @Override
    public SnapshotReader snapshot() {
        // the state that is given is as of what was told committed, so it must have all of that
        return new GivenState(state == State.REBUILDING || !ready.isEmpty() ? null : shard);
    }

    @Override
    public SnapshotWriter install() {
        return new TakenState();
    }

    /** Another node's state on its way here: aside, until it takes the place of what there is. */
    private final class TakenState implements SnapshotWriter {
        private final Shard made = context.newShard(number);
        private final StateTaker taker = new StateTaker(made);

        @Override
        public void write(byte[] piece, Done written) {
            try {
                taker.write(piece, () -> written.done(true));
            } catch (IllegalArgumentException malformed) {
                LOG.warn("WB3015 shard {}: a state cannot be taken over: {}", number, malformed.getMessage());
                written.done(false);
            }
        }

        @Override
        public void commit(long replayFrom, byte[] meta, Done done) {
            if (state == State.REBUILDING) {
                // else the state that is being read would take the place of this one, and what waits for it be applied
                // to this one
                afterRebuild = () -> commit(replayFrom, meta, done);
                return;
            }
            state = State.REBUILDING;
            shard.abandon(position -> taker.commit(replayFrom, meta, inForce -> {
                if (inForce) {
                    follower.discard();
                    take();
                    done.done(true);
                    appliedIndex = replica().commitIndex();
                } else {
                    taker.abandon();
                    done.done(false);
                    rebuild(position);
                }
            }));
        }

        private void take() {
            LOG.info("WB3016 shard {}: the state of another node was taken over", number);
            shard = made;
            follower = taker.follower();
            context.shards().replace(made);
            follower.follow(ShardReplica.this);
            state = State.FOLLOWING;
        }

        @Override
        public void abandon() {
            taker.abandon();
        }
    }

    // ---- the shard's log

    @Override
    public void append(Frame frame, Runnable committed) {
        pending.addLast(new Pending(frame, committed));
        proposedIndex = replica().propose(frame);
    }

    @Override
    public void append(Frame frame, @Nullable Runnable forced, @Nullable Runnable received, Runnable committed) {
        pending.addLast(new Pending(frame, committed));
        proposedIndex = received == null ? replica().propose(frame) : replica().proposeInMemory(frame);
        early.add(proposedIndex, forced, received);
    }

    @Override
    public void appendUnhurried(Frame frame, Runnable committed) {
        frame.unhurried();
        append(frame, committed);
    }

    /** The last entry of the shard's own: others' are in the state only when they are committed. */
    @Override
    public long lastIndex() {
        return proposedIndex;
    }

    @Override
    public boolean mayAct() {
        boolean may = replica().mayAct();
        stalled |= !may;
        return may;
    }

    @Override
    public boolean isBacklogged() {
        boolean backlogged = replica().isBacklogged();
        stalled |= backlogged;
        return backlogged;
    }

    @Override
    public boolean releases(int segment, int bytes) {
        replica().release(segment, bytes);
        return true;
    }

    @Override
    public long replayFrom() {
        Ready first = ready.peekFirst();
        long from = replica().replayFrom();
        return first == null ? from : Math.min(from, Frame.beginning(first.position));
    }

    @Override
    public byte[] meta() {
        return replica().meta(appliedIndex);
    }
}
