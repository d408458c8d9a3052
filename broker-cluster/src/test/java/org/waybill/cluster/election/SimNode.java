package org.waybill.cluster.election;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.waybill.cluster.replication.LeaderHint;
import org.waybill.cluster.replication.Members;
import org.waybill.io.Clock;

/** A node with its election, and a rough model of its replicas: enough to be asked to lead, to try, and to lead. */
final class SimNode implements Clock {
    private static final long MS = SimCluster.MS;

    final SimCluster cluster;
    final int number;
    final List<Replica> replicas = new ArrayList<>();
    private final long originNs;
    private final double rate;
    int life;
    boolean up;
    boolean withoutRegisters;
    boolean cutOff;
    long frozenUntilNs;
    private @Nullable Election election;

    /** What a replica is at present. */
    static final class Replica {
        final long member;
        long epoch = 1;
        boolean leads;
        long triesUntilNs;
        long heardNs;
        boolean failsToLead;
        boolean stuck;

        @Nullable
        LeaderHint hint;

        Replica(long member) {
            this.member = member;
        }
    }

    SimNode(SimCluster cluster, int number, double rate, long originNs) {
        this.cluster = cluster;
        this.number = number;
        this.rate = rate;
        this.originNs = originNs;
        for (int shard = 0; shard < cluster.electorate(number).shards(); shard++) {
            replicas.add(new Replica(Members.of(number, 77)));
        }
    }

    @Override
    public long nanoTime() {
        return originNs + (long) (cluster.nowNs() * rate);
    }

    @Override
    public long epochMs() {
        return 1_700_000_000_000L + cluster.nowNs() / MS;
    }

    Election election() {
        if (election == null) {
            throw new IllegalStateException("node " + number + " is down");
        }
        return election;
    }

    void start() {
        up = true;
        life++;
        for (Replica replica : replicas) {
            replica.leads = false;
            replica.triesUntilNs = 0;
            replica.heardNs = cluster.nowNs() - 1_000 * MS;
            replica.hint = null;
        }
        int bornIn = life;
        election = new Election(
                cluster.electorate(number),
                ElectionOptions.defaults(),
                cluster.registers.of(this),
                this,
                epochMs(),
                task -> run(bornIn, task),
                this::hinted);
        tick(bornIn);
        observe(bornIn);
    }

    void stop() {
        up = false;
        life++;
        election = null;
        for (Replica replica : replicas) {
            replica.leads = false;
        }
    }

    /** Something happens here, now or when this node is not frozen any more; then its shards may be first, or not. */
    void run(int bornIn, Runnable task) {
        run(bornIn, cluster.random.nextInt(10) * MS, task);
    }

    private void run(int bornIn, long lateNs, Runnable task) {
        if (up && life == bornIn) {
            if (cluster.nowNs() < frozenUntilNs) {
                cluster.at(frozenUntilNs + lateNs, () -> run(bornIn, lateNs, task));
            } else {
                task.run();
            }
        }
    }

    private void tick(int bornIn) {
        run(bornIn, () -> election().tick());
        if (life == bornIn) {
            cluster.after(200 * MS, () -> tick(bornIn));
        }
    }

    private void observe(int bornIn) {
        run(bornIn, 0, () -> {
            for (int shard = 0; shard < replicas.size(); shard++) {
                step(shard);
            }
        });
        if (life == bornIn) {
            cluster.after(50 * MS, () -> observe(bornIn));
        }
    }

    private void step(int shard) {
        Replica replica = replicas.get(shard);
        if (replica.stuck) {
            return;
        }
        if (replica.triesUntilNs > 0 && cluster.nowNs() >= replica.triesUntilNs) {
            replica.triesUntilNs = 0;
            if (!replica.failsToLead && cluster.hasMajority(this)) {
                cluster.leads(this, shard);
            }
        }
        Stance stance = stance(shard);
        LeaderHint hint = replica.hint;
        if (stance == Stance.WILLING
                && hint != null
                && hint.member() == replica.member
                && cluster.hasMajority(this)
                && !cluster.isHeld(shard)) {
            replica.epoch = Math.max(hint.epoch(), replica.epoch) + 1;
            replica.triesUntilNs = cluster.nowNs() + 120 * MS;
            stance = Stance.TRYING;
        }
        election().observe(shard, new Standing(replica.member, replica.epoch, stance));
    }

    Stance stance(int shard) {
        Replica replica = replicas.get(shard);
        if (replica.leads) {
            return cluster.hasMajority(this) ? Stance.LEADING : Stance.CUT_OFF;
        } else if (replica.triesUntilNs > 0) {
            return Stance.TRYING;
        }
        return cluster.hears(this, shard) ? Stance.FOLLOWING : Stance.WILLING;
    }

    private void hinted(int shard, LeaderHint hint) {
        Replica replica = replicas.get(shard);
        if (replica.leads && hint.member() != replica.member && hint.epoch() > replica.epoch) {
            replica.leads = false;
        }
        replica.hint = hint;
    }
}
