package org.waybill.cluster.replication;

import java.util.List;

/** Gives promises (R1), keeps the lease of whom it has answered (R8), and lets its candidate have its log (R4). */
final class Voter {
    private final Replica replica;
    private long answeredNs;
    private long answeredEpoch;
    private long owedTo = Members.NONE;

    Voter(Replica replica) {
        this.replica = replica;
        // whom it has answered before it started is not known: nobody else gets a promise before that lease is over
        this.answeredEpoch = replica.promise().epoch();
        this.answeredNs = replica.nowNs();
    }

    /** A leader of this epoch is answered now, and may act on it for a lease. */
    void answered(long epoch) {
        answeredEpoch = Math.max(answeredEpoch, epoch);
        answeredNs = replica.nowNs();
    }

    /** Whether somebody may still act on what was answered; not if the leader of this epoch, or of one before, has let go. */
    boolean isHeld(long releasedEpoch) {
        return releasedEpoch < answeredEpoch
                && replica.rules()
                        .isHeld(replica.nowNs(), answeredNs, replica.options().leaseNs());
    }

    void request(Message.PromiseRequest m) {
        boolean held = isHeld(m.releasedEpoch());
        if (m.trial()) {
            boolean granted = m.epoch() > replica.promise().epoch() && !held && !replica.mayAct();
            reply(m.from(), m.epoch(), true, granted);
            return;
        }
        if (held || !replica.rules().grants(replica.promise(), m.epoch(), m.from())) {
            reply(m.from(), m.epoch(), false, false);
            return;
        }
        if (m.epoch() > replica.promise().epoch()) {
            replica.becomeFollower();
            replica.follower().forget();
        }
        if (m.epoch() != replica.promise().epoch()
                || m.from() != replica.promise().candidate()) {
            replica.promise(new Promise(m.epoch(), m.from()));
            replica.follower().calm();
        }
        owedTo = m.from();
        forced();
    }

    /** What is owed may be answered once the promise is forced. */
    void forced() {
        if (owedTo != Members.NONE && replica.promiseIsSafe()) {
            if (owedTo == replica.promise().candidate()) {
                reply(owedTo, replica.promise().epoch(), false, true);
            }
            owedTo = Members.NONE;
        }
    }

    void fetch(Message.Fetch m) {
        Log log = replica.log();
        if (!replica.rules().serves(replica.promise(), m.epoch(), m.from())) {
            fetched(
                    m,
                    Message.FetchResult.REFUSED,
                    m.previousIndex(),
                    replica.promise().epoch(),
                    List.of());
        } else if (log.epochAt(m.previousIndex()) != m.previousEpoch()) {
            long index = log.epochs().floor(m.previousIndex(), m.previousEpoch());
            fetched(m, Message.FetchResult.MISMATCH, index, log.epochAt(index), List.of());
        } else if (m.previousIndex() + 1 < log.firstIndex()) {
            fetched(m, Message.FetchResult.SNAPSHOT, m.previousIndex(), 0, List.of());
        } else {
            List<Entry> entries =
                    log.from(m.previousIndex() + 1, replica.options().maxAppendBytes());
            fetched(m, Message.FetchResult.ENTRIES, m.previousIndex(), 0, entries);
            replica.source().reached(m.from(), m.previousIndex());
            replica.follower().calm();
        }
    }

    private void fetched(
            Message.Fetch m, Message.FetchResult result, long previousIndex, long otherEpoch, List<Entry> entries) {
        replica.send(
                m.from(),
                new Message.FetchReply(replica.self(), m.epoch(), result, previousIndex, otherEpoch, entries));
    }

    private void reply(long to, long epoch, boolean trial, boolean granted) {
        LogEnd end = replica.log().end();
        replica.send(
                to,
                new Message.PromiseReply(
                        replica.self(),
                        epoch,
                        trial,
                        granted,
                        replica.promise().epoch(),
                        end.epoch(),
                        end.index(),
                        replica.vouching().lacks()));
    }
}
