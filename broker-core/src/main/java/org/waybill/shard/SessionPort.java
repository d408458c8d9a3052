package org.waybill.shard;

/** A session as the shards know it that it uses: its own self, or on another node than its client's what stands for it there. */
interface SessionPort {
    /** The client's own name for itself, by which noLocal tells its messages. */
    String containerId();

    /** Takes answers of a shard, on that shard's loop. */
    void receive(Batch answers);

    /**
     * Whether the way to the client has room for another delivery. If it has not, {@link Batch.Kind#CONSUMED} for this consumer follows when
     * it may have again. On the shard's loop.
     */
    default boolean hasRoom(LocalConsumer consumer) {
        return true;
    }
}
