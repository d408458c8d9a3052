package org.waybill.cluster.node;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** All who use the nodes. */
final class WorldClients {
    static final String DEAD_LETTERS = "dead-letters";
    /** Messages of queues whose names begin so go to the dead letters when they have failed once. */
    static final String FRAGILE = "fragile";

    private static final List<String> QUEUES = List.of("orders", "bills", "parcels", "letters", FRAGILE + ".glass");
    private static final List<String> TARGETS = List.of("accounts", "books", "claims", "debts", "entries");
    private static final List<String> STOCKS = List.of("stock.one", "stock.two");

    private final World world;
    private final List<WorldClient> all = new ArrayList<>();
    private final List<WorldTransactor> transactors = new ArrayList<>();

    WorldClients(World world) {
        this.world = world;
    }

    /** Everybody connects. */
    void begin() {
        all.add(new WorldProducer(world, "p1", true, QUEUES, 30));
        all.add(new WorldProducer(world, "p2", true, QUEUES, 30));
        all.add(new WorldProducer(world, "p3", false, QUEUES, 30));
        all.add(new WorldProducer(world, "p4", true, STOCKS, 100));
        for (String queue : QUEUES) {
            all.add(new WorldConsumer(world, "c-" + queue, queue, true));
            all.add(new WorldConsumer(world, "d-" + queue, queue, true));
        }
        all.add(new WorldConsumer(world, "c-" + TARGETS.get(0), TARGETS.get(0), false));
        WorldManager manager = new WorldManager(world, "manager");
        all.add(manager);
        for (int i = 1; i <= 3; i++) {
            WorldTransactor made = new WorldTransactor(world, "t" + i, manager);
            transactors.add(made);
            all.add(made);
        }
        all.add(new WorldAdministrator(world, "administrator"));
        all.forEach(WorldClient::connect);
    }

    /** Where transactions send to. */
    List<String> targets() {
        return TARGETS;
    }

    /** What transactions take from. */
    List<String> stocks() {
        return STOCKS;
    }

    /** Somebody else works in a branch, too; returns whether there is somebody. */
    boolean join(WorldBranch branch) {
        return transactors.get(world.random().nextInt(transactors.size())).join(branch);
    }

    /** Every queue that may have something. */
    List<String> queues() {
        List<String> queues = new ArrayList<>(QUEUES);
        queues.addAll(TARGETS);
        queues.addAll(STOCKS);
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
