package org.waybill.cluster.election;

import java.util.ArrayList;
import java.util.List;

/**
 * What a node keeps writing into its own register: that it lives, and what it stands for. In the register: version, count, then
 * member, epoch and {@linkplain Stance#code stance} of each shard.
 *
 * @param count another one each time
 * @param shards by the shard's number
 */
record Beat(long count, List<Standing> shards) {
    /** Nothing was heard. */
    static final Beat NONE = new Beat(0, List.of());

    private static final int VERSION = 1;
    private static final int HEADER = 2;
    private static final int LONGS = 3;

    Beat {
        shards = List.copyOf(shards);
    }

    /** How the node stands to a shard. */
    Standing standing(int shard) {
        return shard < shards.size() ? shards.get(shard) : Standing.NONE;
    }

    long[] encode() {
        long[] value = new long[HEADER + LONGS * shards.size()];
        value[0] = VERSION;
        value[1] = count;
        int at = HEADER;
        for (Standing standing : shards) {
            value[at++] = standing.member();
            value[at++] = standing.epoch();
            value[at++] = standing.stance().code();
        }
        return value;
    }

    /** Throws {@link UnreadableValue}. */
    static Beat decode(long[] value) {
        if (value.length == 0) {
            return NONE;
        }
        if (value[0] != VERSION || (value.length - HEADER) % LONGS != 0 || value.length < HEADER) {
            throw new UnreadableValue("a beat", value[0]);
        }
        List<Standing> shards = new ArrayList<>();
        for (int at = HEADER; at < value.length; at += LONGS) {
            shards.add(new Standing(value[at], value[at + 1], Stance.of(value[at + 2])));
        }
        return new Beat(value[1], shards);
    }
}
