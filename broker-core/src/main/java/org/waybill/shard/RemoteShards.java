package org.waybill.shard;

/** The way to shards that another node leads. Called on the loop of the shard that speaks; must not block, and does not throw. */
@FunctionalInterface
public interface RemoteShards {
    /** Every shard is led here: a broker without a cluster. */
    RemoteShards NONE = (from, to, message) -> {
        throw new IllegalStateException("shard " + to + " is led by this broker");
    };

    /**
     * Sends a message to the leader of a shard, which hands it to {@link Shard#receive}. It may be lost, and must not be kept for
     * long when there is no leader: it is said again. Messages from one leader to another keep their order.
     */
    void send(int from, int to, byte[] message);
}
