package org.waybill.cluster.replication;

import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The coordinator of elections as nodes see it: one record, compared and set. It may be silent, forget its record, or answer
 * with an old or a false one.
 */
final class SimCoordinator {
    enum Mood {
        SOUND,
        SILENT,
        FORGETFUL,
        CONTRADICTORY,
        LYING
    }

    record Lease(long epoch, long leader, long beat) {}

    private static final long STAND_STILL_NS = 1_000_000_000;

    Mood mood = Mood.SOUND;
    private Lease lease = new Lease(0, Members.NONE, 0);
    private Lease old = lease;

    /** What a node has seen of it. */
    static final class View {
        private @Nullable Lease seen;
        private long seenNs;
    }

    /** A node looks, 200 ms after it did last; returns what it is told, or null. */
    @Nullable
    Lease poll(SimNode node, View view, Random random) {
        if (mood == Mood.SILENT) {
            return null;
        } else if (mood == Mood.CONTRADICTORY) {
            return new Lease(node.replica().epoch() + 1, node.member, 0);
        } else if (mood == Mood.LYING) {
            return random.nextBoolean() ? old : lie(node, random);
        } else if (mood == Mood.FORGETFUL) {
            lease = new Lease(0, Members.NONE, 0);
        }
        Replica replica = node.replica();
        if (replica.role() == Role.LEADER) {
            boolean mine = replica.epoch() > lease.epoch() || lease.leader() == node.member;
            // one that is cut off from its followers, and not from here, must not hold others back
            if (mine && (replica.mayAct() || !replica.isLeading())) {
                set(new Lease(Math.max(replica.epoch(), lease.epoch()), node.member, lease.beat() + 1));
            }
        } else if (!lease.equals(view.seen)) {
            view.seen = lease;
            view.seenNs = node.nanoTime();
        } else if (node.nanoTime() - view.seenNs > STAND_STILL_NS
                && replica.replicas().contains(node.member)) {
            set(new Lease(lease.epoch() + 1, node.member, 0));
            view.seen = lease;
            view.seenNs = node.nanoTime();
        }
        return lease;
    }

    private static Lease lie(SimNode node, Random random) {
        long epoch = node.replica().epoch() + random.nextInt(5) - 1;
        return new Lease(
                epoch, random.nextInt(3) == 0 ? node.member : node.replica().leader(), 0);
    }

    private void set(Lease next) {
        if (next.leader() != lease.leader()) {
            old = lease;
        }
        lease = next;
    }
}
