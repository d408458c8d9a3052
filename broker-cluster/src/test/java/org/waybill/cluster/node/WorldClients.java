package org.waybill.cluster.node;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** All who use the nodes. */
final class WorldClients {
    static final String DEAD_LETTERS = "dead";
    /** Messages of queues whose names begin so go to the dead letters when they have failed once. */
    static final String FRAGILE = "fragile";

    private static final List<String> QUEUES = List.of("orders", "bills", "parcels", "letters", FRAGILE + ".glass");

    private final World world;
    private final List<WorldClient> all = new ArrayList<>();

    WorldClients(World world) {
        this.world = world;
    }

    /** Everybody connects. */
    void begin() {
        all.add(new WorldProducer(world, "p1", true));
        all.add(new WorldProducer(world, "p2", true));
        all.add(new WorldProducer(world, "p3", false));
        for (String queue : QUEUES) {
            all.add(new WorldConsumer(world, "c-" + queue, queue));
        }
        all.forEach(WorldClient::connect);
    }

    /** One of the queues that are sent to. */
    String anyQueue() {
        return QUEUES.get(world.random().nextInt(QUEUES.size()));
    }

    /** Every queue that may have something. */
    List<String> queues() {
        List<String> queues = new ArrayList<>(QUEUES);
        queues.add(DEAD_LETTERS);
        return queues;
    }

    void crashed(WorldNode node) {
        all.forEach(client -> client.crashed(node));
    }

    /** One of them loses its connection. */
    void loseOne() {
        if (!all.isEmpty()) {
            all.get(world.random().nextInt(all.size())).lose();
        }
    }

    void finish() {
        all.forEach(WorldClient::finish);
    }

    boolean isDone() {
        return all.stream().allMatch(WorldClient::isDone);
    }

    void leave() {
        all.forEach(WorldClient::leave);
    }

    String describe() {
        return all.stream().map(WorldClient::describe).collect(Collectors.joining(System.lineSeparator()));
    }
}
