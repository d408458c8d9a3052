package org.waybill.shard;

import java.util.Arrays;
import org.waybill.spi.Xid;

/**
 * Which shard an address lives on, and which coordinates a branch. Fixed for a data directory: the number of shards is written there when it is made.
 */
final class Placement {
    private Placement() {}

    static int shardOf(String address, int shards) {
        return shardOf(address.hashCode(), shards);
    }

    /** All branches of a global transaction have the same coordinator. */
    static int shardOf(Xid xid, int shards) {
        return shardOf(Arrays.hashCode(xid.gtrid()), shards);
    }

    private static int shardOf(int value, int shards) {
        int hash = value * 0x9E3779B9;
        return Math.floorMod(hash ^ hash >>> 16, shards);
    }
}
