package org.waybill.cluster.replication;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.journal.Frame;

/** One leader's time in one epoch: sends, counts, commits (R5, R7), keeps its lease (R8), changes the replica set (R11). */
final class Leadership {
    /** A follower that answers for nothing new for so many times a retry is sent everything again. */
    private static final int STALLED_RETRIES = 4;

    /** And for so many times what that takes as it looked when it was sent. */
    private static final int LATE_DELAYS = 3;

    /** A leader that commits nothing for so many leases looks for the reason. */
    private static final int LEASES_WITHOUT_COMMIT = 3;

    /** A leader that no majority has answered for so many fifths of the time after which others try is none: they may lead by then. */
    private static final int FORSAKEN_FIFTHS = 6;

    private static final int FIFTHS = 5;

    private final Replica replica;
    private final Log log;
    private final ReplicationOptions options;
    private final long epoch;
    private final List<Progress> others = new ArrayList<>();
    private final Lateness lateness;
    private final Set<Integer> admitted = new HashSet<>();
    private long barrierIndex;
    /** The last entry for which answers are wanted when it is received. */
    private long soonIndex;
    /** Up to here the machine knows that a majority has received it. */
    private long receivedIndex;

    private long tickedNs;
    /** When this node woke up last, or this lead began. */
    private long wokenNs;
    /** When something was committed last, or nothing was there to be. */
    private long committedNs;

    private boolean leading;
    private long[] counting = {};

    Leadership(Replica replica) {
        this.replica = replica;
        this.log = replica.log();
        this.options = replica.options();
        this.epoch = replica.promise().epoch();
        this.lateness = new Lateness(options.leaseNs());
    }

    void begin() {
        long begunNs = replica.nowNs();
        tickedNs = begunNs;
        wokenNs = begunNs;
        committedNs = begunNs;
        long next = log.lastIndex() + 1;
        ReplicaSet set = log.replicas();
        for (int i = 0; i < set.size(); i++) {
            if (set.member(i) != replica.self()) {
                others.add(new Progress(set.member(i), next, false, begunNs, replica.longAgoNs()));
            }
        }
        barrierIndex = next;
        append(Entry.barrier());
        sendAll();
    }

    /** Whether the barrier is committed. */
    boolean begun() {
        return leading;
    }

    boolean mayAct() {
        return leading && replica.rules().leaseHolds(replica.nowNs(), provenNs(), options.leaseNs());
    }

    /** One that nobody waits for is sent with the next one, or at the next tick. */
    long propose(Frame frame, boolean soon) {
        long index = log.append(frame, epoch);
        if (soon) {
            soonIndex = index;
            replica.vouching().begin();
        }
        if (frame.urgent()) {
            sendAll();
        }
        return index;
    }

    boolean admit(int node) {
        return admitted.add(node);
    }

    boolean dismiss(long member) {
        boolean may = member != replica.self()
                && log.replicas().contains(member)
                && log.replicas().size() > 1
                && mayChange();
        if (may) {
            change(log.replicas().without(member));
        }
        return may;
    }

    boolean handOver(long member) {
        Progress to = find(member);
        if (to == null || !leading || !log.replicas().contains(member)) {
            return false;
        }
        replica.becomeFollower();
        replica.follower().forget();
        replica.send(member, new Message.HandOver(replica.self(), epoch));
        return true;
    }

    /** A replica that no set names: it gets entries, and counts when it has them and its place is free. */
    void join(long member) {
        int node = Members.node(member);
        long predecessor = log.replicas().onNode(node);
        boolean wanted = predecessor != Members.NONE || admitted.contains(node);
        if (member != replica.self() && predecessor != member && wanted && find(member) == null) {
            others.removeIf(other -> Members.node(other.member) == node && other.member != predecessor);
            Progress learner = new Progress(
                    member, log.lastIndex() + 1, predecessor != Members.NONE, replica.nowNs(), replica.longAgoNs());
            others.add(learner);
            send(learner);
        }
    }

    void tick() {
        long nowNs = replica.nowNs();
        if (isForsaken(nowNs)) {
            replica.becomeFollower();
            return;
        }
        if (isStuck()) {
            beginAnew();
            return;
        }
        for (Progress other : others) {
            if (other.isBehind() && nowNs - other.advancedNs > patienceNs(other)) {
                other.grope(other.match + 1, replica.longAgoNs());
                other.advancedNs = nowNs;
            }
            send(other);
            long quietSinceNs = other.isBehind() ? Math.max(other.stampNs, other.askedNs) : other.sentNs;
            if (nowNs - quietSinceNs >= options.heartbeatNs()) {
                heartbeat(other);
            }
        }
        lateness.observe(nowNs, log.lastIndex(), log.commitIndex(), !hasQuickMajority());
        seat();
    }

    /** Whether it hears no majority for so long that others may lead. After a standstill of this node it listens for as long anew. */
    private boolean isForsaken(long nowNs) {
        if (nowNs - tickedNs > options.leaseNs() / 2) {
            wokenNs = nowNs;
        }
        tickedNs = nowNs;
        return nowNs - Math.max(provenNs(), wokenNs) > options.failoverNs() / FIFTHS * FORSAKEN_FIFTHS;
    }

    /** Whether another had better lead: what is proposed is committed late, and that because of the links of this node. */
    boolean isHeldUp() {
        return leading && lateness.lasts(replica.nowNs());
    }

    /** Whether what is sent now is with a majority soon, as far as the links tell. */
    private boolean hasQuickMajority() {
        ReplicaSet set = log.replicas();
        int quick = 0;
        for (int i = 0; i < set.size(); i++) {
            boolean isHere = set.member(i) == replica.self();
            quick += isHere || replica.link().delayNs(set.member(i)) < options.leaseNs() / 2 ? 1 : 0;
        }
        return quick >= set.majority();
    }

    /** What was sent to a node may be lost. */
    void lost(int node) {
        for (Progress other : others) {
            if (Members.node(other.member) == node && other.isBehind()) {
                other.grope(other.match + 1, replica.longAgoNs());
            }
        }
    }

    void reply(Message.AppendReply m) {
        Progress other = find(m.from());
        if (other == null) {
            return;
        }
        if (m.result() == Message.AppendResult.OUTDATED) {
            if (m.otherEpoch() > epoch) {
                // it can only be led from a higher epoch: this replica lets go of its own, and takes that
                replica.seen(m.otherEpoch());
                beginAnew();
            }
            return;
        }
        other.stampNs = Math.max(other.stampNs, m.stampNs());
        other.hasAnswered = true;
        hear(other, m.plea());
        if (m.result() == Message.AppendResult.MISMATCH) {
            other.grope(Math.max(log.epochs().floor(m.index(), m.otherEpoch()), other.match) + 1, replica.longAgoNs());
        } else if (m.result() == Message.AppendResult.FORCED) {
            forced(other, m.index());
            other.received = Math.max(other.received, m.receivedIndex());
            advance();
            answer(other, m.plea());
            replica.source().reached(other.member, m.index());
        } else {
            replica.source().isInstalling(other.member);
        }
        send(other);
    }

    List<ReplicaStatus.Other> status() {
        List<ReplicaStatus.Other> status = new ArrayList<>();
        long nowNs = replica.nowNs();
        for (Progress other : others) {
            status.add(new ReplicaStatus.Other(
                    other.member,
                    log.replicas().contains(other.member),
                    log.lastIndex() - other.match,
                    log.bytesBetween(other.match, log.lastIndex()),
                    replica.source().gives(other.member),
                    other.hasAnswered ? nowNs - other.stampNs : ReplicaStatus.NEVER));
        }
        return status;
    }

    /** Counts who has what forced; commits what a majority has. */
    void advance() {
        ReplicaSet set = log.replicas();
        long own = replica.rules().ownMatch(log.forcedIndex(), log.lastIndex());
        for (int i = 0; i < countFrom(set); i++) {
            Progress other = set.member(i) == replica.self() ? null : find(set.member(i));
            counting[i] = set.member(i) == replica.self() ? own : other == null ? 0 : other.match;
        }
        long index = Math.min(counted(set), own);
        if (index > log.commitIndex() && replica.rules().mayCommit(index, barrierIndex)) {
            replica.commit(index);
            committedNs = replica.nowNs();
            if (!leading && log.commitIndex() >= barrierIndex) {
                leading = true;
                replica.machine().leading(epoch);
            }
        }
        if (leading && soonIndex > receivedIndex) {
            advanceReceived(set);
        }
    }

    /** Tells what a majority has received, if the machine waits for it. */
    private void advanceReceived(ReplicaSet set) {
        long own = replica.vouching().may() ? log.lastIndex() : log.forcedIndex();
        for (int i = 0; i < countFrom(set); i++) {
            Progress other = set.member(i) == replica.self() ? null : find(set.member(i));
            long theirs = other == null ? 0 : Math.max(other.received, other.match);
            counting[i] = set.member(i) == replica.self() ? own : theirs;
        }
        long index = Math.min(counted(set), own);
        if (index > Math.max(receivedIndex, log.commitIndex())) {
            receivedIndex = index;
            replica.machine().received(index);
        }
    }

    /** A member may lack what it has answered for: what was there when it said so first is what it must have. */
    private void hear(Progress other, long plea) {
        if (plea != 0 && plea != other.plea) {
            other.plea = plea;
            other.pleaIndex = log.lastIndex();
        }
    }

    private void answer(Progress other, long plea) {
        if (plea != 0 && replica.rules().isResynced(other.match, other.pleaIndex)) {
            replica.send(other.member, new Message.Resynced(replica.self(), epoch, plea));
        }
    }

    /**
     * Whether a member that is needed for a majority waits for a snapshot, and that for what this leader's state shows already and only
     * that majority can commit.
     */
    private boolean isStuck() {
        if (log.lastIndex() == log.commitIndex()) {
            committedNs = replica.nowNs();
        }
        return leading
                && replica.nowNs() - committedNs > options.leaseNs() * LEASES_WITHOUT_COMMIT
                && replica.source().isMaking(log.replicas());
    }

    /** Lets go and tries to lead in a higher epoch: as long as its barrier is not committed, the state shows nothing that is not. */
    private void beginAnew() {
        replica.becomeFollower();
        replica.follower().forget();
        replica.candidacy().begin(epoch);
    }

    private void forced(Progress other, long index) {
        Invariant.check(index <= log.lastIndex(), "nobody has more than its leader");
        if (index > other.match) {
            other.match = index;
            other.advancedNs = replica.nowNs();
        }
        if (!other.streaming && index >= other.next - 1) {
            other.streaming = true;
            other.advancedNs = replica.nowNs();
        }
        other.next = Math.max(other.next, other.match + 1);
    }

    private void append(byte[] records) {
        log.append(new Entry(log.lastIndex() + 1, epoch, records, 0, records.length));
    }

    private void sendAll() {
        for (int i = 0; i < others.size(); i++) {
            send(others.get(i));
        }
    }

    /** Sends what there is to send and may be sent now. */
    private void send(Progress other) {
        if (other.next < log.firstIndex()) {
            offer(other);
        } else if (other.streaming) {
            while (other.next <= log.lastIndex()
                    && log.bytesBetween(other.match, other.next - 1) < options.windowBytes()) {
                int bytes = appendBytes(other);
                if (bytes == 0) {
                    return;
                }
                if (other.match == other.next - 1) {
                    other.advancedNs = replica.nowNs();
                }
                List<Entry> entries = log.from(other.next, bytes);
                append(other, other.next - 1, entries);
                other.next += entries.size();
            }
        } else if (replica.nowNs() - other.sentNs >= options.retryNs()) {
            int bytes = appendBytes(other);
            append(other, other.next - 1, bytes == 0 ? List.of() : log.from(other.next, bytes));
        }
    }

    /** How much may be sent in one message now: nothing while its link has more than enough. */
    private int appendBytes(Progress other) {
        return Math.max(0, Math.min(options.maxAppendBytes(), replica.link().roomBytes(other.member)));
    }

    /** For so long what is on its way to it may be there without an answer for anything new. */
    private long patienceNs(Progress other) {
        return options.retryNs() * STALLED_RETRIES + other.delayNs * LATE_DELAYS;
    }

    private void offer(Progress other) {
        if (replica.nowNs() - other.sentNs >= options.heartbeatNs()) {
            other.streaming = false;
            other.sentNs = replica.nowNs();
            replica.send(
                    other.member,
                    new Message.SnapshotOffer(replica.self(), epoch, replica.nowNs(), log.firstIndex() - 1));
        }
    }

    /** Says that it leads, as of what is there for certain: so that this may overtake what is on its way. */
    private void heartbeat(Progress other) {
        if (other.next >= log.firstIndex()) {
            other.askedNs = replica.nowNs();
            append(other, other.isBehind() ? other.match : other.next - 1, List.of());
        }
    }

    private void append(Progress other, long previous, List<Entry> entries) {
        other.sentNs = replica.nowNs();
        other.delayNs = replica.link().delayNs(other.member);
        replica.send(
                other.member,
                new Message.Append(
                        replica.self(),
                        epoch,
                        replica.nowNs(),
                        previous,
                        log.epochAt(previous),
                        log.commitIndex(),
                        !entries.isEmpty() && entries.get(0).index() <= soonIndex,
                        entries));
    }

    /** Lets a new member count that has caught up: in two steps, if its predecessor must go. */
    private void seat() {
        if (!mayChange()) {
            return;
        }
        ReplicaSet set = log.replicas();
        int changed = 0;
        for (Progress other : others) {
            boolean ready = !set.contains(other.member)
                    && other.streaming
                    && (other.replacement || admitted.contains(Members.node(other.member)))
                    && replica.rules().hasCaughtUp(other.match, log.commitIndex());
            if (ready && changed < replica.rules().membersAtOnce()) {
                long predecessor = set.onNode(Members.node(other.member));
                set = predecessor == Members.NONE ? set.with(other.member) : set.without(predecessor);
                changed++;
            }
        }
        if (changed > 0) {
            change(set);
        }
    }

    private boolean mayChange() {
        return leading && replica.rules().mayChange(log.commitIndex(), barrierIndex, log.replicasIndex());
    }

    private void change(ReplicaSet set) {
        ReplicaSet before = log.replicas();
        append(Entry.replicas(set));
        others.removeIf(other -> before.contains(other.member) && !set.contains(other.member));
        sendAll();
        advance();
    }

    /** The newest time at which a majority is known to have obeyed this leader. */
    private long provenNs() {
        ReplicaSet set = log.replicas();
        for (int i = 0; i < countFrom(set); i++) {
            Progress other = set.member(i) == replica.self() ? null : find(set.member(i));
            counting[i] = set.member(i) == replica.self()
                    ? replica.nowNs()
                    : other == null ? replica.longAgoNs() : other.stampNs;
        }
        return counted(set);
    }

    private int countFrom(ReplicaSet set) {
        if (counting.length != set.size()) {
            counting = new long[set.size()];
        }
        return set.size();
    }

    /** What a majority has at least. */
    private long counted(ReplicaSet set) {
        Arrays.sort(counting);
        return counting[set.size() - set.majority()];
    }

    private @Nullable Progress find(long member) {
        for (int i = 0; i < others.size(); i++) {
            if (others.get(i).member == member) {
                return others.get(i);
            }
        }
        return null;
    }
}
