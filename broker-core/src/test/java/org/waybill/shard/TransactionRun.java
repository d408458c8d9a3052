package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.waybill.message.Message;
import org.waybill.spi.BranchReply;
import org.waybill.spi.Branches;
import org.waybill.spi.Transaction;
import org.waybill.spi.XaCode;
import org.waybill.spi.Xid;
import org.waybill.tx.TransactionId;

/** Clients that work in transactions over the shards of a {@link ShardNetwork}; a seed decides what happens when. */
final class TransactionRun {
    /** What the clients know of a transaction. */
    static final class Known {
        final String text;
        final Set<Integer> sentTo = new HashSet<>();
        final Set<String> taken = new HashSet<>();

        @Nullable
        Xid xid;

        boolean prepareAsked;
        boolean promised;

        @Nullable
        Boolean decision;

        boolean onePhaseAsked;

        /** Whether it is committed; null when nobody knows. */
        @Nullable
        Boolean committed;

        Known(String text) {
            this.text = text;
        }

        Xid xid() {
            return ShardNetwork.present(xid);
        }

        TransactionId id() {
            return BranchEvents.id(xid());
        }
    }

    static final int SHARDS = 3;

    private static final int STEPS = 12_000;
    private static final int STOCK = 20;

    private final Map<String, Integer> counts;
    final Random random;
    final ShardNetwork network;
    final List<Known> all = new ArrayList<>();
    final List<TransactionClient> clients = new ArrayList<>();
    private @Nullable TransactionClient manager;
    private int restartIn;

    /** @param counts of what has happened, by its name */
    TransactionRun(Random random, Map<String, Integer> counts) {
        this.random = random;
        this.counts = counts;
        this.network = new ShardNetwork(SHARDS, random);
    }

    void run() {
        fill();
        for (int i = 0; i < STEPS; i++) {
            step();
        }
        clients.forEach(TransactionClient::leave);
        network.settle(40);
        decideTheRest();
        network.settle(40);
        check();
    }

    void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }

    static String queue(String prefix, int shard) {
        return ShardNetwork.queue(prefix, shard, SHARDS);
    }

    /** A branch that this shard coordinates, and in which something was done on those. */
    Known branch(int coordinator, int... shards) {
        Known known = begin();
        known.xid = BranchClient.xid(coordinator, SHARDS, 1);
        assertThat(work(new TransactionClient(this, -1), known, Branches.Start.NEW, shards))
                .containsExactly(XaCode.OK);
        return known;
    }

    List<XaCode> work(TransactionClient worker, Known known, Branches.Start how, int... shards) {
        List<XaCode> codes = new ArrayList<>();
        worker.session.branches().start(known.xid(), how, begun -> {
            Transaction work = ShardNetwork.present(begun.value());
            for (int shard : shards) {
                worker.producer.send(CoreFixture.message(true, 4, 0, queue("q", shard), known.text), work);
            }
            worker.session.branches().end(work, Branches.End.SUCCESS, ended -> codes.add(ended.code()));
            worker.session.flush();
        });
        worker.session.flush();
        network.settle(1);
        return codes;
    }

    /** Asks for a promise, without another leader where there is none. */
    List<XaCode> prepare(TransactionClient manager, Known known) {
        List<XaCode> codes = new ArrayList<>();
        manager.session.branches().prepare(known.xid(), result -> codes.add(result.code()));
        manager.session.flush();
        network.passWithoutRecovery(1);
        return codes;
    }

    private void fill() {
        TransactionClient client = new TransactionClient(this, -1);
        for (int shard = 0; shard < SHARDS; shard++) {
            for (int i = 0; i < STOCK; i++) {
                Message message = CoreFixture.message(true, 4, 0, queue("stock", shard), shard + "-" + i);
                client.producer.send(message, shard * STOCK + i);
            }
        }
        client.session.flush();
        network.settle(1);
        client.leave();
    }

    private void step() {
        int die = random.nextInt(1_000);
        if (die < 400) {
            network.work();
        } else if (die < 600) {
            network.deliver();
        } else if (die < 750) {
            network.force();
        } else if (die < 930) {
            network.clients.one();
        } else if (die < 965) {
            operate();
        } else if (die < 990) {
            network.pass(1 + random.nextInt(400));
        } else if (die < 992) {
            if (network.leaderless() < 0) {
                network.crash(random.nextInt(SHARDS));
                restartIn = 20 + random.nextInt(random.nextInt(6) == 0 ? 5_000 : 200);
            }
        }
        int dead = network.leaderless();
        if (dead >= 0 && --restartIn < 0) {
            network.recover(dead);
        }
    }

    private void operate() {
        clients.removeIf(client -> client.gone);
        if (clients.size() < 3) {
            clients.add(new TransactionClient(this, random.nextInt(SHARDS)));
            return;
        }
        TransactionClient client = any();
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> client.local();
            case 4, 5, 6 -> client.branch();
            case 7, 8, 9 -> decide(manager());
            case 10 -> recover(manager());
            default -> client.leaveSometimes();
        }
    }

    TransactionClient any() {
        return clients.get(random.nextInt(clients.size()));
    }

    /** A connection of a transaction manager, which does not work itself. */
    TransactionClient manager() {
        TransactionClient last = manager;
        if (last != null && !last.gone && random.nextInt(20) > 0) {
            return last;
        }
        if (last != null) {
            last.leave();
        }
        TransactionClient made = new TransactionClient(this, -1);
        manager = made;
        return made;
    }

    Known begin() {
        Known known = new Known("t" + all.size());
        all.add(known);
        return known;
    }

    /** A transaction manager tells, or repeats, its decision about something that was promised. */
    private void decide(TransactionClient client) {
        List<Known> promised = all.stream()
                .filter(known -> known.promised && known.committed == null)
                .toList();
        if (!promised.isEmpty()) {
            decide(client, promised.get(random.nextInt(promised.size())));
        }
    }

    private void decide(TransactionClient client, Known known) {
        if (known.decision == null) {
            known.decision = random.nextInt(3) > 0;
        }
        boolean commit = known.decision;
        java.util.function.Consumer<BranchReply<Void>> reply = result -> {
            count((commit ? "commit " : "roll back ") + result.code());
            assertThat(result.code())
                    .as("the decision about %s: %s", known.text, result.error())
                    .isIn(XaCode.OK, XaCode.UNAVAILABLE);
            if (result.code() == XaCode.OK) {
                known.committed = commit;
            }
        };
        if (commit) {
            client.session.branches().commit(known.xid(), false, reply);
        } else {
            client.session.branches().rollback(known.xid(), reply);
        }
        client.session.flush();
    }

    private void recover(TransactionClient client) {
        List<Known> promised = all.stream()
                .filter(known -> known.promised && known.decision == null)
                .toList();
        client.session.branches().recover(null, 10_000, result -> {
            count("recover " + result.code());
            if (result.code() == XaCode.OK) {
                List<Xid> listed = ShardNetwork.present(result.value()).xids();
                promised.stream().filter(known -> known.decision == null).forEach(known -> assertThat(listed)
                        .as("%s is in doubt", known.text)
                        .contains(known.xid()));
            }
        });
        client.session.flush();
    }

    // ---- the end

    private void decideTheRest() {
        TransactionClient client = new TransactionClient(this, -1);
        Set<Xid> listed = new HashSet<>();
        client.session.branches().recover(null, 10_000, result -> {
            assertThat(result.code()).isEqualTo(XaCode.OK);
            listed.addAll(ShardNetwork.present(result.value()).xids());
        });
        client.session.flush();
        network.settle(1);
        for (Known known : all) {
            if (known.xid == null || known.committed != null) {
                continue;
            }
            if (listed.remove(known.xid)) {
                assertThat(known.prepareAsked).as(known.text).isTrue();
                decide(client, known);
            } else if (known.promised) {
                assertThat(known.decision)
                        .as("%s was promised and is not listed", known.text)
                        .isNotNull();
                decide(client, known);
            } else {
                client.session.branches().outcome(known.xid(), result -> outcome(client, known, result));
                client.session.flush();
            }
        }
        network.settle(1);
        assertThat(listed).isEmpty();
    }

    private void outcome(TransactionClient rest, Known known, BranchReply<Branches.Outcome> result) {
        count("outcome " + result.value());
        assertThat(result.code()).isEqualTo(XaCode.OK);
        known.committed = result.value() == Branches.Outcome.COMMITTED;
        if (known.committed) {
            assertThat(known.onePhaseAsked).as(known.text).isTrue();
        } else {
            rest.session.branches().rollback(known.xid(), rolledBack -> assertThat(rolledBack.code())
                    .isIn(XaCode.OK, XaCode.UNKNOWN));
            rest.session.flush();
        }
    }

    private void check() {
        List<List<String>> found = new ArrayList<>();
        List<List<String>> stock = new ArrayList<>();
        for (int shard = 0; shard < SHARDS; shard++) {
            found.add(browse(queue("q", shard)));
            stock.add(browse(queue("stock", shard)));
            assertThat(found.get(shard)).doesNotHaveDuplicates();
            assertThat(stock.get(shard)).doesNotHaveDuplicates();
        }
        Set<String> taken = new HashSet<>();
        for (Known known : all) {
            if (isDone(known, found)) {
                known.taken.forEach(text ->
                        assertThat(taken.add(text)).as("%s is taken once", text).isTrue());
            }
        }
        for (int shard = 0; shard < SHARDS; shard++) {
            Set<String> left = new HashSet<>();
            for (int i = 0; i < STOCK; i++) {
                left.add(shard + "-" + i);
            }
            left.removeAll(taken);
            assertThat(stock.get(shard)).containsExactlyInAnyOrderElementsOf(left);
            Shard one = network.shard(shard);
            assertThat(one.state().ledger().isEmpty())
                    .as("shard %d has recorded nothing that is undecided", shard)
                    .isTrue();
            assertThat(one.parts().isEmpty())
                    .as("shard %d has nothing that waits", shard)
                    .isTrue();
            assertThat(one.coordinator().all())
                    .as("shard %d coordinates nothing", shard)
                    .isEmpty();
            assertThat(one.coordinator().isIdle())
                    .as("shard %d asks nothing", shard)
                    .isTrue();
        }
    }

    private boolean isDone(Known known, List<List<String>> found) {
        Set<Boolean> seen = new HashSet<>();
        known.sentTo.forEach(shard -> seen.add(found.get(shard).contains(known.text)));
        assertThat(seen.size())
                .as("%s is done as a whole or not at all", known.text)
                .isLessThan(2);
        if (known.committed != null && !seen.isEmpty()) {
            assertThat(seen).as("%s is what its client was told", known.text).containsExactly(known.committed);
        }
        return seen.contains(true);
    }

    List<String> browse(String queue) {
        TransactionClient client = new TransactionClient(this, -1);
        client.browse(queue);
        network.settle(1);
        assertThat(client.drained).isTrue();
        client.leave();
        network.settle(1);
        return client.texts;
    }
}
