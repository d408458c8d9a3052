package org.waybill.cluster.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.waybill.spi.BrokerError;

/** What goes wrong, one thing after the other, several at a time; much of it aims at whoever leads. */
final class WorldFaults {
    private static final long MS = World.MS;
    private static final List<WorldRegisters.Mood> MOODS = List.of(WorldRegisters.Mood.values());

    private final World world;
    private final Random random;
    /** How long it is until the next fault, at most. */
    private final int pauseMs;

    WorldFaults(World world) {
        this.world = world;
        this.random = world.random();
        this.pauseMs = random.nextInt(3) == 0 ? 3_000 : 600;
    }

    void next() {
        if (world.isCalm()) {
            return;
        }
        WorldNode node = victim();
        switch (random.nextInt(20)) {
            case 0, 1 -> node.crash(random.nextBoolean());
            case 2 -> node.crashDisk().crashBefore(1 + random.nextInt(12));
            case 3 -> coldRestart();
            case 4, 5 -> partition(node);
            case 6 -> cutSomeLinks();
            case 7, 8 -> node.freeze((50 + random.nextInt(random.nextBoolean() ? 300 : 3_000)) * MS);
            case 9 -> slowNetwork();
            case 10 -> stallDisk(node);
            case 11 -> fillDisk(node);
            case 12 -> tear(node);
            case 13 -> mood();
            case 14 -> moveLeader(node);
            case 15 -> emptyDisk(node);
            case 16 -> node.stop();
            default -> world.clients().loseOne();
        }
        world.after((10 + random.nextInt(pauseMs)) * MS, this::next);
    }

    private void later(int atLeastMs, int more, Runnable end) {
        world.after((atLeastMs + random.nextInt(more)) * MS, end);
    }

    private void coldRestart() {
        if (random.nextInt(3) == 0) {
            boolean powerLoss = random.nextBoolean();
            world.nodes().forEach(node -> node.crash(powerLoss));
        }
    }

    private void partition(WorldNode node) {
        boolean whole = random.nextBoolean();
        for (WorldNode other : world.nodes()) {
            if (other != node) {
                boolean out = whole || random.nextBoolean();
                if (out) {
                    world.network().cut(node.id(), other.id());
                }
                if (whole || !out) {
                    world.network().cut(other.id(), node.id());
                }
            }
        }
        later(100, 4_000, world.network()::join);
    }

    private void cutSomeLinks() {
        for (WorldNode from : world.nodes()) {
            for (WorldNode to : world.nodes()) {
                if (from != to && random.nextInt(3) == 0) {
                    world.network().cut(from.id(), to.id());
                }
            }
        }
        later(100, 2_500, world.network()::join);
    }

    private void slowNetwork() {
        world.network().maxDelayNs((5 + random.nextInt(150)) * MS);
        later(200, 2_000, () -> world.network().maxDelayNs(2 * MS));
    }

    private void stallDisk(WorldNode node) {
        node.diskStalls(true);
        later(200, 2_000, () -> node.diskStalls(false));
    }

    private void fillDisk(WorldNode node) {
        node.crashDisk().usableSpaceBytes(0);
        later(200, 3_000, () -> node.crashDisk().usableSpaceBytes(Long.MAX_VALUE / 2));
    }

    private void tear(WorldNode node) {
        WorldNode other = world.nodes().get(random.nextInt(world.nodes().size()));
        if (other != node) {
            world.network().tear(node.id(), other.id());
        }
    }

    private void mood() {
        world.registers().mood(MOODS.get(random.nextInt(MOODS.size())));
        if (random.nextInt(4) == 0) {
            world.registers().forget();
        }
        later(200, 6_000, () -> world.registers().mood(WorldRegisters.Mood.SOUND));
    }

    private void moveLeader(WorldNode node) {
        WorldNode to = world.nodes().get(random.nextInt(world.nodes().size()));
        if (node.isUp() && !node.isFrozen()) {
            node.node().moveLeader(random.nextInt(World.SHARDS), "n" + to.id());
        }
    }

    /** Only while a majority of the disks survives: nobody has lost one that the others have not replaced. */
    private void emptyDisk(WorldNode node) {
        if (world.nodes().stream().allMatch(each -> world.logs().isSeated(each))) {
            node.emptyDisk();
        }
    }

    private WorldNode victim() {
        List<WorldNode> nodes = world.nodes();
        int shard = random.nextInt(World.SHARDS);
        if (random.nextBoolean()) {
            for (WorldNode node : nodes) {
                if (node.leads(shard)) {
                    return node;
                }
            }
        }
        return nodes.get(random.nextInt(nodes.size()));
    }

    /** An operator has each shard led by some node: nothing is in the way of that now. */
    void moveEveryLeader() {
        for (int shard = 0; shard < World.SHARDS; shard++) {
            int number = shard;
            WorldNode asked = world.nodes().get(random.nextInt(world.nodes().size()));
            WorldNode to = world.nodes().get(random.nextInt(world.nodes().size()));
            List<Optional<BrokerError>> answers = new ArrayList<>();
            asked.node().moveLeader(shard, "n" + to.id()).thenAccept(answers::add);
            world.until("shard " + shard + " is to be led by node " + to.id(), () -> !answers.isEmpty());
            answers.get(0).ifPresent(error -> WorldHistory.require(false, "progress", error.message()));
            world.until("shard " + shard + " is led by node " + to.id(), () -> to.leads(number));
        }
    }
}
