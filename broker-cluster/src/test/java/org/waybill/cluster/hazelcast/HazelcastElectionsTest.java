package org.waybill.cluster.hazelcast;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.waybill.cluster.election.Elector;

/** Three real nodes in one process, on loopback. One long story, since a cluster takes seconds to begin. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class HazelcastElectionsTest {
    private final List<LocalNode> nodes = new ArrayList<>();

    @BeforeEach
    void start() {
        for (int number = 1; number <= 3; number++) {
            nodes.add(new LocalNode(number));
        }
        nodes.forEach(LocalNode::start);
    }

    @AfterEach
    void stop() {
        nodes.forEach(LocalNode::kill);
    }

    @Test
    void electionsGoOnWhateverEndsAndComesBack() {
        within(30, "every preferred node leads", () -> leads(0, 1) && leads(1, 2) && leads(2, 3));
        within(10, "who keeps the registers is known", () -> allVote() && oneLeads());

        // one is killed
        node(1).kill();
        within(5, "another leads what it led", () -> leads(0, 2) || leads(0, 3));
        node(1).start();
        within(30, "it votes again", this::allVote);

        // all memory is lost
        nodes.forEach(LocalNode::kill);
        nodes.forEach(LocalNode::start);
        within(30, "all lead again", () -> leads(0, 1) && leads(1, 2) && leads(2, 3));

        // the majority is lost
        node(2).kill();
        node(3).kill();
        within(10, "no answer is noticed", () -> !node(1).elections().status().answers());
        node(2).start();
        node(3).start();
        within(40, "all begin anew", () -> allVote() && leads(0, 1));
    }

    private LocalNode node(int number) {
        return nodes.get(number - 1);
    }

    /** Whether all nodes that are up are told that a node leads a shard. */
    private boolean leads(int shard, int number) {
        return node(number).isUp()
                && nodes.stream().filter(LocalNode::isUp).allMatch(node -> node.hintedNode(shard) == number);
    }

    private boolean allVote() {
        return nodes.stream().allMatch(node -> {
            List<Elector> electors = node.elections().status().electors();
            return node.elections().status().answers()
                    && electors.size() == 3
                    && electors.stream().allMatch(elector -> elector.present() && elector.votes());
        });
    }

    private boolean oneLeads() {
        return node(1).elections().status().electors().stream()
                        .filter(Elector::leads)
                        .count()
                == 1;
    }

    private static void within(int seconds, String what, BooleanSupplier condition) {
        await(what)
                .atMost(Duration.ofSeconds(seconds))
                .pollInterval(Duration.ofMillis(20))
                .until(condition::getAsBoolean);
    }
}
