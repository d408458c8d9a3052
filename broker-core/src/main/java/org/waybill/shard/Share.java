package org.waybill.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.message.Message;
import org.waybill.spi.BrokerError;
import org.waybill.tx.Part;

/**
 * What a session's transaction has to do with one shard, on the shard's side and loop. What it has received is held here from the
 * moment an outcome was stated; what it sends comes with the commit, from an {@link Outgoing}.
 */
final class Share {
    @Nullable
    Batch sends;

    /** Of the messages in {@link #sends}, as they count in memory. */
    long bytes;

    final Part part = new Part();

    /** Why it can only be rolled back, or null. */
    @Nullable
    BrokerError refusal;

    private final List<Node> created = new ArrayList<>(0);
    private @Nullable List<Confirmation> confirmations;

    /** Messages to send. */
    int size() {
        Batch batch = sends;
        return batch == null ? 0 : batch.size;
    }

    /** The session's side has come, for good. */
    void takes(Outgoing outgoing) {
        sends = outgoing.sends;
        bytes = outgoing.bytes;
    }

    /** Forgets what it would send; returns the bytes of it. */
    long dropSends() {
        long dropped = bytes;
        sends = null;
        bytes = 0;
        return dropped;
    }

    /** Queues that exist because of what it sends. */
    List<Node> created() {
        return created;
    }

    private record Confirmation(LocalConsumer consumer, long token) {}

    /** The client settles this delivery when it hears of the commit. */
    void confirmLater(LocalConsumer consumer, long token) {
        if (confirmations == null) {
            confirmations = new ArrayList<>(1);
        }
        confirmations.add(new Confirmation(consumer, token));
    }

    /** Tells the consumers, which may be of several sessions, as far as they are still there. */
    void confirm(Map<SessionPort, Outbox> outboxes, Answers answers) {
        List<Confirmation> due = confirmations;
        if (due != null) {
            for (Confirmation one : due) {
                Outbox to = outboxes.get(one.consumer.session);
                if (to != null) {
                    answers.add(to, Batch.Kind.CONSUMER_SETTLED, one.consumer, one.token, one.token, null, null);
                }
            }
        }
        confirmations = null;
    }

    /** Whether anything was done. */
    boolean isEmpty() {
        return size() == 0 && part.held() == 0 && refusal == null;
    }

    /** Whether anything in it must survive a crash. */
    boolean isDurable() {
        Batch batch = sends;
        for (int i = 0; batch != null && i < batch.size; i++) {
            if (((Message) Invariant.present(batch.x[i])).durable()) {
                return true;
            }
        }
        return part.isLogged();
    }

    /** Takes over what another share of the same transaction on the same shard has to do, which comes behind its own. */
    void absorb(Share other) {
        part.absorb(other.part);
        Batch more = other.sends;
        if (sends == null) {
            sends = more;
        } else if (more != null) {
            sends.addAll(more);
        }
        bytes += other.bytes;
        refusal = refusal == null ? other.refusal : refusal;
        if (confirmations == null) {
            confirmations = other.confirmations;
        } else if (other.confirmations != null) {
            confirmations.addAll(other.confirmations);
        }
    }
}
