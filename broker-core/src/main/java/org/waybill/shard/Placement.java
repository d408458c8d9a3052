package org.waybill.shard;

/**
 * Which shard an address lives on. Fixed for a data directory: the number of shards is written there when it is made.
 */
final class Placement {
    private Placement() {}

    static int shardOf(String address, int shards) {
        int hash = address.hashCode() * 0x9E3779B9;
        return Math.floorMod(hash ^ hash >>> 16, shards);
    }
}
