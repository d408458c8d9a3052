package org.waybill.cluster.replication;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;

/**
 * Tries to lead: first without effect, to see whether it would get promises, then for promises (R2, R3); adopts what the highest
 * of those who promised has (R4), until nobody among a majority has more.
 *
 * <pre>
 *   IDLE ── hint, or nobody leads ──► TRIAL ── a majority would ──► ROUND ── a majority has, log as high ──► (leader)
 *     ▲           handed over ────────────────────────────────────►   │
 *     └────── time over, refused, a leader is heard ──────────────────┘
 * </pre>
 */
final class Candidacy {
    private enum Phase {
        IDLE,
        TRIAL,
        ROUND
    }

    private final Replica replica;
    private final Map<Long, LogEnd> granted = new HashMap<>();
    /** Those of them that may lack what they have answered for. */
    private final Set<Long> lacking = new HashSet<>();

    private Phase phase = Phase.IDLE;
    private long epoch;
    private long releasedEpoch;
    private long begunNs;
    private long askedNs;
    private long notBeforeNs;

    /** Whose log is adopted, or none; what it has, and what of it was asked for last. */
    private long donor = Members.NONE;

    private @Nullable LogEnd donorEnd;
    private long fetchFrom;
    private long fetchedNs;

    Candidacy(Replica replica) {
        this.replica = replica;
        this.notBeforeNs = replica.longAgoNs();
    }

    /**
     * Begins to try, unless it may not.
     *
     * @param released the epoch of the leader that has let go, or 0
     */
    void begin(long released) {
        long self = replica.self();
        if (!replica.replicas().contains(self)
                || replica.pull().installing()
                || replica.voter().isHeld(released)) {
            return;
        }
        LeaderHint hint = replica.hint();
        long hinted = hint == null || hint.member() != self ? 0 : hint.epoch();
        epoch = replica.rules().nextEpoch(hinted, replica.promise().epoch(), replica.seenEpoch());
        releasedEpoch = released;
        granted.clear();
        lacking.clear();
        begunNs = replica.nowNs();
        if (released > 0) {
            beginRound();
        } else {
            phase = Phase.TRIAL;
            grantSelf();
            ask();
            trialled();
        }
    }

    void end() {
        phase = Phase.IDLE;
        donor = Members.NONE;
        donorEnd = null;
    }

    void tick() {
        long nowNs = replica.nowNs();
        long retryNs = replica.options().retryNs();
        if (phase == Phase.IDLE) {
            if (nowNs >= notBeforeNs && isWanted()) {
                notBeforeNs = nowNs + retryNs / 4 + replica.random().nextLong(retryNs / 2);
                begin(0);
            }
        } else if (nowNs - begunNs > replica.options().roundNs()
                && !replica.pull().isBusy()) {
            giveUp();
        } else if (nowNs - askedNs >= retryNs) {
            ask();
            if (donor != Members.NONE && nowNs - fetchedNs >= retryNs) {
                fetch();
            }
        }
    }

    void reply(Message.PromiseReply m) {
        replica.seen(m.promisedEpoch());
        if (phase == Phase.IDLE || m.epoch() != epoch || m.trial() != (phase == Phase.TRIAL)) {
            return;
        }
        if (m.granted()) {
            granted.put(m.from(), new LogEnd(m.endEpoch(), m.endIndex()));
            if (m.lacks()) {
                lacking.add(m.from());
            }
            if (phase == Phase.TRIAL) {
                trialled();
            } else {
                evaluate();
            }
        } else if (m.promisedEpoch() >= epoch) {
            giveUp();
        }
    }

    /** The own promise may be forced, and counts then. */
    void forced() {
        if (phase == Phase.ROUND && !granted.containsKey(replica.self()) && replica.promiseIsSafe()) {
            grantSelf();
            evaluate();
        }
    }

    void fetched(Message.FetchReply m) {
        if (phase != Phase.ROUND || m.epoch() != epoch || m.from() != donor) {
            return;
        }
        Log log = replica.log();
        switch (m.result()) {
            case REFUSED -> {
                replica.seen(m.otherEpoch());
                giveUp();
            }
            case MISMATCH -> {
                long before = log.epochs().floor(m.previousIndex(), m.otherEpoch());
                if (before < fetchFrom) {
                    fetchFrom = before;
                    fetch();
                }
            }
            case SNAPSHOT -> replica.pull().begin(donor, epoch);
            case ENTRIES -> {
                if (m.previousIndex() == fetchFrom) {
                    adopt(m);
                }
            }
            default -> throw new IllegalStateException("a result of a fetch");
        }
    }

    /** A snapshot is installed, which was what the donor had first. */
    void installed() {
        if (phase == Phase.ROUND && donor != Members.NONE) {
            begunNs = replica.nowNs();
            fetchFrom = replica.log().lastIndex();
            fetch();
        }
    }

    private boolean isWanted() {
        LeaderHint hint = replica.hint();
        boolean hinted = hint != null
                && hint.member() == replica.self()
                && (hint.epoch() > replica.promise().epoch()
                        || !replica.follower().hearsLeader());
        return hinted || replica.follower().isOutOfPatience();
    }

    private void trialled() {
        if (suffices(replica.replicas())) {
            beginRound();
        }
    }

    private void beginRound() {
        replica.becomeCandidate();
        phase = Phase.ROUND;
        granted.clear();
        lacking.clear();
        begunNs = replica.nowNs();
        replica.promise(new Promise(epoch, replica.self()));
        ask();
        forced();
    }

    private void grantSelf() {
        granted.put(replica.self(), replica.log().end());
        if (replica.vouching().lacks()) {
            lacking.add(replica.self());
        }
    }

    private boolean suffices(ReplicaSet set) {
        int promises = 0;
        int whole = 0;
        for (long member : granted.keySet()) {
            if (set.contains(member)) {
                promises++;
                whole += lacking.contains(member) ? 0 : 1;
            }
        }
        return replica.rules().suffices(whole, promises, set);
    }

    /** Leads, adopts, or waits for more promises: by the replica set at the end of the log as it is now. */
    private void evaluate() {
        ReplicaSet set = replica.replicas();
        if (!set.contains(replica.self())) {
            giveUp();
        } else if (donor == Members.NONE && suffices(set)) {
            long highest = highest();
            if (highest == replica.self()) {
                replica.becomeLeader();
            } else {
                donor = highest;
                donorEnd = granted.get(highest);
                fetchFrom = replica.log().lastIndex();
                fetch();
            }
        }
    }

    private long highest() {
        long best = replica.self();
        LogEnd end = replica.log().end();
        for (Map.Entry<Long, LogEnd> other : granted.entrySet()) {
            if (other.getKey() != replica.self() && replica.rules().isHigher(other.getValue(), end)) {
                best = other.getKey();
                end = other.getValue();
            }
        }
        return best;
    }

    private void adopt(Message.FetchReply m) {
        begunNs = replica.nowNs();
        replica.take(m.entries());
        fetchFrom += m.entries().size();
        LogEnd wanted = Invariant.present(donorEnd);
        if (fetchFrom >= wanted.index()) {
            donor = Members.NONE;
            donorEnd = null;
            ask();
            evaluate();
        } else if (m.entries().isEmpty()) {
            giveUp();
        } else {
            fetch();
        }
    }

    private void fetch() {
        fetchedNs = replica.nowNs();
        long previousEpoch = replica.log().epochAt(fetchFrom);
        replica.send(donor, new Message.Fetch(replica.self(), epoch, fetchFrom, previousEpoch));
    }

    /** Asks everybody who has not answered yet. */
    private void ask() {
        askedNs = replica.nowNs();
        ReplicaSet set = replica.replicas();
        Message.PromiseRequest request =
                new Message.PromiseRequest(replica.self(), epoch, phase == Phase.TRIAL, releasedEpoch);
        for (int i = 0; i < set.size(); i++) {
            if (set.member(i) != replica.self() && !granted.containsKey(set.member(i))) {
                replica.send(set.member(i), request);
            }
        }
    }

    private void giveUp() {
        long retryNs = replica.options().retryNs();
        notBeforeNs = replica.nowNs() + retryNs / 4 + replica.random().nextLong(retryNs);
        replica.becomeFollower();
    }
}
