package org.waybill.cluster.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import org.waybill.spi.BrokerError;

/**
 * Leaderships that somebody has asked this node to move, and waits for. What is wished of a shard is numbered, and the highest number holds
 * everywhere; a node that was away may not know it when it is asked, so it says its wish once more when it hears of a later one that is not
 * its own. Once, so that two nodes that are asked for different things at the same time come to an end. On the loop of {@link Leaders}.
 */
final class Moves {
    private final Placement placement;
    private final List<Move> moves = new ArrayList<>();

    private static final class Move {
        private final int shard;
        private final int node;
        private final long untilNs;
        private final CompletableFuture<Optional<BrokerError>> done;
        private boolean insists;

        Move(int shard, int node, long untilNs, CompletableFuture<Optional<BrokerError>> done) {
            this.shard = shard;
            this.node = node;
            this.untilNs = untilNs;
            this.done = done;
        }
    }

    Moves(Placement placement) {
        this.placement = placement;
    }

    /**
     * Somebody wants a node to lead a shard, and is told when it does, or why it does not by then; returns the wish that all nodes are to know.
     */
    Placement.Wish begin(int shard, int node, long untilNs, CompletableFuture<Optional<BrokerError>> done) {
        moves.add(new Move(shard, node, untilNs, done));
        return placement.next(shard, node);
    }

    /** Another node knows of a later wish; returns what this node wishes once more, if it does. */
    Optional<Placement.Wish> heard(int shard, Placement.Wish later) {
        for (Move move : moves) {
            if (move.shard == shard && move.node != later.node() && !move.insists) {
                move.insists = true;
                return Optional.of(placement.next(shard, move.node));
            }
        }
        return Optional.empty();
    }

    /** A node leads a shard. */
    void led(int shard, int node) {
        moves.removeIf(move -> move.shard == shard && move.node == node && move.done.complete(Optional.empty()));
    }

    /** Gives up what has taken too long. */
    void expire(long nowNs, IntFunction<String> nameOf) {
        moves.removeIf(move -> nowNs >= move.untilNs
                && move.done.complete(Leaders.failed("node " + nameOf.apply(move.node) + " does not lead shard "
                        + move.shard + " yet, it will when it has caught up")));
    }
}
