package org.waybill.shard;

/** A session as the shards know it that it uses: its own self, or on another node than its client's what stands for it there. */
interface SessionPort {
    /** The client's own name for itself, by which noLocal tells its messages. */
    String containerId();

    /** Takes answers of a shard, on that shard's loop. */
    void receive(Batch answers);
}
