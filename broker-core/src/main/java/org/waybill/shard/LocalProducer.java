package org.waybill.shard;

import org.jspecify.annotations.Nullable;
import org.waybill.spi.Destination;

/** A producer as its shard knows it; node and topic belong to the shard's loop. */
class LocalProducer {
    final SessionPort session;

    /** Tells it apart from all other producers and consumers of its session. */
    final int id;

    /** Of a kind that is known, or null when each message names its own. */
    final @Nullable Destination destination;

    /** The queue of its address, or null. */
    @Nullable
    Node node;

    /** The topic of its address, or null. */
    @Nullable
    Topic topic;

    LocalProducer(SessionPort session, int id, @Nullable Destination destination) {
        this.session = session;
        this.id = id;
        this.destination = destination;
    }
}
