package org.waybill.shard;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.waybill.message.Message;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerError.Code;
import org.waybill.spi.Destination;

/**
 * Keeps the order of what a session sends without a producer of that address, while queues move. The shard of such a message is chosen when
 * it is sent, by what this node knows then: when that changes while earlier ones are not answered, those may be refused by the shard that
 * had the queue, and be sent again, behind a later one that the queue's new shard has taken. On the session's loop.
 */
final class Views {
    private final LocalSession session;
    private final Shards shards;

    /** By home: what was known of it when something was sent there while nothing else waited for its answer; null if nothing was. */
    private final @Nullable Places[] seen;

    private final int[] seenMoves;
    private long unanswered;
    private boolean outdated;

    Views(LocalSession session, Shards shards) {
        this.session = session;
        this.shards = shards;
        this.seen = new @Nullable Places[shards.count()];
        this.seenMoves = new int[shards.count()];
    }

    /** Sends a message to where it says; ends the session, and sends nothing more, if it could overtake one before. */
    void send(LocalProducer producer, Message message, long token) {
        if (outdated) {
            return;
        }
        if (unanswered++ == 0) {
            Arrays.fill(seen, null);
        }
        Destination to = session.destinationOf(message);
        if (to == null) {
            BrokerError error = new BrokerError(
                    Code.INVALID_FIELD, "a message sent to the anonymous terminus has no address in its properties");
            session.later(batch -> batch.add(Batch.Kind.PRODUCER_REFUSED, producer, token, 0, error, null));
            return;
        }
        int shard = shardOf(to);
        if (shard >= 0) {
            session.lane(shard).add(Batch.Kind.SEND, producer, token, LocalSession.topicFlag(to), message, to.name());
        } else {
            outdated = true;
            session.end(new BrokerError(
                    Code.MOVED,
                    "queue " + to.name() + " lives on another shard than what was sent there and is not answered yet"));
        }
    }

    /** The shard that a message goes to; -1 if it must not be sent before the earlier ones are answered. */
    private int shardOf(Destination to) {
        int home = shards.homeOf(to);
        Places places = shards.here(home).state().places();
        Places before = seen[home];
        if (before == null) {
            seen[home] = places;
            seenMoves[home] = places.moves();
        }
        int shard = shards.shardOf(to);
        boolean same = before == null || before == places && !places.hasMoved(to.name(), seenMoves[home]);
        return same ? shard : -1;
    }

    /** So many messages are answered. */
    void answered(long count) {
        unanswered -= count;
    }
}
