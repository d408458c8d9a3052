package org.waybill.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.message.Message;
import org.waybill.spi.BrokerError;
import org.waybill.spi.Destination;
import org.waybill.tx.Part;

/**
 * What a session's transaction has to do with one shard. What it sends waits on the session's side and goes to the shard with the
 * commit; what it has received is held on the shard's side from the moment an outcome was stated.
 */
final class Share {
    final LocalSession session;
    final int shard;

    // ---- the session's loop, and from the commit on the shard's

    @Nullable
    Batch sends;

    /** Of the messages in {@link #sends}, as they count in memory. */
    long bytes;

    // ---- the shard's loop

    final Part part = new Part();

    /** Why it can only be rolled back, or null. */
    @Nullable
    BrokerError refusal;

    private final List<Node> created = new ArrayList<>(0);
    private @Nullable List<Confirmation> confirmations;

    Share(LocalSession session, int shard) {
        this.session = session;
        this.shard = shard;
    }

    /** Messages to send. */
    int size() {
        Batch batch = sends;
        return batch == null ? 0 : batch.size;
    }

    /** Adds a message, to go where its producer sends or, from an anonymous one, to the destination it names. */
    void send(LocalProducer producer, Message message, @Nullable Destination to) {
        Batch batch = sends;
        if (batch == null) {
            batch = new Batch(session);
            sends = batch;
        }
        long flag = to == null ? 0 : LocalSession.topicFlag(to);
        batch.add(Batch.Kind.SEND, producer, 0, flag, message, to == null ? null : to.name());
        bytes += message.size();
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
