package org.waybill.shard;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.spi.Xid;
import org.waybill.tx.TransactionId;

/**
 * A branch on the shard that coordinates it, on that shard's loop. {@link Coordinator} decides what a verb does, {@link Phases} does
 * it with the participants.
 *
 * <pre>
 *  from          by                                            to             recorded, and forced before the answer
 *  -             start                                         OPEN
 *  OPEN          failure, loss of a connection, time           OPEN, doomed   (work is undone at once)
 *  OPEN, doomed  end of the last association                   -
 *  OPEN          prepare, nothing was done                     -
 *  OPEN          prepare                                       CHANGING       PREPARED by each participant
 *  CHANGING      all of them have promised                     PREPARED       BRANCH_PREPARED
 *  CHANGING      one of them cannot                            -              (presumed abort)
 *  OPEN          commit in one phase                           CHANGING, -    BRANCH_ENDED in the frame of the work
 *  OPEN          rollback                                      CHANGING, -
 *  PREPARED      commit                                        CHANGING, -    BRANCH_ENDED (and DECIDED)
 *  PREPARED      rollback                                      CHANGING, -    BRANCH_ENDED
 *  PREPARED      an administrator commits                      COMMITTED      BRANCH_DECIDED (and DECIDED)
 *  PREPARED      an administrator rolls back                   ROLLED_BACK    BRANCH_DECIDED
 *  COMMITTED     forget                                        -              BRANCH_FORGOTTEN
 *  ROLLED_BACK   forget                                        -              BRANCH_FORGOTTEN
 * </pre>
 *
 * <p>What is not recorded is what nobody may rely on: work that is not durable, and a rollback of what was not promised. OPEN is
 * ACTIVE while there are associations and IDLE when there are none. A verb that comes while a branch is CHANGING waits until it has
 * changed.
 */
final class Branch {
    /** How far it is. */
    enum State {
        /** Sessions work in it, or have; nothing is promised. */
        OPEN,
        /** Participants are doing something. */
        CHANGING,
        /** It is promised. */
        PREPARED,
        /** An administrator has committed it. */
        COMMITTED,
        /** An administrator has rolled it back. */
        ROLLED_BACK
    }

    final TransactionId id;
    final Xid xid;
    final String owner;

    /** When it began, or was prepared, by the clock of the day. */
    long sinceMs;

    State state = State.OPEN;
    final Set<Association> associations = new LinkedHashSet<>(1);

    /** Shards with something to do or to undo. */
    final BitSet shards = new BitSet();

    /** Those of them whose logs have a promise. */
    final BitSet promised = new BitSet();

    /** Messages sent and deliveries held, on all shards. */
    long sent;

    long held;

    /** Whether its transaction manager may rely on it. */
    boolean isPromise;

    /** Why it can only be rolled back, or null. */
    Ends.@Nullable End doom;

    /** By the other clock; {@link Long#MAX_VALUE} for never. */
    long deadlineNs = Long.MAX_VALUE;

    /** When its parts came to their shards, by their terms. */
    private final Map<Integer, Long> terms = new HashMap<>(2);

    private List<Runnable> waiting = new ArrayList<>(0);

    Branch(TransactionId id, String owner, long sinceMs) {
        this.id = id;
        this.xid = BranchEvents.xid(id);
        this.owner = owner;
        this.sinceMs = sinceMs;
    }

    /** A part of it is on a shard; returns whether the shard can have all that came there before. */
    boolean holds(int shard, long term) {
        shards.set(shard);
        Long before = terms.putIfAbsent(shard, term);
        return before == null || before == term;
    }

    /** The term in which its parts came to a shard. */
    long termOf(int shard) {
        return Invariant.present(terms.get(shard));
    }

    /** Whether a verb must wait: the branch is changing, or a session is about to end its work. */
    boolean isBusy() {
        if (state == State.CHANGING) {
            return true;
        }
        for (Association association : associations) {
            if (association.end != null) {
                return true;
            }
        }
        return false;
    }

    /** Carries out a verb later. */
    void later(Runnable verb) {
        waiting.add(verb);
    }

    /** The verbs that have waited. */
    List<Runnable> takeWaiting() {
        List<Runnable> taken = waiting;
        waiting = new ArrayList<>(0);
        return taken;
    }

    /** Its state in the words of X/Open, for administrators. */
    String stateName() {
        return switch (state) {
            case OPEN -> associations.isEmpty() ? "idle" : "active";
            case CHANGING -> isPromise ? "ending" : "preparing";
            case PREPARED -> "prepared";
            case COMMITTED -> "heuristically-committed";
            case ROLLED_BACK -> "heuristically-rolled-back";
        };
    }
}
