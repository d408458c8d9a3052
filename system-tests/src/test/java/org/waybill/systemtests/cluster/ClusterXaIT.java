package org.waybill.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.JMSException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.waybill.systemtests.Ports;
import org.waybill.systemtests.cluster.network.Network;
import org.waybill.systemtests.cluster.network.ProxiedNetwork;

/**
 * Branches of global transactions whose work lies on all shards, done through different nodes, while a node is lost between prepare and
 * commit, or in the middle of either. Whoever asks any node meanwhile is told of every prepared branch or that it cannot be said; once it is
 * decided, all of a branch has happened or nothing.
 */
final class ClusterXaIT {
    private static final int NODES = 3;
    private static final Duration SOON = Duration.ofSeconds(60);

    /** How a node is lost, and how it comes back. */
    private enum Fault {
        KILLED {
            @Override
            void begin(ClusterProcesses cluster, Network network, int victim) {
                cluster.kill(victim);
            }

            @Override
            void end(ClusterProcesses cluster, Network network, int victim) {
                cluster.start(victim);
            }
        },
        FROZEN {
            @Override
            void begin(ClusterProcesses cluster, Network network, int victim) {
                cluster.node(victim).freeze();
            }

            @Override
            void end(ClusterProcesses cluster, Network network, int victim) {
                cluster.node(victim).thaw();
            }
        },
        CUT_OFF {
            @Override
            void begin(ClusterProcesses cluster, Network network, int victim) {
                network.isolate(victim, NODES);
            }

            @Override
            void end(ClusterProcesses cluster, Network network, int victim) {
                network.heal();
            }
        };

        abstract void begin(ClusterProcesses cluster, Network network, int victim);

        abstract void end(ClusterProcesses cluster, Network network, int victim);
    }

    @Test
    void preparedBranchesAreListedOrDecidedWhateverNodeIsLost() throws Exception {
        int rounds = Trial.rounds();
        try (Network network = new ProxiedNetwork(Ports::free);
                ClusterProcesses cluster = new ClusterProcesses(network, NODES)) {
            cluster.start();
            XaDesk desk = new XaDesk(cluster.servers());
            int lost = 0;
            for (int round = 0; round < rounds; round++) {
                for (Fault fault : Fault.values()) {
                    int victim = 1 + lost++ % NODES;
                    round(fault, victim, "r" + round + "-" + fault, cluster, network, desk);
                }
            }
        }
    }

    private static void round(
            Fault fault, int victim, String name, ClusterProcesses cluster, Network network, XaDesk desk)
            throws Exception {
        List<XaDesk.Work> works = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            works.add(desk.work(name + "-" + i, 1 + i % NODES));
        }
        XaDesk.Work commits = works.get(0);
        XaDesk.Work rollsBack = works.get(1);
        XaDesk.Work inCommit = works.get(2);
        XaDesk.Work inPrepare = works.get(3);
        commits.prepare();
        rollsBack.prepare();
        inCommit.prepare();

        CompletableFuture<Boolean> committing = CompletableFuture.supplyAsync(inCommit::commits);
        CompletableFuture<Boolean> preparing = CompletableFuture.supplyAsync(inPrepare::prepares);
        fault.begin(cluster, network, victim);
        Set<String> prepared = Set.of(commits.name(), rollsBack.name());
        List<Integer> others = IntStream.rangeClosed(1, NODES)
                .filter(node -> node != victim)
                .boxed()
                .toList();
        for (int node : others) {
            awaitAll(desk, node, prepared);
        }
        if (fault == Fault.CUT_OFF) {
            assertThat(listsAllOrNothing(desk, victim, prepared)).isTrue();
        }
        desk.decide(others.get(0), commits.name(), true);
        desk.decide(others.get(1), rollsBack.name(), false);

        fault.end(cluster, network, victim);
        boolean committed = committing.join();
        boolean wasPrepared = preparing.join();
        for (int node = 1; node <= NODES; node++) {
            awaitAll(desk, node, Set.of());
        }
        if (!committed) {
            desk.decide(victim, inCommit.name(), true);
        }
        desk.decide(victim, inPrepare.name(), wasPrepared);
        for (int node = 1; node <= NODES; node++) {
            int asked = node;
            await("no branch is left, as node " + node + " says")
                    .atMost(SOON)
                    .until(() -> desk.listed(asked).filter(Set::isEmpty).isPresent());
        }
        works.forEach(XaDesk.Work::close);
        List<String> done = new ArrayList<>(List.of(commits.name(), inCommit.name()));
        List<String> undone = new ArrayList<>(List.of(rollsBack.name()));
        (wasPrepared ? done : undone).add(inPrepare.name());
        List<String> expected = desk.expected(done, undone);
        assertThat(taken(desk, expected.size()))
                .as(name + cluster.output())
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    /** What is in the queues; what was lost before it was prepared comes back when its broker has noticed. */
    private static List<String> taken(XaDesk desk, int expected) throws JMSException {
        List<String> all = new ArrayList<>();
        long untilNs = System.nanoTime() + SOON.toNanos();
        do {
            all.addAll(desk.taken());
        } while (all.size() < expected && System.nanoTime() < untilNs);
        return all;
    }

    /** Waits until a node knows all branches; it must never tell of less than these. */
    private static void awaitAll(XaDesk desk, int node, Set<String> prepared) {
        await("node " + node + " lists what is prepared").atMost(SOON).until(() -> {
            Optional<Set<String>> listed = desk.listed(node);
            assertThat(listed.orElse(prepared)).as("what node %d lists", node).containsAll(prepared);
            return listed.isPresent();
        });
    }

    private static boolean listsAllOrNothing(XaDesk desk, int node, Set<String> prepared) {
        return desk.listed(node).map(listed -> listed.containsAll(prepared)).orElse(true);
    }
}
