package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.waybill.message.Outcome;

/** Clients and administrators who make messages move over the shards of a {@link ShardNetwork}; a seed decides what happens when. */
final class MoveRun {
    static final int SHARDS = 3;

    private static final int STEPS = 12_000;
    private static final List<String> MOVABLE = List.of("plain", ShardNetwork.FRAGILE, "dead", ShardNetwork.FULL);

    private final Map<String, Integer> counts;
    final Random random;
    final ShardNetwork network;
    final List<Sent> all = new ArrayList<>();
    private final List<MoveClient> clients = new ArrayList<>();
    private int restartIn;

    /** What its client knows of a message. */
    static final class Sent {
        final String text;
        final boolean durable;
        boolean isStored;
        boolean mayBeConsumed;
        boolean isConsumed;

        Sent(String text, boolean durable) {
            this.text = text;
            this.durable = durable;
        }
    }

    /** @param counts of what has happened, by its name */
    MoveRun(Random random, Map<String, Integer> counts) {
        this.random = random;
        this.counts = counts;
        this.network = new ShardNetwork(SHARDS, random);
    }

    void run() {
        for (int i = 0; i < STEPS; i++) {
            step();
        }
        clients.forEach(MoveClient::leave);
        network.settle(60);
        check();
    }

    void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }

    static String queue(String prefix, int shard) {
        return ShardNetwork.queue(prefix, shard, SHARDS);
    }

    Sent begin(String text, boolean durable) {
        Sent sent = new Sent(text, durable);
        all.add(sent);
        return sent;
    }

    /** Sends something to a queue of the first shard, and fails to consume it. */
    MoveClient fail(String text) {
        MoveClient client = new MoveClient(this);
        client.send(ShardNetwork.FRAGILE, 0, text, true, 0);
        client.consume(0);
        client.credit(1);
        network.passWithoutRecovery(1);
        client.settle(0, Outcome.FAILED);
        network.passWithoutRecovery(8);
        return client;
    }

    private void step() {
        int die = random.nextInt(1_000);
        if (die < 400) {
            network.work();
        } else if (die < 600) {
            network.deliver();
        } else if (die < 750) {
            network.force();
        } else if (die < 900) {
            network.clients.one();
        } else if (die < 960) {
            operate();
        } else if (die < 988) {
            network.pass(1 + random.nextInt(400));
        } else if (die < 991) {
            crash();
        } else if (die < 993) {
            checkpoint();
        }
        int dead = network.leaderless();
        if (dead >= 0 && --restartIn < 0) {
            network.recover(dead);
        }
    }

    private void crash() {
        if (network.leaderless() >= 0) {
            return;
        }
        int shard = random.nextInt(SHARDS);
        if (!network.shard(shard).state().movesOut().isEmpty()) {
            count("crash with something on its way");
        }
        network.crash(shard);
        if (random.nextBoolean()) {
            network.tellLeaderless(shard);
        }
        restartIn = 20 + random.nextInt(random.nextInt(6) == 0 ? 5_000 : 200);
    }

    private void checkpoint() {
        int shard = random.nextInt(SHARDS);
        if (network.leaderless() != shard) {
            count(
                    network.shard(shard).state().movesOut().isEmpty()
                            ? "checkpoint with nothing on its way"
                            : "checkpoint with something on its way");
            network.checkpoint(shard);
        }
    }

    private void operate() {
        clients.removeIf(client -> client.gone);
        if (clients.size() < 3) {
            MoveClient made = new MoveClient(this);
            made.consume(random.nextInt(SHARDS));
            made.credit(3);
            clients.add(made);
            return;
        }
        MoveClient client = clients.get(random.nextInt(clients.size()));
        switch (random.nextInt(13)) {
            case 0, 1, 2 -> client.send(
                    ShardNetwork.FRAGILE,
                    random.nextInt(SHARDS),
                    "f" + all.size(),
                    random.nextInt(4) > 0,
                    random.nextInt(3) == 0 ? 1 + random.nextInt(2_000) : 0);
            case 3, 4 -> {
                int shard = random.nextInt(SHARDS);
                client.send("plain", shard, client.name() + shard + "-" + all.size(), true, 0);
            }
            case 5, 6, 7, 8 -> client.settleNext();
            case 9 -> client.move("plain", random.nextInt(SHARDS), "sorted", 1, 1 + random.nextInt(5));
            case 10 -> client.move(
                    ShardNetwork.FRAGILE, random.nextInt(SHARDS), ShardNetwork.FULL, random.nextInt(SHARDS), 2);
            case 11 -> client.moveQueue(
                    MOVABLE.get(random.nextInt(MOVABLE.size())), random.nextInt(SHARDS), random.nextInt(SHARDS));
            default -> {
                if (random.nextInt(4) == 0) {
                    client.leave();
                }
            }
        }
    }

    // ---- the end

    List<String> browse(String prefix, int shard) {
        MoveClient client = new MoveClient(this);
        client.browse(queue(prefix, shard));
        network.settle(1);
        assertThat(client.drained).isTrue();
        client.leave();
        network.settle(1);
        return client.texts();
    }

    private void check() {
        Map<String, List<String>> places = new HashMap<>();
        for (int shard = 0; shard < SHARDS; shard++) {
            for (String prefix :
                    List.of(ShardNetwork.FRAGILE, "plain", "sorted", ShardNetwork.FULL, "dead", "expired")) {
                List<String> found = browse(prefix, shard);
                found.forEach(text -> place(places, text, prefix));
                if (prefix.equals("plain") || prefix.equals("sorted")) {
                    checkOrder(found);
                }
            }
            Shard one = network.shard(shard);
            assertThat(one.mover().isIdle()).as("shard %d moves nothing", shard).isTrue();
            one.state().places().forEachLeaving((queue, to) -> assertThat(queue)
                    .as("still moving")
                    .isNull());
            if (!one.state().places().isUsual()) {
                count("shard with guests, or with queues away");
            }
            assertThat(one.state().movesOut().isEmpty())
                    .as("shard %d has recorded nothing that is on its way", shard)
                    .isTrue();
        }
        for (Sent sent : all) {
            List<String> found = places.getOrDefault(sent.text, List.of());
            assertThat(found.size()).as("%s is in %s", sent.text, found).isLessThan(2);
            if (sent.isConsumed) {
                count("consumed");
                assertThat(found).as("%s was consumed", sent.text).isEmpty();
            } else if (sent.durable && sent.isStored && !sent.mayBeConsumed) {
                assertThat(found).as("%s was stored", sent.text).hasSize(1);
            }
            found.forEach(place -> count("in " + place));
        }
    }

    private static void place(Map<String, List<String>> places, String text, String prefix) {
        places.computeIfAbsent(text, key -> new ArrayList<>()).add(prefix);
    }

    /** What a client has sent to a shard later is behind. */
    private static void checkOrder(List<String> found) {
        Map<String, Integer> last = new HashMap<>();
        Set<String> wrong = new HashSet<>();
        for (String text : found) {
            String from = text.substring(0, text.indexOf('-'));
            int number = Integer.parseInt(text.substring(text.indexOf('-') + 1));
            @Nullable Integer before = last.put(from, number);
            if (before != null && before > number) {
                wrong.add(text);
            }
        }
        assertThat(wrong).as("out of order in %s", found).isEmpty();
    }
}
