package org.waybill.spi;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The branches of global transactions as one session works on them (X/Open XA; Jakarta Transactions, {@code XAResource}). As all of
 * a session it is called on the session's loop, takes effect with the next flush, and answers later.
 *
 * <p>A session <i>works</i> in a branch through a {@link Transaction} that {@link #start} gives; it may work in several at a time,
 * and several sessions in one. Every verb after that may come from any session. All of them can be repeated when their answer was
 * lost, for as long as the broker remembers the outcome.
 *
 * <pre>
 *  state            start      join           prepare        commit         one phase      rollback       forget
 *  none             ACTIVE     UNKNOWN        UNKNOWN        UNKNOWN        UNKNOWN        UNKNOWN        UNKNOWN
 *  ACTIVE           DUPLICATE  ACTIVE         OUT_OF_ORDER   OUT_OF_ORDER   OUT_OF_ORDER   OUT_OF_ORDER   OUT_OF_ORDER
 *  IDLE [1]         DUPLICATE  ACTIVE         PREPARED [2]   OUT_OF_ORDER   COMMITTED      ROLLED_BACK    OUT_OF_ORDER
 *  PREPARED         DUPLICATE  OUT_OF_ORDER   OK             COMMITTED      OUT_OF_ORDER   ROLLED_BACK    OUT_OF_ORDER
 *  HEURISTIC_*      DUPLICATE  OUT_OF_ORDER   OK             HEURISTIC_*    OUT_OF_ORDER   HEURISTIC_*    COMMITTED or ROLLED_BACK
 *  COMMITTED [3]    ACTIVE     UNKNOWN        OUT_OF_ORDER   OK             OK             OUT_OF_ORDER   OK
 *  ROLLED_BACK [3]  ACTIVE     ROLLED_BACK*   ROLLED_BACK*   ROLLED_BACK*   ROLLED_BACK*   OK             OK
 *  READ_ONLY [3]    ACTIVE     UNKNOWN        READ_ONLY      UNKNOWN        UNKNOWN        UNKNOWN        OK
 *  [1] nobody works in it, and nobody has suspended
 *  [2] READ_ONLY when it has done nothing, ROLLED_BACK when something in it cannot be done
 *  [3] memories of a branch, of which a bounded number is kept
 * </pre>
 *
 * <p>A branch in which something failed is undone at once. It is ROLLED_BACK when the last session has ended its work in it; until then
 * nobody joins it. The verbs say why.
 */
public interface Branches {
    /** How a session begins to work in a branch. */
    enum Start {
        /** It makes the branch. */
        NEW,
        /** It works in a branch that there is. */
        JOIN,
        /** It goes on where it suspended. */
        RESUME
    }

    /** How a session stops working in a branch. */
    enum End {
        /** Its part is done. */
        SUCCESS,
        /** Its part has failed: the branch can only be rolled back, and its work is undone at once. */
        FAIL,
        /** It will resume. */
        SUSPEND
    }

    /** What became of a branch, as far as it is remembered. */
    enum Outcome {
        /** It was committed. */
        COMMITTED,
        /** It was rolled back. */
        ROLLED_BACK,
        /** It is in doubt: prepared, and not decided. */
        PREPARED,
        /** There is no such branch, or it is not prepared yet, or its end was too long ago; one that was never prepared and is
         * unknown has not been committed. */
        UNKNOWN
    }

    /**
     * A page of the branches in doubt.
     *
     * @param xids in no particular order
     * @param next where the next page begins; null when this is the last one
     */
    record Page(List<Xid> xids, byte @Nullable [] next) {}

    /**
     * Begins to work in a branch.
     *
     * @param reply gets what to send and settle with; its {@code commit} and {@code rollback} are refused, since the verbs below
     *     take their place. It works until {@link #end}; after SUSPEND and RESUME there is a new one
     */
    void start(Xid xid, Start how, Consumer<BranchReply<Transaction>> reply);

    /**
     * Stops working in a branch. Everything done with {@code work} before is in the branch when this is answered.
     *
     * @param work what {@link #start} gave; one that was suspended can be ended too. A {@code work} that has ended, or is no
     *     branch's, is OUT_OF_ORDER
     * @param reply OK, or, unless this ends it with FAIL, ROLLED_BACK* when the branch can only be rolled back
     */
    void end(Transaction work, End how, Consumer<BranchReply<Void>> reply);

    /**
     * Promises to commit, whatever happens from here on.
     *
     * @param reply OK once that is forced to disk; READ_ONLY, and the branch is over; ROLLED_BACK*, and the branch is over: its work
     *     is undone
     */
    void prepare(Xid xid, Consumer<BranchReply<Void>> reply);

    /**
     * Makes a branch's work take effect.
     *
     * @param onePhase whether it was not prepared, because nobody else takes part in the transaction
     * @param reply OK once that is forced to disk; HEURISTIC_* when an administrator was first
     */
    void commit(Xid xid, boolean onePhase, Consumer<BranchReply<Void>> reply);

    /** Undoes a branch's work: OK once that is so; HEURISTIC_* when an administrator was first. */
    void rollback(Xid xid, Consumer<BranchReply<Void>> reply);

    /** Lets the broker forget what an administrator decided. */
    void forget(Xid xid, Consumer<BranchReply<Void>> reply);

    /**
     * Lists the branches in doubt and those that an administrator has decided and nobody has forgotten: all that there are, or
     * UNAVAILABLE.
     *
     * @param cursor where the page begins, as the one before said; null for the first one
     * @param max how many it has at most, 1 or more
     */
    void recover(byte @Nullable [] cursor, int max, Consumer<BranchReply<Page>> reply);

    /** Says what became of a branch, for a client that lost an answer. */
    void outcome(Xid xid, Consumer<BranchReply<Outcome>> reply);

    /**
     * Sets after how long the branches that this session makes from now on are rolled back, unless they are prepared by then.
     *
     * @param seconds 0 for what the settings say; more than a year is a year
     */
    void timeoutS(long seconds);

    /** After how many seconds the branches that this session makes are rolled back; 0 for never. */
    long timeoutS();
}
