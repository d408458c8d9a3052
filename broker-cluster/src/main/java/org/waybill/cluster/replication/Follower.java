package org.waybill.cluster.replication;

import org.waybill.io.Invariant;

/** Takes entries from a leader (R6), and answers for them when they are forced (R7); asks to be taken in when nobody knows it. */
final class Follower {
    private final Replica replica;
    private final Patience patience;
    private long leader = Members.NONE;
    /** Who led when a leader was heard last. */
    private long lost = Members.NONE;

    private long heardNs;
    private long stampNs;
    /** Up to here the log is the same as the present leader's. */
    private long compared;

    private long leaderCommit;
    private long answered;
    private long answeredReceived;
    private int[] contacts = {};
    private long askedNs;

    Follower(Replica replica, Patience patience) {
        this.replica = replica;
        this.patience = patience;
        this.heardNs = replica.nowNs();
        this.askedNs = replica.longAgoNs();
    }

    long leader() {
        return leader;
    }

    /** Whether a leader was heard within its lease. */
    boolean hearsLeader() {
        return leader != Members.NONE
                && replica.nowNs() - heardNs < replica.options().leaseNs();
    }

    /** Whether nobody has led for so long that this replica tries by itself. */
    boolean isOutOfPatience() {
        return patience.isOver(replica.nowNs() - heardNs, replica.self(), replica.replicas(), lost);
    }

    /** Whoever led does so no more. */
    void forget() {
        leader = Members.NONE;
        lost = Members.NONE;
    }

    /** Waits anew before it tries by itself. */
    void calm() {
        heardNs = replica.nowNs();
        patience.anew();
    }

    void join(int[] nodes) {
        contacts = nodes;
    }

    void tick() {
        long nowNs = replica.nowNs();
        // a set that names it may be the wish of a leader that was lost, and whoever leads now may know nothing of it
        boolean unknown = !replica.replicas().contains(replica.self()) || isOutOfPatience();
        if (unknown && !hearsLeader() && nowNs - askedNs >= replica.options().retryNs()) {
            askedNs = nowNs;
            for (int node : contacts) {
                replica.send(
                        Members.onNode(node),
                        new Message.Join(replica.self(), replica.promise().epoch()));
            }
        }
    }

    void append(Message.Append m) {
        if (!heed(m.from(), m.epoch(), m.stampNs())) {
            return;
        }
        if (replica.pull().installing()) {
            answer(Message.AppendResult.INSTALLING, 0, 0);
            return;
        }
        Log log = replica.log();
        long here = log.epochAt(m.previousIndex());
        boolean known = here != EpochHistory.UNKNOWN || m.previousIndex() > log.commitIndex();
        if (known && !replica.rules().follows(here, m.previousEpoch())) {
            long index = log.epochs().floor(m.previousIndex(), m.previousEpoch());
            answer(Message.AppendResult.MISMATCH, index, log.epochAt(index));
            return;
        }
        replica.take(m.entries());
        compared = Math.max(compared, m.previousIndex() + m.entries().size());
        leaderCommit = Math.max(leaderCommit, m.commitIndex());
        commit();
        if (m.soon()) {
            replica.vouching().begin();
        }
        if (m.entries().isEmpty() || answerable() > answered || m.soon() && received() > answeredReceived) {
            answerForced();
        }
    }

    void offered(Message.SnapshotOffer m) {
        if (heed(m.from(), m.epoch(), m.stampNs())) {
            if (compared < m.index()) {
                replica.pull().begin(m.from(), m.epoch());
                answer(Message.AppendResult.INSTALLING, 0, 0);
            } else {
                answerForced();
            }
        }
    }

    /** A snapshot is installed: if it was the present leader's, its log goes on from there. */
    void installed(long giver, long index) {
        if (leader != Members.NONE && leader == giver) {
            compared = Math.max(compared, index);
            answerForced();
        }
    }

    /** More is forced: answers for it. */
    void forced() {
        if (leader != Members.NONE && replica.promiseIsSafe() && !replica.pull().installing()) {
            commit();
            if (answerable() > answered) {
                answerForced();
            }
        }
    }

    /** Whether a message of a leader is obeyed; if so this replica follows it. */
    private boolean heed(long from, long epoch, long stampNs) {
        Promise promise = replica.promise();
        if (!replica.rules().obeys(promise, epoch)) {
            replica.send(
                    from,
                    new Message.AppendReply(
                            replica.self(), epoch, stampNs, Message.AppendResult.OUTDATED, 0, promise.epoch(), 0, 0));
            return false;
        }
        if (epoch > promise.epoch()) {
            replica.promise(new Promise(epoch, from));
            leader = Members.NONE;
        }
        Invariant.check(replica.role() != Role.LEADER || epoch != promise.epoch(), "an epoch has one leader");
        replica.becomeFollower();
        if (leader != from) {
            leader = from;
            lost = from;
            compared = 0;
            leaderCommit = 0;
            answered = 0;
            answeredReceived = 0;
            this.stampNs = stampNs;
        }
        this.stampNs = Math.max(this.stampNs, stampNs);
        calm();
        return true;
    }

    private long answerable() {
        return replica.rules().answerable(replica.log().forcedIndex(), compared);
    }

    /** What is the leader's, forced or not, if that may be answered for. */
    private long received() {
        return replica.vouching().may() ? Math.min(replica.log().lastIndex(), compared) : answerable();
    }

    private void commit() {
        replica.commit(Math.min(leaderCommit, answerable()));
    }

    private void answerForced() {
        answered = answerable();
        answeredReceived = received();
        answer(Message.AppendResult.FORCED, answered, 0);
    }

    /** Nothing is answered in an epoch before its promise is forced; the leader asks again. */
    private void answer(Message.AppendResult result, long index, long otherEpoch) {
        if (replica.promiseIsSafe()) {
            long epoch = replica.promise().epoch();
            replica.voter().answered(epoch);
            replica.send(
                    leader,
                    new Message.AppendReply(
                            replica.self(),
                            epoch,
                            stampNs,
                            result,
                            index,
                            otherEpoch,
                            result == Message.AppendResult.FORCED ? answeredReceived : 0,
                            replica.vouching().plea()));
        }
    }
}
