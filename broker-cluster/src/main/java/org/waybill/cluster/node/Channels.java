package org.waybill.cluster.node;

/** Which channel of a link carries what: one of each kind for each shard, and one for what concerns nodes. */
final class Channels {
    /** What replicas say. */
    static final int REPLICATION = 0;

    /** What sessions of one node ask of a shard on another. */
    static final int COMMANDS = 1;

    /** What they are answered. */
    static final int ANSWERS = 2;

    /** What shards say to each other. */
    static final int SHARDS = 3;

    /** What nodes say of themselves. */
    static final int NODES = 1;

    private static final int FIRST = 16;
    private static final int KINDS = 4;

    private Channels() {}

    static int of(int shard, int kind) {
        return FIRST + shard * KINDS + kind;
    }

    static boolean isOfShard(int channel) {
        return channel >= FIRST;
    }

    static int shard(int channel) {
        return (channel - FIRST) / KINDS;
    }

    static int kind(int channel) {
        return (channel - FIRST) % KINDS;
    }
}
