package org.waybill.cluster.node;

import java.util.List;
import java.util.Random;

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
        switch (random.nextInt(16)) {
            case 0, 1 -> node.crash(random.nextBoolean());
            case 2 -> node.crashDisk().crashBefore(1 + random.nextInt(12));
            default -> world.clients().loseOne();
        }
        world.after((10 + random.nextInt(pauseMs)) * MS, this::next);
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

    void moveEveryLeader() {}
}
