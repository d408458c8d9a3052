package org.waybill.cluster.election;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Judges claims: whose is alive, and what should stand instead. No I/O and no clock; one thread.
 *
 * <p>A claim is alive while its member's node moves its beat <em>and</em> says in it that it stands for the shard. So a leader that is
 * cut off from its followers, and not from the registers, holds nobody back. Time counts from when a sign of life was read to when
 * the registers were asked again: a node that was frozen meanwhile does not find everybody else gone.
 *
 * <table>
 *   <caption>What a node does with a claim</caption>
 *   <tr><th>its replica</th><th>the claim</th><th>it writes</th></tr>
 *   <tr><td>leads</td><td>has a lower epoch</td><td>its own epoch, itself</td></tr>
 *   <tr><td>leads</td><td>another's, and dead</td><td>the next epoch, itself</td></tr>
 *   <tr><td>hears of no leader</td><td>another's, and dead</td><td>the next epoch, itself; later by its rank</td></tr>
 *   <tr><td>anything else</td><td>any</td><td>nothing</td></tr>
 * </table>
 */
final class Leases {
    private final Electorate electorate;
    private final ElectionOptions options;
    private final Map<Integer, Beat> beats = new HashMap<>();
    private final Map<Integer, Long> movedNs = new HashMap<>();
    private final List<Watch> watches = new ArrayList<>();

    /** What was seen of a shard's claim. */
    private static final class Watch {
        private Claim claim = Claim.NONE;
        private boolean begun;
        /** The beat that stood for it last. */
        private Beat sign = Beat.NONE;
        /** When it was read. */
        private long aliveNs;
        /** In which epoch its member was seen to try first: it has one try. */
        private long triedEpoch;
    }

    Leases(Electorate electorate, ElectionOptions options) {
        this.electorate = electorate;
        this.options = options;
        for (int shard = 0; shard < electorate.shards(); shard++) {
            watches.add(new Watch());
        }
    }

    /** A node's beat was read. */
    void heard(int node, Beat beat, long nowNs) {
        Beat before = beats.put(node, beat);
        if (before == null || before.count() != beat.count()) {
            movedNs.put(node, nowNs);
        }
    }

    /**
     * A shard's claim was read, together with all beats.
     *
     * @param own how this node's replica stands
     * @param askedNs when both were asked for
     * @return what should stand there: the claim itself if nothing is to be done
     */
    Claim judge(int shard, Claim claim, Standing own, long askedNs, long nowNs) {
        Watch watch = watches.get(shard);
        look(watch, shard, claim, nowNs);
        long stillNs = askedNs - watch.aliveNs;
        boolean mine = claim.member() == own.member();
        if (own.stance() == Stance.LEADING) {
            if (own.epoch() > claim.epoch()) {
                return new Claim(own.epoch(), own.member());
            }
            return !mine && stillNs >= options.goneNs() ? successor(claim, own) : claim;
        }
        boolean due = own.stance() == Stance.WILLING
                && !mine
                && stillNs >= options.goneNs() + rank(shard, claim, askedNs) * stepNs(claim);
        return due ? successor(claim, own) : claim;
    }

    private void look(Watch watch, int shard, Claim claim, long nowNs) {
        if (!watch.begun || !watch.claim.equals(claim)) {
            watch.begun = true;
            watch.claim = claim;
            watch.sign = Beat.NONE;
            watch.triedEpoch = 0;
            watch.aliveNs = nowNs;
        }
        Beat beat = beats.getOrDefault(claim.node(), Beat.NONE);
        if (beat.count() != watch.sign.count() && stands(watch, beat.standing(shard))) {
            watch.sign = beat;
            watch.aliveNs = nowNs;
        }
    }

    private static boolean stands(Watch watch, Standing standing) {
        if (standing.member() != watch.claim.member()) {
            return false;
        } else if (standing.stance() == Stance.LEADING) {
            watch.triedEpoch = 0;
            return true;
        } else if (standing.stance() != Stance.TRYING) {
            return false;
        }
        if (watch.triedEpoch == 0) {
            watch.triedEpoch = standing.epoch();
        }
        return watch.triedEpoch == standing.epoch();
    }

    private static Claim successor(Claim claim, Standing own) {
        return new Claim(Math.max(claim.epoch(), own.epoch()) + 1, own.member());
    }

    /** How many are there that would lead too, and are to be first. */
    private int rank(int shard, Claim dead, long nowNs) {
        int before = 0;
        for (int node : electorate.order(shard)) {
            if (node == electorate.self()) {
                return before;
            }
            boolean wouldLead = node != dead.node()
                    && isThere(node, nowNs)
                    && standing(node, shard).stance() == Stance.WILLING;
            before += wouldLead ? 1 : 0;
        }
        throw new IllegalStateException("this node is one of the nodes");
    }

    /** Where nobody has led yet, nodes that start one after the other wait for the one that is to lead first. */
    private long stepNs(Claim dead) {
        return dead.equals(Claim.NONE) ? options.goneNs() : options.rankNs();
    }

    private boolean isThere(int node, long nowNs) {
        Long moved = movedNs.get(node);
        return moved != null
                && nowNs - moved < options.goneNs()
                && !standingsOf(node).isEmpty();
    }

    private Standing standing(int node, int shard) {
        return beats.getOrDefault(node, Beat.NONE).standing(shard);
    }

    private List<Standing> standingsOf(int node) {
        return beats.getOrDefault(node, Beat.NONE).shards();
    }
}
