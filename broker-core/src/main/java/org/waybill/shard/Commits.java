package org.waybill.shard;

import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.waybill.shard.ShardMessage.Conclude;
import org.waybill.shard.ShardMessage.InDoubt;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerError.Code;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.tx.TransactionId;

/**
 * The commits of local transactions over several shards, in two phases, on the shard that coordinates them.
 *
 * <pre>
 *  session             asks all of them, with what they have to send
 *  participants        store their sends, to wait; PREPARED; when that is forced: Promised
 *  coordinator         when all have: does its own part; DECIDED, in one frame: from here on it is committed
 *                      when that is forced: Conclude
 *  participants        CONCLUDED, with what follows from it; Concluded at once, and again when that is forced
 *  coordinator         at the first: answers the client; at the second: FORGOTTEN
 * </pre>
 *
 * <p>Whoever cannot do its part says so instead and has rolled it back; then the coordinator tells the others to, which needs no
 * record of its own: what a coordinator does not know is rolled back. Whom it has told so it remembers for a while, since it must
 * not commit that transaction when the session's word comes after the participants'. Nothing here needs the session but the answer.
 *
 * <p>A session speaks to one {@linkplain Lead#term lead} of the coordinator, and participants say to which: a later one that has found no
 * decision need not wait for its word, and refuses it.
 */
final class Commits {
    /** Beats that participants, or the session, have to say their word. */
    private static final int PATIENCE_BEATS = 10;

    /** Transactions that were rolled back without a record and are remembered. */
    private static final int MOST_ABORTED = 10_000;

    private static final BrokerError TOO_LATE = new BrokerError(
            Code.TRANSACTION_TIMEOUT,
            "the transaction was rolled back, because not all of its shards could be asked in time");

    private final Shard shard;
    private final Peers peers;
    private final Conclusions conclusions;
    private final Map<TransactionId, Commit> open = new LinkedHashMap<>();
    private final Set<TransactionId> aborted = new LinkedHashSet<>();

    /** A commit that is not decided. */
    private static final class Commit {
        final TransactionId id;
        final BitSet answered = new BitSet();
        boolean logged;
        boolean decided;
        int beats;

        @Nullable
        BrokerError refusal;

        @Nullable
        Request request;

        Commit(TransactionId id) {
            this.id = id;
        }
    }

    /** What the session asks of the coordinator. */
    private record Request(CommitPlan plan, Share own, SessionPort session, Object reply) {}

    Commits(Shard shard, Peers peers, Conclusions conclusions) {
        this.shard = shard;
        this.peers = peers;
        this.conclusions = conclusions;
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    /** The session asks: behind everything that it did here before. */
    void begin(CommitPlan plan, Share own, SessionPort session, Object reply) {
        Commit commit = commit(plan.id());
        commit.request = new Request(plan, own, session, reply);
        if (aborted.contains(plan.id()) || plan.term() < shard.term()) {
            commit.refusal = TOO_LATE;
            decide(commit, commit.request);
        } else {
            decideIfComplete(commit);
        }
    }

    private Commit commit(TransactionId id) {
        return open.computeIfAbsent(id, Commit::new);
    }

    /** A participant's promise is forced, for which a session has asked that speaks to the lead of this term. */
    void promised(int participant, TransactionId id, long term, boolean logged) {
        promised(participant, id, logged, term < shard.term());
    }

    /** @param orphaned whether no session asks this lead for the commit that has not done so */
    private void promised(int participant, TransactionId id, boolean logged, boolean orphaned) {
        if (orphaned && !isKnown(id)) {
            giveUp(id);
        }
        if (aborted.contains(id)) {
            peers.tell(participant, new Conclude(id, false));
        } else {
            answered(participant, id, logged, null);
        }
    }

    /** A participant has rolled back. */
    void refused(int participant, TransactionId id, BrokerError why) {
        if (!aborted.contains(id)) {
            answered(participant, id, false, why);
        }
    }

    private void answered(int participant, TransactionId id, boolean logged, @Nullable BrokerError why) {
        if (conclusions.isOpen(id)) {
            return;
        }
        Commit commit = commit(id);
        if (!commit.decided) {
            commit.answered.set(participant);
            commit.logged |= logged;
            commit.refusal = commit.refusal == null ? why : commit.refusal;
            decideIfComplete(commit);
        }
    }

    /** A participant asks; one that has found its promise in the log is not waited for by anybody who is not here already. */
    void inDoubt(int participant, InDoubt asked) {
        promised(participant, asked.id(), asked.logged(), asked.found() || asked.term() < shard.term());
    }

    /** Whether a session has asked for it here, or it is decided. */
    private boolean isKnown(TransactionId id) {
        Commit commit = open.get(id);
        return commit != null && commit.request != null
                || conclusions.isOpen(id)
                || shard.state().ledger().decision(id) != null;
    }

    /** Rolls back what no session has asked for here, and refuses it if one does. */
    private void giveUp(TransactionId id) {
        Commit commit = open.remove(id);
        abort(id);
        if (commit != null) {
            commit.answered.stream().forEach(to -> peers.tell(to, new Conclude(id, false)));
        }
    }

    private void abort(TransactionId id) {
        aborted.add(id);
        if (aborted.size() > MOST_ABORTED) {
            Iterator<TransactionId> oldest = aborted.iterator();
            oldest.next();
            oldest.remove();
        }
    }

    private void decideIfComplete(Commit commit) {
        Request request = commit.request;
        if (request != null && isComplete(commit, request.plan)) {
            decide(commit, request);
        }
    }

    private static boolean isComplete(Commit commit, CommitPlan plan) {
        for (int participant : plan.participants()) {
            if (!commit.answered.get(participant)) {
                return false;
            }
        }
        return true;
    }

    private void decide(Commit commit, Request request) {
        commit.decided = true;
        Participant participant = shard.participant();
        BrokerError refusal = commit.refusal;
        int[] participants = request.plan.participants();
        if (refusal == null) {
            boolean recorded = commit.logged || request.own.isDurable();
            refusal = participant.decide(commit.id, recorded ? participants : new int[0], request.own);
        } else {
            participant.rollBack(request.own);
        }
        BrokerError why = refusal;
        if (why != null) {
            abort(commit.id);
        }
        shard.turn().afterwards(() -> {
            open.remove(commit.id);
            conclusions.begin(commit.id, why == null, participants, () -> answer(request, why));
        });
        shard.split();
    }

    private void answer(Request request, @Nullable BrokerError why) {
        Outbox outbox = shard.outboxes.get(request.session);
        if (outbox != null) {
            shard.commands()
                    .replyNow(outbox, request.reply, why == null ? new Reply.Done<>(true) : new Reply.Refused<>(why));
        }
    }

    /** Time has passed: who has not said its word by now is not waited for. */
    void beat() {
        for (Commit commit : List.copyOf(open.values())) {
            if (commit.decided || ++commit.beats < PATIENCE_BEATS) {
                continue;
            }
            commit.refusal = commit.refusal == null ? TOO_LATE : commit.refusal;
            if (commit.request != null) {
                decide(commit, commit.request);
            } else {
                giveUp(commit.id);
            }
        }
    }
}
