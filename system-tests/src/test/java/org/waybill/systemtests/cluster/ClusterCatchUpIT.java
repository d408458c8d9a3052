package org.waybill.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.BytesMessage;
import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.waybill.jms.WaybillConnectionFactory;
import org.waybill.systemtests.Ports;
import org.waybill.systemtests.cluster.load.Servers;
import org.waybill.systemtests.cluster.network.Network;
import org.waybill.systemtests.cluster.network.ProxiedNetwork;

/**
 * A node that was down gets what it has missed, from the tail of the logs that the others hold in memory, and one whose disk was lost gets
 * everything. Prints how fast, with nothing else to do.
 */
@Timeout(300)
final class ClusterCatchUpIT {
    private static final int NODES = 3;
    private static final int NODE = 3;
    private static final int QUEUES = 12;
    private static final int BYTES = 1_024;
    private static final int WINDOW = 1_000;

    /** 60 MiB in all: less than the tail of one shard's log. */
    private static final int MISSED = 60_000;

    private static final Duration SOON = Duration.ofSeconds(90);
    private static final Duration OFTEN = Duration.ofMillis(20);

    private final Network network = new ProxiedNetwork(Ports::free);
    private final ClusterProcesses cluster = new ClusterProcesses(network, NODES);

    @AfterEach
    void end() {
        cluster.close();
        network.close();
    }

    @Test
    void aNodeThatWasDownHasEverythingSoonAfterItsStart() throws Exception {
        Trial.onlyInLongForm();
        cluster.start();
        // the first node leads everything, whoever comes back: no hand-over is in the way
        for (int shard = 1; shard < NODES; shard++) {
            move(shard);
        }
        awaitWhole();
        cluster.kill(NODE);
        send();
        print("the tail of the logs", this::awaitWhole);
        cluster.kill(NODE);
        cluster.replaceDisk(NODE);
        print("everything, for an empty disk", () -> cluster.awaitTakenIn(NODE));
        cluster.kill(2);
        await("the two others serve all of it").atMost(SOON).ignoreExceptions().untilAsserted(() -> assertThat(
                        messages())
                .isEqualTo(MISSED));
    }

    private void move(int shard) {
        await("shard " + shard + " is led by the first node")
                .atMost(SOON)
                .until(() -> cluster.cli(1, "cluster", "move-leader", String.valueOf(shard), "n1")
                                .exitCode()
                        == 0);
    }

    /** From the moment when it has a link with the first node. */
    private void print(String what, Runnable awaitDone) {
        cluster.launch(NODE);
        await("the link").atMost(SOON).pollInterval(OFTEN).until(() -> cluster.node(NODE).stderrLines().stream()
                .anyMatch(line -> line.contains("WB3001 node n1")));
        long beganNs = System.nanoTime();
        awaitDone.run();
        long tookMs = Math.max(1, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs));
        System.out.printf(
                "catch-up by %s: %d messages of %d bytes in %d ms, %d MB/s%n",
                what, MISSED, BYTES, tookMs, (long) MISSED * BYTES / 1_000 / tookMs);
    }

    private Connection connect() throws JMSException {
        Servers servers = cluster.servers();
        Connection connection = new WaybillConnectionFactory(servers.only(0).uri(0))
                .createConnection(servers.user(), servers.password());
        connection.start();
        return connection;
    }

    private void send() throws JMSException, InterruptedException {
        Semaphore room = new Semaphore(WINDOW);
        AtomicInteger failed = new AtomicInteger();
        CompletionListener outcome = new CompletionListener() {
            @Override
            public void onCompletion(Message message) {
                room.release();
            }

            @Override
            public void onException(Message message, Exception exception) {
                failed.incrementAndGet();
                room.release();
            }
        };
        try (Connection connection = connect();
                Session session = connection.createSession()) {
            MessageProducer producer = session.createProducer(null);
            for (int i = 0; i < MISSED; i++) {
                BytesMessage message = session.createBytesMessage();
                message.writeBytes(new byte[BYTES]);
                room.acquire();
                producer.send(session.createQueue("missed." + i % QUEUES), message, outcome);
            }
            assertThat(room.tryAcquire(WINDOW, SOON.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        }
        assertThat(failed).hasValue(0);
    }

    /** As their leaders say, every node counts for every shard and lacks nothing. */
    private void awaitWhole() {
        await("every node has everything")
                .atMost(SOON)
                .pollInterval(OFTEN)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(rows("org.waybill.shard")).allMatch(ClusterCatchUpIT::isWhole));
    }

    private static boolean isWhole(Map<String, Object> shard) {
        return "ok".equals(shard.get("health"))
                && shard.get("replicas") instanceof List<?> replicas
                && replicas.size() == NODES - 1
                && replicas.stream().allMatch(ClusterCatchUpIT::lacksNothing);
    }

    private static boolean lacksNothing(Object replica) {
        Map<?, ?> row = (Map<?, ?>) replica;
        return Boolean.TRUE.equals(row.get("counts")) && ((Number) row.get("lag-bytes")).longValue() == 0;
    }

    private long messages() throws JMSException {
        return rows("org.waybill.queue").stream()
                .filter(queue -> String.valueOf(queue.get("name")).startsWith("missed."))
                .mapToLong(queue -> ((Number) queue.get("messages")).longValue())
                .sum();
    }

    /** By a connection of its own: who leads may change meanwhile, which ends connections. */
    private List<Map<String, Object>> rows(String type) throws JMSException {
        try (Connection connection = connect();
                NodeAdministrator node = new NodeAdministrator(connection)) {
            return node.query(type);
        }
    }
}
