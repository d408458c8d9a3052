package org.waybill.shard;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.waybill.shard.ShardMessage.Conclude;
import org.waybill.tx.TransactionId;

/**
 * The ends of transactions over several shards, once they are decided: every participant concludes its part, then the coordinator
 * forgets its decision. They run to their end whatever becomes of the sessions; after a crash the next start runs them again. On the
 * coordinator's loop.
 */
final class Conclusions {
    /** Beats after which who waits is told, though a participant may not have concluded: it will, when it has a leader again. */
    private static final int PATIENCE_BEATS = 10;

    private final Shard shard;
    private final Peers peers;
    private final Map<TransactionId, Conclusion> open = new LinkedHashMap<>();

    Conclusions(Shard shard, Peers peers) {
        this.shard = shard;
        this.peers = peers;
    }

    private static final class Conclusion {
        final boolean committed;
        final BitSet notDone = new BitSet();
        final BitSet notForced = new BitSet();
        private @Nullable Runnable whenDone;
        int beats;

        Conclusion(boolean committed, int[] participants, Runnable whenDone) {
            this.committed = committed;
            this.whenDone = whenDone;
            for (int participant : participants) {
                notDone.set(participant);
                notForced.set(participant);
            }
        }

        void done() {
            Runnable told = whenDone;
            whenDone = null;
            if (told != null) {
                told.run();
            }
        }
    }

    /**
     * Tells the participants.
     *
     * @param whenDone called when all of them have concluded, though that may not be forced yet: the decision is
     */
    void begin(TransactionId id, boolean committed, int[] participants, Runnable whenDone) {
        Conclusion conclusion = new Conclusion(committed, participants, whenDone);
        if (participants.length == 0) {
            conclusion.done();
            shard.participant().forget(id);
            return;
        }
        open.put(id, conclusion);
        for (int participant : participants) {
            peers.tell(participant, new Conclude(id, committed));
        }
    }

    /** Whether participants are still to conclude this transaction. */
    boolean isOpen(TransactionId id) {
        return open.containsKey(id);
    }

    /** Whether participants have not said yet that they have concluded it, forced or not. */
    boolean isUnderWay(TransactionId id) {
        Conclusion conclusion = open.get(id);
        return conclusion != null && !conclusion.notDone.isEmpty();
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    /** A participant has concluded its part. */
    void concluded(int participant, TransactionId id, boolean forced) {
        Conclusion conclusion = open.get(id);
        if (conclusion == null) {
            return;
        }
        conclusion.notDone.clear(participant);
        if (forced) {
            conclusion.notForced.clear(participant);
        }
        if (conclusion.notForced.isEmpty()) {
            open.remove(id);
            shard.participant().forget(id);
        }
        if (conclusion.notDone.isEmpty()) {
            conclusion.done();
        }
    }

    /** Time has passed: says again what has not been answered since the last time. */
    void beat() {
        for (Map.Entry<TransactionId, Conclusion> entry : List.copyOf(open.entrySet())) {
            Conclusion conclusion = entry.getValue();
            if (++conclusion.beats > 1) {
                conclusion.notForced.stream()
                        .forEach(to -> peers.tell(to, new Conclude(entry.getKey(), conclusion.committed)));
            }
            if (conclusion.beats == PATIENCE_BEATS) {
                conclusion.done();
            }
        }
    }
}
