package org.waybill.cluster.hazelcast;

import java.util.List;
import org.waybill.cluster.election.ElectionOptions;
import org.waybill.cluster.election.Electorate;

/**
 * What elections by Hazelcast are made from; but for {@code self} the same on all nodes.
 *
 * @param cluster the cluster's name: nodes of another name are refused
 * @param self this node's number
 * @param seats all nodes, three or more, in the order of the configuration
 * @param shards how many there are
 * @param times of elections
 * @param resetMs when nobody has answered for this time although all nodes are there, the oldest makes everybody begin anew; default 5 s
 * @param restartMs when nobody has answered for this time although all nodes are there, this node's part is started anew; default 20 s
 */
public record HazelcastOptions(
        String cluster, int self, List<Seat> seats, int shards, ElectionOptions times, long resetMs, long restartMs) {
    /** With fewer nobody would be a majority without one. */
    public static final int MIN_NODES = 3;

    /** From so many nodes on two may be lost. */
    private static final int FIVE = 5;

    /** Checks; throws {@link IllegalArgumentException}. */
    public HazelcastOptions {
        seats = List.copyOf(seats);
        if (seats.size() < MIN_NODES) {
            throw new IllegalArgumentException("elections need three nodes at least");
        }
    }

    /** The defaults named above. */
    public static HazelcastOptions of(String cluster, int self, List<Seat> seats, int shards) {
        return new HazelcastOptions(cluster, self, seats, shards, ElectionOptions.defaults(), 5_000, 20_000);
    }

    /** How many of the nodes keep the registers: three or five. */
    int electors() {
        return seats.size() < FIVE ? MIN_NODES : FIVE;
    }

    Electorate electorate() {
        return new Electorate(self, seats.stream().map(Seat::node).toList(), shards);
    }

    Seat seat() {
        return seats.stream()
                .filter(seat -> seat.node() == self)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("node " + self + " is not in the list of nodes"));
    }
}
