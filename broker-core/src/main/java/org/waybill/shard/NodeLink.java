package org.waybill.shard;

/**
 * The way to other nodes for what sessions ask of shards that are led there, and what is answered. Called on any loop; does not block.
 * What is sent to one node about one shard arrives in its order, or the link breaks, which ends the sessions that used it.
 */
public interface NodeLink {
    /** Sends commands, for {@link RemoteSessions#commands} on that node; the bytes must not change any more. */
    void commands(int node, int shard, byte[] bytes, int length);

    /** Sends answers, for {@link Shards#answers} on that node; the bytes must not change any more. */
    void answers(int node, int shard, byte[] bytes, int length);

    /**
     * Whether so much waits to be sent to a node that more should wait where it is, until {@link RemoteSessions#drained} and {@link
     * Shards#drained} are told: messages of clients and deliveries, not what ends or settles.
     */
    boolean isFull(int node);
}
