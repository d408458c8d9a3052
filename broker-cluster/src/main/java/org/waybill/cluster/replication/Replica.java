package org.waybill.cluster.replication;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Clock;
import org.waybill.io.Invariant;
import org.waybill.journal.Frame;

/**
 * One shard's replica on one node. Everything is called on the shard's loop and returns at once: {@link #onMessage} for what
 * the link brings, {@link #tick} every 50 ms or more often, {@link #onHint} whenever the coordinator of elections was heard.
 *
 * <p>The shard gives its entries to {@link #propose} while {@link #isLeading} and acts (delivers, settles, answers) only while
 * {@link #mayAct}; it hears of what is committed as {@link Machine}. See docs/ARCHITECTURE.md for the protocol.
 */
public final class Replica implements LogStore.Listener {
    private final long self;
    private final ReplicationOptions options;
    private final Rules rules;
    private final LogStore store;
    private final ReplicationLink link;
    private final Machine machine;
    private final Clock clock;
    private final RandomGenerator random;
    private final Log log;
    private final Voter voter;
    private final Patience patience;
    private final Follower follower;
    private final Candidacy candidacy;
    private final Vouching vouching;
    private final SnapshotPull pull;
    private final SnapshotSource source;

    private Role role = Role.FOLLOWER;
    private Promise promise;
    private long promiseTicket;
    private long seenEpoch;
    private @Nullable LeaderHint hint;
    private @Nullable Leadership leadership;

    /**
     * A replica as its store found it, with a machine that has been told what is committed: see {@link LogRecovery}.
     *
     * @param self this node and its disk, see {@link Members}
     * @param random for delays
     */
    public Replica(
            long self,
            ReplicationOptions options,
            LogStore store,
            LogStore.Recovered recovered,
            ReplicationLink link,
            Machine machine,
            Clock clock,
            RandomGenerator random) {
        this(self, options, new Rules(), store, recovered, link, machine, clock, random);
    }

    /** For tests that take a rule away. */
    Replica(
            long self,
            ReplicationOptions options,
            Rules rules,
            LogStore store,
            LogStore.Recovered recovered,
            ReplicationLink link,
            Machine machine,
            Clock clock,
            RandomGenerator random) {
        this.self = self;
        this.options = options;
        this.rules = rules;
        this.store = store;
        this.link = link;
        this.machine = machine;
        this.clock = clock;
        this.random = random;
        this.promise = recovered.meta().promise();
        this.log = new Log(store, recovered, options.tailBytes());
        this.vouching = new Vouching(this, recovered.meta().vouches());
        this.voter = new Voter(this);
        this.pull = new SnapshotPull(this);
        this.source = new SnapshotSource(this);
        this.patience = new Patience(options, random);
        this.follower = new Follower(this, patience);
        this.candidacy = new Candidacy(this);
        store.listener(this);
        log.trim(source.heldIndex());
    }

    // ---- for the shard and its node

    /**
     * Begins a new log with its first replicas, all of which do the same. Never called but at the wish of whoever sets the
     * cluster up: a log that is missing is not a log to be begun.
     */
    public void bootstrap(ReplicaSet first) {
        Invariant.check(log.lastIndex() == 0 && promise.epoch() == 0, "a log is begun once");
        promise(new Promise(1, Members.NONE));
        byte[] records = Entry.replicas(first);
        log.append(new Entry(1, 1, records, 0, records.length));
    }

    /** The nodes to ask, while this replica hears of no leader and may be unknown to it, whether one of them leads and takes it in. */
    public void join(int... nodes) {
        follower.join(nodes.clone());
    }

    /** The nodes in the order in which they are to lead, the same on all: the first one is the first to try when nobody leads. */
    public void order(List<Integer> nodes) {
        patience.order(nodes);
    }

    /**
     * While the coordinator of elections answers, its word is waited for a little longer.
     *
     * @param answers whether it does; asked on the shard's loop
     */
    public void coordinated(BooleanSupplier answers) {
        patience.coordinated(answers);
    }

    /**
     * Appends what a turn of the shard recorded, and sends it; returns its index. May be called from within {@link
     * Machine#committed} and {@link Machine#leading}. An {@linkplain Frame#unhurried unhurried} frame is sent with the next
     * one, or at the next tick.
     *
     * @param frame of this shard, filled, with one record at least; it is stamped, encoded for the others and appended to the
     *     journal here. Its completion is the replica's: the shard hears of it by {@link Machine#committed}, and may then read
     *     the frame's positions
     */
    public long propose(Frame frame) {
        return leadership().propose(frame, false);
    }

    /**
     * As {@link #propose}, for a frame of which the machine wants to know when a majority has received it, besides when it is
     * committed: {@link Machine#received}.
     */
    public long proposeInMemory(Frame frame) {
        return leadership().propose(frame, true);
    }

    /**
     * The last call, at a planned stop, before the journal is closed: what it has answered for is forced by that, and the next start
     * need not doubt it.
     */
    public void stop() {
        vouching.end();
    }

    /**
     * An operator accepts that what was received by a majority and not forced may be lost, since a member that could have it will
     * never come back; until then, so many members having crashed, nobody is elected without all of them.
     */
    public void acceptLoss() {
        vouching.whole();
    }

    /** Whether something may be missing here that was answered for before a crash, so that its vote does not count alone. */
    public boolean lacks() {
        return vouching.lacks();
    }

    /** Whether entries may be proposed: this replica leads, and what was committed before is committed here. */
    public boolean isLeading() {
        Leadership leads = leadership;
        return leads != null && leads.begun();
    }

    /**
     * Whether nothing should be added, so that the shard takes nothing new from producers: too much waits to be committed, or a
     * replica that has failed to catch up by a snapshot before is about to fail again.
     */
    public boolean isBacklogged() {
        return log.bytesBetween(log.commitIndex(), log.lastIndex()) > options.windowBytes() || source.presses();
    }

    /** Whether deliveries, settlements and answers may go out at this moment: asked before each of them. */
    public boolean mayAct() {
        Leadership leads = leadership;
        return leads != null && leads.mayAct();
    }

    /**
     * Whether this replica leads, and what it proposes has been committed late for some seconds because its links with the others are slow:
     * one that has better ones would serve better.
     */
    public boolean isHeldUp() {
        Leadership leads = leadership;
        return leads != null && leads.isHeldUp();
    }

    /** Whoever coordinates elections says who should lead. */
    public void onHint(LeaderHint hint) {
        this.hint = hint;
        Leadership leads = leadership;
        if (leads != null && hint.member() != self && hint.epoch() > promise.epoch()) {
            leads.handOver(hint.member());
        }
    }

    /** Lets a node's replica become a member of the set; returns whether this replica leads and will do so when it has joined. */
    public boolean admit(int node) {
        Leadership leads = leadership;
        return leads != null && leads.admit(node);
    }

    /** Takes a member out of the set; returns whether it was begun: only a leader does, one change at a time, not with itself. */
    public boolean dismiss(long member) {
        Leadership leads = leadership;
        return leads != null && leads.dismiss(member);
    }

    /** Hands the leadership over, at a planned stop; returns whether it was begun. */
    public boolean handOver(long member) {
        Leadership leads = leadership;
        return leads != null && leads.handOver(member);
    }

    /** See {@link LogStore#release}. */
    public void release(int segment, int bytes) {
        store.release(segment, bytes);
    }

    /** From where a start must replay on top of a checkpoint that the machine begins in the next task of its loop. */
    public long replayFrom() {
        return store.replayFrom();
    }

    /**
     * What a checkpoint must keep of the log, for {@link LogRecovery#checkpoint}: asked for when its first part is gathered, not at its
     * end.
     *
     * @param index the last entry that is wholly in the machine's state: the last that was told committed, or one before it if the
     *     machine has yet to do with that what follows from it; then {@link #replayFrom} is the machine's to lower
     */
    public byte[] meta(long index) {
        Invariant.check(index <= log.commitIndex(), "a checkpoint is as of what is committed");
        return encode(metaAt(index));
    }

    /** Time has passed. */
    public void tick() {
        pull.tick();
        source.tick();
        Leadership leads = leadership;
        if (leads != null) {
            leads.tick();
        } else {
            candidacy.tick();
            follower.tick();
        }
    }

    /**
     * A message has come for this shard on this node.
     *
     * @param to the member that was meant; its successor does not answer for it
     */
    public void onMessage(long to, Message message) {
        if (Members.isFor(to, self)) {
            onMessage(message);
        }
    }

    private void onMessage(Message message) {
        if (message instanceof Message.Append m) {
            follower.append(m);
        } else if (message instanceof Message.AppendReply m) {
            if (leadership != null && m.epoch() == promise.epoch()) {
                leadership.reply(m);
            }
        } else if (message instanceof Message.PromiseRequest m) {
            voter.request(m);
        } else if (message instanceof Message.PromiseReply m) {
            candidacy.reply(m);
        } else if (message instanceof Message.Fetch m) {
            voter.fetch(m);
        } else if (message instanceof Message.FetchReply m) {
            candidacy.fetched(m);
        } else if (message instanceof Message.SnapshotOffer m) {
            follower.offered(m);
        } else if (message instanceof Message.SnapshotRequest m) {
            source.request(m);
        } else if (message instanceof Message.SnapshotPiece m) {
            pull.piece(m);
        } else if (message instanceof Message.Resynced m) {
            if (m.epoch() == promise.epoch()) {
                vouching.resynced(m.plea());
            }
        } else if (message instanceof Message.HandOver m) {
            if (role == Role.FOLLOWER && m.epoch() == promise.epoch()) {
                candidacy.begin(m.epoch());
            }
        } else if (message instanceof Message.Join m) {
            if (leadership != null) {
                leadership.join(m.from());
            }
        }
    }

    /** What was sent to a node and is not answered may be lost: it need not be waited for. */
    public void lost(int node) {
        source.lost(node);
        Leadership leads = leadership;
        if (leads != null) {
            leads.lost(node);
        }
    }

    @Override
    public void forced(long ticket) {
        log.forced(ticket);
        voter.forced();
        candidacy.forced();
        Leadership leads = leadership;
        if (leads != null) {
            leads.advance();
            if (isLeading()) {
                machine.forced();
            }
        } else {
            follower.forced();
        }
    }

    /** What it does at present, and what it knows of the others. */
    public ReplicaStatus status() {
        return new ReplicaStatus(
                self,
                role,
                epoch(),
                leader(),
                mayAct(),
                log.commitIndex(),
                log.forcedIndex(),
                log.lastIndex(),
                lacks(),
                log.replicas(),
                leadership == null ? List.of() : leadership.status());
    }

    /** What this replica does at present. */
    public Role role() {
        return role;
    }

    /** The epoch it has promised, which it also leads or follows in. */
    public long epoch() {
        return promise.epoch();
    }

    /** The member that leads, as far as is known, or {@link Members#NONE}. */
    public long leader() {
        return leadership != null ? self : follower.leader();
    }

    /** The name of this replica. */
    public long self() {
        return self;
    }

    /** Whether this replica has heard its leader within the leader's lease; no leader hears itself. */
    public boolean hearsLeader() {
        return leadership == null && follower.hearsLeader();
    }

    /** The members that count. */
    public ReplicaSet replicas() {
        return log.replicas();
    }

    /** Up to where the log is committed, as far as is known here. */
    public long commitIndex() {
        return log.commitIndex();
    }

    /** Up to where the log is forced here, committed or not. */
    public long forcedIndex() {
        return log.forcedIndex();
    }

    /** The last entry. */
    public long lastIndex() {
        return log.lastIndex();
    }

    // ---- for the parts

    ReplicationOptions options() {
        return options;
    }

    Rules rules() {
        return rules;
    }

    Log log() {
        return log;
    }

    LogStore store() {
        return store;
    }

    Machine machine() {
        return machine;
    }

    RandomGenerator random() {
        return random;
    }

    Voter voter() {
        return voter;
    }

    Vouching vouching() {
        return vouching;
    }

    Follower follower() {
        return follower;
    }

    Candidacy candidacy() {
        return candidacy;
    }

    SnapshotPull pull() {
        return pull;
    }

    SnapshotSource source() {
        return source;
    }

    long nowNs() {
        return clock.nanoTime();
    }

    /** A time so long ago that every waiting is over. */
    long longAgoNs() {
        return clock.nanoTime() - Long.MAX_VALUE / 4;
    }

    ReplicationLink link() {
        return link;
    }

    void send(long to, Message message) {
        link.send(to, message);
    }

    Promise promise() {
        return promise;
    }

    void promise(Promise given) {
        promise = given;
        promiseTicket = store.promise(given);
    }

    /** Whether the present promise would be found after a crash. */
    boolean promiseIsSafe() {
        return rules.isSafe(promiseTicket, log.forcedTicket());
    }

    @Nullable
    LeaderHint hint() {
        return hint;
    }

    /** Somebody has promised this epoch. */
    void seen(long epoch) {
        seenEpoch = Math.max(seenEpoch, epoch);
    }

    long seenEpoch() {
        return seenEpoch;
    }

    /** Gives up whatever else it was. */
    void becomeFollower() {
        candidacy.end();
        Leadership led = leadership;
        leadership = null;
        role = Role.FOLLOWER;
        if (led != null) {
            source.close();
        }
        if (led != null && led.begun()) {
            machine.deposed();
        }
    }

    void becomeCandidate() {
        becomeFollower();
        follower.forget();
        role = Role.CANDIDATE;
    }

    void becomeLeader() {
        candidacy.end();
        source.close();
        vouching.whole();
        role = Role.LEADER;
        leadership = new Leadership(this);
        leadership.begin();
    }

    /** Takes entries that follow on what is compared already: what stands at their places and is another's is cut away. */
    void take(List<Entry> entries) {
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            long here = log.epochAt(entry.index());
            if (entry.index() <= log.commitIndex()) {
                Invariant.check(
                        here == EpochHistory.UNKNOWN || here == entry.epoch(),
                        "what is committed is the same everywhere");
            } else if (entry.index() > log.lastIndex()) {
                log.append(entry);
            } else if (rules.conflicts(here, entry.epoch())) {
                log.truncateFrom(entry.index());
                log.append(entry);
            }
        }
    }

    /** The commit index is known to be here; tells the machine. */
    void commit(long index) {
        long from = log.commitIndex() + 1;
        if (index < from) {
            return;
        }
        log.commit(index);
        for (long i = from; i <= index; i++) {
            machine.committed(log.entry(i), store.committed(i));
            log.keep(i);
        }
        log.trim(source.heldIndex());
    }

    LogStore.Meta metaAt(long index) {
        return new LogStore.Meta(
                promise, index, log.epochs().upTo(index), log.replicasAt(index), vouching.isRecorded());
    }

    byte[] encode(LogStore.Meta meta) {
        return LogRecovery.encode(rules.kept(meta));
    }

    private Leadership leadership() {
        Leadership leads = leadership;
        Invariant.check(leads != null && leads.begun(), "only a leader proposes, once its barrier is committed");
        return Invariant.present(leads);
    }
}
