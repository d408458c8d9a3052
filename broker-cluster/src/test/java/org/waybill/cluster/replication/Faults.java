package org.waybill.cluster.replication;

import java.util.List;
import java.util.Random;

/** What goes wrong, one thing after the other, several at a time; most of it aims at whoever leads. */
final class Faults {
    private static final long MS = Simulation.MS;
    private static final List<SimCoordinator.Mood> MOODS = List.of(SimCoordinator.Mood.values());

    private final Simulation simulation;
    private final SimCoordinator coordinator;
    private final Random random;
    /** How long it is until the next fault, at most. */
    private final int pauseMs;

    Faults(Simulation simulation, SimCoordinator coordinator) {
        this.simulation = simulation;
        this.coordinator = coordinator;
        this.random = simulation.random();
        this.pauseMs = random.nextInt(3) == 0 ? 1_500 : 250;
    }

    void next() {
        if (simulation.isCalm()) {
            return;
        }
        SimNode node = victim();
        switch (random.nextInt(25)) {
            case 0, 1 -> simulation.crash(node, random.nextBoolean());
            case 2 -> node.disk.crashBefore(1 + random.nextInt(12));
            case 3 -> coldRestart();
            case 4, 5 -> partition(node);
            case 6 -> cutSomeLinks();
            case 7 -> freeze(node);
            case 8 -> badNetwork();
            case 9 -> stallDisk(node);
            case 10 -> fillDisk(node);
            case 11 -> loseDisk(node);
            case 12 -> damage(node);
            case 13 -> mood();
            case 14 -> handOver(node);
            case 15 -> admit(node);
            case 16 -> twoCrash(node);
            case 17, 18, 19 -> storm(node);
            case 20 -> split();
            default -> checkpoint(node);
        }
        simulation.after((10 + random.nextInt(pauseMs)) * MS, this::next);
    }

    private SimNode victim() {
        List<SimNode> nodes = simulation.nodes();
        if (random.nextBoolean()) {
            for (SimNode node : nodes) {
                if (node.up && node.replica().role() == Role.LEADER) {
                    return node;
                }
            }
        }
        return nodes.get(random.nextInt(nodes.size()));
    }

    private void coldRestart() {
        if (random.nextInt(3) == 0) {
            boolean powerLoss = random.nextBoolean();
            simulation.nodes().forEach(node -> simulation.crash(node, powerLoss));
        }
    }

    private void twoCrash(SimNode node) {
        simulation.crash(node, true);
        simulation.crash(victim(), true);
    }

    private void partition(SimNode node) {
        if (random.nextBoolean()) {
            simulation.network.isolate(node.number);
        } else {
            for (int other : simulation.others(node.number)) {
                if (random.nextBoolean()) {
                    simulation.network.cut(node.number, other);
                } else {
                    simulation.network.cut(other, node.number);
                }
            }
        }
        simulation.after((100 + random.nextInt(3_000)) * MS, simulation.network::join);
    }

    private void cutSomeLinks() {
        int size = simulation.nodes().size();
        for (int from = 0; from < size; from++) {
            for (int to = 0; to < size; to++) {
                if (random.nextInt(3) == 0) {
                    simulation.network.cut(from, to);
                }
            }
        }
        simulation.after((100 + random.nextInt(2_500)) * MS, simulation.network::join);
    }

    private void freeze(SimNode node) {
        node.frozenUntilNs = simulation.nowNs() + (50 + random.nextInt(2_500)) * MS;
    }

    /** Everybody is told to lead, while messages take long and the leader is out of reach. */
    private void storm(SimNode node) {
        if (random.nextBoolean()) {
            simulation.network.isolate(node.number);
            simulation.after((500 + random.nextInt(1_500)) * MS, simulation.network::join);
        } else {
            simulation.crash(node, random.nextBoolean());
        }
        coordinator.mood = SimCoordinator.Mood.CONTRADICTORY;
        simulation.network.maxDelayNs = (2 + random.nextInt(200)) * MS;
        simulation.after((500 + random.nextInt(3_000)) * MS, () -> {
            coordinator.mood = SimCoordinator.Mood.SOUND;
            simulation.network.maxDelayNs = 2 * MS;
        });
    }

    private void badNetwork() {
        simulation.network.loss = random.nextInt(4) * 0.1;
        simulation.network.doubling = random.nextInt(4) * 0.1;
        simulation.network.maxDelayNs = (1 + random.nextInt(150)) * MS;
        simulation.after((200 + random.nextInt(2_000)) * MS, () -> {
            simulation.network.loss = 0;
            simulation.network.doubling = 0;
            simulation.network.maxDelayNs = 2 * MS;
        });
    }

    private void stallDisk(SimNode node) {
        node.diskStalls = true;
        simulation.after((200 + random.nextInt(2_000)) * MS, () -> node.diskStalls = false);
    }

    private void fillDisk(SimNode node) {
        node.disk.usableSpaceBytes(0);
        simulation.after((200 + random.nextInt(2_000)) * MS, () -> node.disk.usableSpaceBytes(Long.MAX_VALUE / 2));
    }

    private void loseDisk(SimNode node) {
        if (mayLoseOne()) {
            node.stop(true);
            node.replaceDisk();
            simulation.after((100 + random.nextInt(1_500)) * MS, () -> simulation.restart(node));
        }
    }

    /** A bit of something that was forced long enough ago for the log to know; the next start must see it, or not need it. */
    private void damage(SimNode node) {
        if (!mayLoseOne()) {
            return;
        }
        node.stop(true);
        SimDamage.flip(node.disk, random);
        simulation.after((100 + random.nextInt(1_500)) * MS, () -> simulation.restart(node));
    }

    /** Only while a majority of the disks survives: nobody has ever lost more than that may, and no change is under way. */
    private boolean mayLoseOne() {
        ReplicaSet set = simulation.history().replicas();
        boolean settled = simulation.nodes().stream()
                .allMatch(other -> other.up
                        && (!set.contains(other.member)
                                || other.replica().replicas().equals(set)));
        return settled && simulation.history().lostMembers() + 1 <= (set.size() - 1) / 2;
    }

    private void mood() {
        coordinator.mood = MOODS.get(random.nextInt(MOODS.size()));
        simulation.after((200 + random.nextInt(6_000)) * MS, () -> coordinator.mood = SimCoordinator.Mood.SOUND);
    }

    private void handOver(SimNode node) {
        ReplicaSet set = simulation.history().replicas();
        if (node.up && set.size() > 0) {
            long to = set.member(random.nextInt(set.size()));
            node.run(node.life, () -> node.replica().handOver(to));
        }
    }

    /** Two halves that do not hear each other. */
    private void split() {
        if (simulation.isCalm()) {
            return;
        }
        int size = simulation.nodes().size();
        int sides = random.nextInt(1 << size);
        for (int from = 0; from < size; from++) {
            for (int to = 0; to < size; to++) {
                if ((sides >> from & 1) != (sides >> to & 1)) {
                    simulation.network.cut(from, to);
                }
            }
        }
        simulation.after((1_000 + random.nextInt(4_000)) * MS, simulation.network::join);
    }

    private void admit(SimNode node) {
        if (node.up && simulation.nodes().size() > 3) {
            simulation.after((100 + random.nextInt(700)) * MS, this::split);
            node.run(node.life, () -> {
                for (int other : simulation.others(node.number)) {
                    node.replica().admit(other);
                }
            });
        }
    }

    private void checkpoint(SimNode node) {
        if (node.up) {
            node.run(node.life, () -> node.machine().checkpoint());
        }
    }
}
