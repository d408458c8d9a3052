package org.waybill.shard;

/** How a shard speaks to the shards of its broker, wherever they are led. On the loop of the shard that speaks. */
final class Peers {
    private final Shards shards;
    private final RemoteShards remote;
    private final int self;

    Peers(Shards shards, RemoteShards remote, int self) {
        this.shards = shards;
        this.remote = remote;
        this.self = self;
    }

    int count() {
        return shards.count();
    }

    /** The shard on which a queue lives, as far as is known here. */
    int shardOf(String address) {
        return shards.shardOf(address);
    }

    /** Whether somebody leads a shard, as far as is known here. */
    boolean isLed(int shard) {
        return shard == self || shards.lead(shard) != null;
    }

    /** Says something to another shard, or to itself, in a turn of its own. */
    void tell(int to, ShardMessage message) {
        if (to == self || shards.isLedHere(to)) {
            Shard shard = shards.here(to);
            shard.execute(() -> shard.hear(self, message));
        } else {
            remote.send(self, to, ShardMessages.encode(message));
        }
    }
}
