package org.waybill.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.waybill.systemtests.Cli;
import org.waybill.systemtests.Ports;
import org.waybill.systemtests.cluster.load.Servers;
import org.waybill.systemtests.cluster.network.Network;
import org.waybill.systemtests.cluster.network.ProxiedNetwork;

/**
 * What a sender is told, and what a consumer gets, at each level of durability while the node that leads is alone, and what is left when
 * that node is killed then. The lease is long, so that the leader acts for as long as the test looks at it.
 */
@Timeout(180)
final class ClusterDurabilityIT {
    private static final int NODES = 3;
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final long NOTHING_COMES_MS = 1_000;
    private static final String QUEUE = "org.waybill.queue";
    private static final String SHARD = "org.waybill.shard";
    private static final String FAST = "fast";
    private static final String SAFE = "safe";
    private static final String SOON_SAFE = "soon.safe";
    /** The first line is the cluster's. */
    private static final String SETTINGS = "  lease-ms: 5000\n"
            + "shards: 1\n"
            + "addresses:\n"
            + "  - { match: " + FAST + ", durability: leader-forced }\n"
            + "  - { match: " + SOON_SAFE + ", durability: majority-in-memory }\n";

    private Network network;
    private ClusterProcesses cluster;

    @BeforeEach
    void start() {
        network = new ProxiedNetwork(Ports::free);
        cluster = new ClusterProcesses(network, NODES, SETTINGS);
        cluster.start();
        for (int node = 1; node <= NODES; node++) {
            awaitServed(node);
        }
    }

    /** Waits until a node knows who leads, which it may not at its start. */
    private void awaitServed(int node) {
        await("a leader is known").atMost(SOON).ignoreExceptions().until(() -> leader(node) > 0);
    }

    @AfterEach
    void stop() {
        cluster.close();
        network.close();
    }

    @Test
    void whatALeaderAloneHasForcedIsSettledWhereThatIsEnoughAndNeverSeen() throws Exception {
        send(1, FAST, "seen");
        send(1, SAFE, "seen");
        int leader = leader(1);
        int other = leader % NODES + 1;
        CompletableFuture<Boolean> safe = new CompletableFuture<>();
        Connection connection = connect(leader);
        Session session = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(session.createQueue(FAST));
        assertThat(text(consumer.receive(SOON.toMillis()))).isEqualTo("seen");
        MessageProducer toFast = session.createProducer(session.createQueue(FAST));
        MessageProducer toSafe = connection.createSession().createProducer(session.createQueue(SAFE));

        network.isolate(leader, NODES);
        toFast.send(session.createTextMessage("alone"));
        toSafe.send(session.createTextMessage("alone"), completing(safe));
        assertThat(consumer.receive(NOTHING_COMES_MS)).isNull();
        assertThat(safe).isNotDone();
        cluster.kill(leader);
        await("another leads").atMost(SOON).ignoreExceptions().until(() -> leader(other) != leader);
        network.heal();
        cluster.start(leader);
        awaitServed(leader);

        assertThat(safe.get(SOON.toSeconds(), TimeUnit.SECONDS)).isFalse();
        send(leader, FAST, "after");
        assertThat(drained(other, FAST)).containsExactly("seen", "after");
        assertThat(drained(leader, SAFE)).containsExactly("seen");
        closeQuietly(connection);
    }

    @Test
    void whatAMajorityHasIsSettledAndNobodyLeadsWithoutWhoMightHaveIt() throws Exception {
        send(1, SOON_SAFE, "one");
        send(2, SOON_SAFE, "two");
        int leader = leader(1);
        int other = leader % NODES + 1;
        int third = other % NODES + 1;
        cluster.kill(leader);
        await("another leads").atMost(SOON).ignoreExceptions().until(() -> leader(other) != leader);
        send(other, SOON_SAFE, "three");
        cluster.start(leader);
        awaitServed(leader);
        assertThat(drained(leader, SOON_SAFE)).containsExactly("one", "two", "three");
        send(other, SOON_SAFE, "four");
        assertThat(browsed(other, SOON_SAFE)).isEqualTo(1);

        cluster.killAll();
        cluster.launch(leader);
        cluster.launch(other);
        for (int node : new int[] {leader, other}) {
            await("the loss is accepted").atMost(SOON).untilAsserted(() -> {
                Cli.Result accepted = cluster.cli(node, "cluster", "accept-loss", "0");
                assertThat(String.join("\n", accepted.stdout()))
                        .as(accepted.text())
                        .isEqualTo("this node votes for shard 0 again");
            });
        }
        awaitServed(other);
        cluster.start(third);
        awaitServed(third);
        assertThat(drained(third, SOON_SAFE)).containsExactly("four");
    }

    private int browsed(int node, String queue) throws JMSException {
        try (Connection connection = connect(node);
                Session session = connection.createSession();
                QueueBrowser browser = session.createBrowser(session.createQueue(queue))) {
            int messages = 0;
            for (Enumeration<?> all = browser.getEnumeration(); all.hasMoreElements(); all.nextElement()) {
                messages++;
            }
            return messages;
        }
    }

    @Test
    void clientsAreToldTheLevelOfAnAddress() throws Exception {
        send(1, FAST, "one");
        send(1, SAFE, "one");
        for (int node = 1; node <= NODES; node++) {
            try (Connection connection = connect(node);
                    NodeAdministrator administrator = new NodeAdministrator(connection)) {
                assertThat(durability(administrator, QUEUE, FAST)).isEqualTo("leader-forced");
                assertThat(durability(administrator, QUEUE, SAFE)).isEqualTo("majority-forced");
                assertThat(durability(administrator, "org.waybill.address", FAST))
                        .isEqualTo("leader-forced");
            }
        }
    }

    private static @Nullable Object durability(NodeAdministrator node, String type, String name) throws JMSException {
        return node.ask("READ", type, "name", name).body().get("durability");
    }

    private Connection connect(int node) throws JMSException {
        Servers servers = cluster.servers();
        String uri = "amqp://" + servers.addresses().get(node - 1);
        Connection connection = new JmsConnectionFactory(servers.user(), servers.password(), uri).createConnection();
        connection.start();
        return connection;
    }

    private static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (JMSException gone) {
            // its node was killed
        }
    }

    /** The number of the node that leads, as another sees it. */
    private int leader(int from) throws JMSException {
        try (Connection connection = connect(from);
                NodeAdministrator node = new NodeAdministrator(connection)) {
            String name = (String) node.query(SHARD).get(0).get("leader");
            return Integer.parseInt(name.substring(1));
        }
    }

    private void send(int node, String queue, String text) throws JMSException {
        try (Connection connection = connect(node);
                Session session = connection.createSession()) {
            session.createProducer(session.createQueue(queue)).send(session.createTextMessage(text));
        }
    }

    private List<String> drained(int node, String queue) throws JMSException {
        List<String> texts = new ArrayList<>();
        try (Connection connection = connect(node);
                Session session = connection.createSession()) {
            MessageConsumer consumer = session.createConsumer(session.createQueue(queue));
            for (Message next = consumer.receive(NOTHING_COMES_MS);
                    next != null;
                    next = consumer.receive(NOTHING_COMES_MS)) {
                texts.add(text(next));
            }
        }
        return texts;
    }

    private static String text(Message message) throws JMSException {
        return ((TextMessage) message).getText();
    }

    /** Completes with whether the send was accepted. */
    private static CompletionListener completing(CompletableFuture<Boolean> accepted) {
        return new CompletionListener() {
            @Override
            public void onCompletion(Message message) {
                accepted.complete(true);
            }

            @Override
            public void onException(Message message, Exception exception) {
                accepted.complete(false);
            }
        };
    }
}
