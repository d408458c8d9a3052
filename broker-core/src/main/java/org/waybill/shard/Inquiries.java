package org.waybill.shard;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.waybill.shard.ShardMessage.EndKnown;
import org.waybill.shard.ShardMessage.EndWanted;
import org.waybill.tx.TransactionId;

/**
 * Questions about branches of which this coordinator knows nothing: one that was committed at once, on another shard, is recorded there
 * alone, and this one may have another leader since. On the coordinator's loop.
 */
final class Inquiries {
    /** Beats after which a shard that does not answer is not asked any more; whoever wanted to know has its answer by then. */
    private static final int PATIENCE_BEATS = 20;

    private final int self;
    private final Peers peers;
    private final Map<TransactionId, Inquiry> open = new LinkedHashMap<>();

    Inquiries(int self, Peers peers) {
        this.self = self;
        this.peers = peers;
    }

    private static final class Inquiry {
        final BitSet missing = new BitSet();
        final List<Runnable> waiting = new ArrayList<>(1);
        int beats;
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    /** Asks all other shards, and goes on when they have answered. */
    void ask(TransactionId id, Runnable then) {
        Inquiry inquiry = open.get(id);
        if (inquiry == null) {
            inquiry = new Inquiry();
            open.put(id, inquiry);
            inquiry.missing.set(0, peers.count());
            inquiry.missing.clear(self);
            ask(id, inquiry);
        }
        inquiry.waiting.add(then);
    }

    private void ask(TransactionId id, Inquiry inquiry) {
        inquiry.missing.stream().forEach(to -> peers.tell(to, new EndWanted(id)));
    }

    /** A shard has answered. */
    void answered(int from, EndKnown answer) {
        Inquiry inquiry = open.get(answer.id());
        if (inquiry != null) {
            inquiry.missing.clear(from);
            if (inquiry.missing.isEmpty()) {
                open.remove(answer.id());
                inquiry.waiting.forEach(Runnable::run);
            }
        }
    }

    /** Time has passed: asks again. */
    void beat() {
        open.values().removeIf(inquiry -> ++inquiry.beats >= PATIENCE_BEATS);
        open.forEach((id, inquiry) -> {
            if (inquiry.beats > 1) {
                ask(id, inquiry);
            }
        });
    }
}
