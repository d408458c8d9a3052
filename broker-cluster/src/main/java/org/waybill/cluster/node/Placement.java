package org.waybill.cluster.node;

import java.util.HashMap;
import java.util.Map;
import org.waybill.cluster.election.Electorate;

/**
 * Which node is to lead which shard. Each shard prefers a node by its number, so that shards are spread, until somebody says otherwise;
 * the last who did is right. A leadership goes to the preferred node when
 * that has been there for a while: one that comes and goes is left alone. No I/O and no clock; one thread.
 */
final class Placement {
    private final Electorate electorate;
    private final long settleNs;
    private final Map<Integer, Wish> wishes = new HashMap<>();
    private final Map<Integer, Long> connectedNs = new HashMap<>();

    /**
     * That a node lead a shard.
     *
     * @param version one more than that of the wish before it, as far as that was known; of two with the same one, which were made at the
     *     same time on two nodes, the one for the greater node holds everywhere
     */
    record Wish(int node, long version) {
        private boolean overrides(Wish other) {
            return version > other.version || version == other.version && node > other.node;
        }
    }

    /**
     * Nobody is there yet.
     *
     * @param settleNs how long a node must have been there before leaderships are moved to it unasked
     */
    Placement(Electorate electorate, long settleNs) {
        this.electorate = electorate;
        this.settleNs = settleNs;
    }

    /** A node is there. */
    void connected(int node, long nowNs) {
        connectedNs.put(node, nowNs);
    }

    /** A node is gone. */
    void disconnected(int node) {
        connectedNs.remove(node);
    }

    /** Whoever is there has been there for a while. */
    void settled(long nowNs) {
        connectedNs.replaceAll((node, since) -> nowNs - settleNs);
    }

    /** Somebody says that a node is to lead a shard; returns whether that is news. */
    boolean wish(int shard, Wish wish) {
        Wish before = wishes.get(shard);
        boolean isNews = before == null || wish.overrides(before);
        if (isNews) {
            wishes.put(shard, wish);
        }
        return isNews;
    }

    /** A wish that overrides what was said of a shard before. */
    Wish next(int shard, int node) {
        Wish before = wishes.get(shard);
        return new Wish(node, before == null ? 1 : before.version + 1);
    }

    /** What was said of shards, by their numbers. */
    Map<Integer, Wish> wishes() {
        return Map.copyOf(wishes);
    }

    /** The node that is to lead a shard. */
    int preferred(int shard) {
        Wish wish = wishes.get(shard);
        return wish == null ? electorate.preferred(shard) : wish.node;
    }

    /** Whether a shard that is led here is to be led by its preferred node from now on. */
    boolean isDue(int shard, long nowNs) {
        int node = preferred(shard);
        Long since = connectedNs.get(node);
        boolean waits = !wishes.containsKey(shard) && since != null && nowNs - since < settleNs;
        return node != electorate.self() && since != null && !waits;
    }
}
