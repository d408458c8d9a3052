package org.waybill.shard;

import org.jspecify.annotations.Nullable;
import org.waybill.spi.Branches;
import org.waybill.tx.TransactionId;

/** What a session asks of the coordinator of a branch. {@link BranchRequests} has the bytes, {@link Coordinator} and {@link Verbs} answer. */
sealed interface BranchRequest {
    /**
     * Work begins.
     *
     * @param before what is resumed; null when the session has suspended nothing
     * @param timeoutMs what a new branch has; 0 for ever
     */
    record Start(TransactionId id, WorkId work, Branches.Start how, @Nullable WorkId before, long timeoutMs)
            implements BranchRequest {}

    /**
     * Work ends, or is suspended.
     *
     * @param shards where parts of it are on their way to
     */
    record End(TransactionId id, WorkId work, Branches.End how, int[] shards) implements BranchRequest {}

    /** Something done in a branch failed. Has no answer. */
    record Broken(WorkId work, String why) implements BranchRequest {}

    /** Something is to be done with the branch as a whole. */
    record Whole(TransactionId id, Verb verb) implements BranchRequest {}

    /** The names of branches that are promised and not over, in the order of their bytes: up to {@code max} behind this one. */
    record Recover(byte[] after, int max) implements BranchRequest {}

    /** What can be done with a branch as a whole. */
    enum Verb {
        /** Promise it. */
        PREPARE,
        /** Commit what is promised. */
        COMMIT,
        /** Commit what is not. */
        COMMIT_AT_ONCE,
        /** Roll it back. */
        ROLL_BACK,
        /** Forget what an administrator has decided. */
        FORGET,
        /** Say what became of it. */
        OUTCOME
    }
}
