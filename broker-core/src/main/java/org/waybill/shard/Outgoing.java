package org.waybill.shard;

import org.jspecify.annotations.Nullable;
import org.waybill.message.Message;
import org.waybill.spi.Destination;

/**
 * What a session's transaction has to do with one shard, on the session's side: what it sends waits here, and goes to the shard with
 * the commit. On the session's loop; not changed any more once it is handed over. The shard's side of it is a {@link Share}.
 */
final class Outgoing {
    final ShareId id;
    final int shard;
    private final SessionPort session;

    @Nullable
    Batch sends;

    /** Of the messages in {@link #sends}, as they count in memory. */
    long bytes;

    Outgoing(SessionPort session, int shard, ShareId id) {
        this.session = session;
        this.shard = shard;
        this.id = id;
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
}
