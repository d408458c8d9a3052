package org.waybill.shard;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.waybill.message.Outcome;
import org.waybill.queue.Block;
import org.waybill.queue.Queue;
import org.waybill.tx.Part;
import org.waybill.tx.TransactionId;

/**
 * The undecided parts of one shard while its checkpoint and its log are read. They name queues and messages that may not have been
 * read yet, or not any more; what is still undecided at the end is looked up then.
 */
final class FoundTransactions {
    private final Map<TransactionId, Found> undecided = new LinkedHashMap<>();

    private record Sent(int queue, long messageId) {}

    private record Held(int queue, long messageId, Outcome outcome) {}

    private record Found(int coordinator, List<Held> held, List<Sent> sent, byte[] event) {}

    void prepared(ByteBuffer in) {
        byte[] event = new byte[in.remaining()];
        in.get(in.position(), event);
        TransactionId id = TransactionEvents.transaction(in);
        Found found = new Found((int) Bytes.var(in), new ArrayList<>(), new ArrayList<>(), event);
        long held = Bytes.var(in);
        for (long i = 0; i < held; i++) {
            found.held.add(new Held((int) Bytes.var(in), Bytes.var(in), TransactionEvents.outcome(in)));
        }
        long sent = Bytes.var(in);
        for (long i = 0; i < sent; i++) {
            found.sent.add(new Sent((int) Bytes.var(in), Bytes.var(in)));
        }
        undecided.put(id, found);
    }

    void concluded(TransactionId id) {
        undecided.remove(id);
    }

    /** Visits what is undecided, as the log has it. */
    void forEachEvent(Consumer<byte[]> visitor) {
        undecided.values().forEach(found -> visitor.accept(found.event));
    }

    /** Everything is read: what is undecided is kept back and held as it was. */
    void resolve(State state) {
        undecided.forEach((id, found) -> {
            Part part = new Part();
            for (Sent sent : found.sent) {
                Queue queue = state.queue(sent.queue);
                Block block = queue == null ? null : queue.lines().find(sent.messageId);
                if (queue != null && block != null) {
                    part.sent(queue, block, Queue.indexOf(block, sent.messageId));
                }
            }
            for (Held held : found.held) {
                Queue queue = state.queue(held.queue);
                Block block = queue == null ? null : queue.lines().find(held.messageId);
                if (queue != null && block != null) {
                    int index = Queue.indexOf(block, held.messageId);
                    queue.outcomes().take(block, index);
                    part.hold(null, queue, block, index, new Part.Stated(held.outcome, false));
                }
            }
            state.ledger().prepared(id, found.coordinator, part);
        });
        undecided.clear();
    }
}
