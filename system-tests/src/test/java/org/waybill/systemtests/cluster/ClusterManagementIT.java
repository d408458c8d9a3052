package org.waybill.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.XAConnection;
import jakarta.jms.XASession;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.waybill.jms.WaybillXAConnectionFactory;
import org.waybill.systemtests.Cli;
import org.waybill.systemtests.Ports;
import org.waybill.systemtests.cluster.NodeAdministrator.Answer;
import org.waybill.systemtests.cluster.load.Servers;
import org.waybill.systemtests.cluster.network.Network;
import org.waybill.systemtests.cluster.network.ProxiedNetwork;

/** Whatever node an administrator is connected to, {@code $management} shows and does the same, whoever leads what it is about. */
@Timeout(120)
final class ClusterManagementIT {
    private static final int NODES = 3;
    /** Queues, so many that every shard has some. */
    private static final int MANY = 9;

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String QUEUE = "org.waybill.queue";
    private static final String MESSAGE = "org.waybill.message";
    private static final String SUBSCRIPTION = "org.waybill.subscription";
    private static final String TOPIC = "org.waybill.topic";
    private static final String CONSUMER = "org.waybill.consumer";
    private static final String BRANCH = "org.waybill.branch";
    private static final String SHARD = "org.waybill.shard";

    private static Network network;
    private static ClusterProcesses cluster;

    private final List<Connection> connections = new ArrayList<>();
    private final List<NodeAdministrator> nodes = new ArrayList<>();

    private record Branch(String name) implements Xid {
        @Override
        public int getFormatId() {
            return 12;
        }

        @Override
        public byte[] getGlobalTransactionId() {
            return name.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public byte[] getBranchQualifier() {
            return new byte[] {1};
        }
    }

    @BeforeAll
    static void start() {
        network = new ProxiedNetwork(Ports::free);
        cluster = new ClusterProcesses(network, NODES);
        cluster.start();
        // a connection that uses a shard ends when that is led by another node, as at the beginning
        await("every node leads a shard, and every replica counts")
                .atMost(SOON)
                .ignoreExceptions()
                .until(ClusterManagementIT::isWhole);
    }

    private static boolean isWhole() throws JMSException {
        try (Connection connection = connect(1);
                NodeAdministrator node = new NodeAdministrator(connection)) {
            List<Map<String, Object>> shards = node.query(SHARD);
            return shards.stream().allMatch(shard -> shard.get("health").equals("ok"))
                    && shards.stream()
                                    .map(shard -> shard.get("leader"))
                                    .distinct()
                                    .count()
                            == NODES;
        }
    }

    @AfterAll
    static void stop() {
        cluster.close();
        network.close();
    }

    @BeforeEach
    void connectToAll() throws JMSException {
        for (int node = 1; node <= NODES; node++) {
            Connection connection = connect(node);
            connections.add(connection);
            nodes.add(new NodeAdministrator(connection));
        }
    }

    @AfterEach
    void disconnect() throws JMSException {
        for (Connection connection : connections) {
            connection.close();
        }
    }

    private static String uri(int node) {
        return "amqp://" + cluster.servers().addresses().get(node - 1);
    }

    private static Connection connect(int node) throws JMSException {
        Servers servers = cluster.servers();
        Connection connection =
                new JmsConnectionFactory(servers.user(), servers.password(), uri(node)).createConnection();
        connection.start();
        return connection;
    }

    private Session session(int node) throws JMSException {
        return connections.get(node - 1).createSession();
    }

    /** The node after that one, and after the last the first. */
    private static int after(int node) {
        return node % NODES + 1;
    }

    private NodeAdministrator at(int node) {
        return nodes.get(node - 1);
    }

    private static List<String> names(List<Map<String, Object>> rows, String prefix) {
        return rows.stream()
                .map(row -> (String) row.get("name"))
                .filter(name -> name.startsWith(prefix))
                .toList();
    }

    private void send(int node, String queue, int count) throws JMSException {
        try (Session session = session(node)) {
            MessageProducer producer = session.createProducer(session.createQueue(queue));
            for (int i = 0; i < count; i++) {
                TextMessage message = session.createTextMessage("number " + i);
                message.setIntProperty("number", i);
                message.setJMSCorrelationID("correlation " + i);
                producer.send(message);
            }
        }
    }

    @Test
    void queuesAreCreatedListedPurgedAndDeletedThroughAnyNode() throws JMSException {
        List<String> queues =
                IntStream.range(0, MANY).mapToObj(i -> "administered-" + i).toList();
        for (int i = 0; i < MANY; i++) {
            int node = 1 + i / NODES % NODES;
            assertThat(at(node).ask("CREATE", QUEUE, "name", queues.get(i)).status())
                    .isEqualTo(201);
            assertThat(at(after(node))
                            .ask("CREATE", QUEUE, "name", queues.get(i))
                            .status())
                    .isEqualTo(409);
            send(after(node), queues.get(i), 1 + i);
        }
        for (NodeAdministrator node : nodes) {
            assertThat(names(node.query(QUEUE), "administered-")).isEqualTo(queues);
            for (int i = 0; i < MANY; i++) {
                Answer read = node.ask("READ", QUEUE, "name", queues.get(i));
                assertThat(read.number("messages")).isEqualTo(1 + i);
                assertThat(read.number("bytes")).isPositive();
            }
        }
        for (int i = 0; i < MANY; i++) {
            int node = 1 + i % NODES;
            assertThat(at(node).ask("PURGE", QUEUE, "name", queues.get(i)).number("purged"))
                    .isEqualTo(1 + i);
            assertThat(at(after(node)).ask("READ", QUEUE, "name", queues.get(i)).number("messages"))
                    .isZero();
            assertThat(at(after(node))
                            .ask("DELETE", QUEUE, "name", queues.get(i))
                            .status())
                    .isEqualTo(204);
            assertThat(at(node).ask("READ", QUEUE, "name", queues.get(i)).status())
                    .isEqualTo(404);
        }
        for (NodeAdministrator node : nodes) {
            assertThat(names(node.query(QUEUE), "administered-")).isEmpty();
        }
    }

    @Test
    void messagesAreListedReadMovedAndDeletedThroughAnyNode() throws JMSException {
        for (int i = 0; i < MANY; i++) {
            String queue = "held-" + i;
            String to = "moved-to-" + i;
            int node = 1 + i % NODES;
            send(node, queue, 5);

            for (NodeAdministrator other : nodes) {
                List<Map<String, Object>> rows = other.query(MESSAGE, "queue", queue, "selector", "number < 3");
                assertThat(rows)
                        .extracting(row -> row.get("correlation-id"))
                        .containsExactly("correlation 0", "correlation 1", "correlation 2");
                Answer read = other.ask(
                        "READ", MESSAGE, "queue", queue, "id", rows.get(2).get("id"));
                assertThat(read.body().get("body")).isEqualTo("number 2");
                assertThat((Map<?, ?>) read.body().get("application-properties"))
                        .isEqualTo(Map.of("number", 2));
            }
            NodeAdministrator mover = at(after(node));
            assertThat(mover.ask("MOVE", MESSAGE, "queue", queue, "selector", "number < 2", "to", to)
                            .number("moved"))
                    .isEqualTo(2);
            NodeAdministrator deleter = at(after(after(node)));
            assertThat(deleter.ask("DELETE", MESSAGE, "queue", queue, "selector", "number = 4")
                            .number("deleted"))
                    .isEqualTo(1);
            for (NodeAdministrator other : nodes) {
                assertThat(other.query(MESSAGE, "queue", queue))
                        .extracting(row -> row.get("correlation-id"))
                        .containsExactly("correlation 2", "correlation 3");
                assertThat(other.query(MESSAGE, "queue", to))
                        .extracting(row -> row.get("correlation-id"))
                        .containsExactly("correlation 0", "correlation 1");
            }
        }
    }

    @Test
    void topicsAndSubscriptionsAreAdministeredThroughAnyNode() throws JMSException {
        for (int node = 1; node <= NODES; node++) {
            String topic = "news-" + node;
            String name = "reader-" + node;
            assertThat(at(node).ask("CREATE", TOPIC, "name", topic).status()).isEqualTo(201);
            Session session = session(after(node));
            MessageConsumer reader = session.createSharedDurableConsumer(session.createTopic(topic), name);
            for (NodeAdministrator other : nodes) {
                assertThat(names(other.query(TOPIC), topic)).containsExactly(topic);
                assertThat(other.ask("READ", TOPIC, "name", topic).number("subscriptions"))
                        .isEqualTo(1);
                // a client's shared subscriptions are the broker's under this name
                assertThat(names(other.query(SUBSCRIPTION), name)).hasSize(1);
            }
            String subscription = names(at(node).query(SUBSCRIPTION), name).get(0);
            assertThat(at(node).ask("DELETE", SUBSCRIPTION, "name", subscription)
                            .status())
                    .isEqualTo(423);
            reader.close();
            try (Session sending = session(node)) {
                MessageProducer producer = sending.createProducer(sending.createTopic(topic));
                producer.send(sending.createTextMessage("kept"));
            }
            for (NodeAdministrator other : nodes) {
                assertThat(other.query(MESSAGE, "subscription", subscription)).hasSize(1);
            }
            assertThat(at(node).ask("PURGE", SUBSCRIPTION, "name", subscription).number("purged"))
                    .isEqualTo(1);
            assertThat(at(after(node))
                            .ask("DELETE", SUBSCRIPTION, "name", subscription)
                            .status())
                    .isEqualTo(204);
            assertThat(at(after(after(node)))
                            .ask("DELETE", TOPIC, "name", topic)
                            .status())
                    .isEqualTo(204);
            for (NodeAdministrator other : nodes) {
                assertThat(names(other.query(SUBSCRIPTION), name)).isEmpty();
                assertThat(names(other.query(TOPIC), topic)).isEmpty();
            }
            session.close();
        }
    }

    @Test
    void consumersOfAllNodesAreListedAndClosedThroughAnyNode() throws JMSException {
        for (int i = 0; i < MANY; i++) {
            String queue = "consumed-" + i;
            int node = 1 + i % NODES;
            Session session = session(node);
            session.createConsumer(session.createQueue(queue));
            for (NodeAdministrator other : nodes) {
                assertThat(consumers(other, queue)).hasSize(1);
            }
            Map<String, Object> consumer = consumers(at(node), queue).get(0);
            NodeAdministrator other = at(after(node));
            assertThat(other.ask("READ", CONSUMER, "name", consumer.get("name"))
                            .body()
                            .get("address"))
                    .isEqualTo(queue);
            assertThat(other.ask("DELETE", CONSUMER, "name", consumer.get("name"))
                            .status())
                    .isEqualTo(204);
            for (NodeAdministrator each : nodes) {
                assertThat(consumers(each, queue)).isEmpty();
            }
            session.close();
        }
    }

    private static List<Map<String, Object>> consumers(NodeAdministrator node, String queue) throws JMSException {
        return node.query(CONSUMER).stream()
                .filter(row -> queue.equals(row.get("address")))
                .toList();
    }

    @Test
    void branchesAreListedAndDecidedThroughAnyNode() throws Exception {
        for (int i = 0; i < MANY; i++) {
            int node = 1 + i % NODES;
            boolean commit = i % 2 == 0;
            String queue = "in-doubt-" + i;
            Branch branch = new Branch("branch-" + i);
            try (XAConnection connection = connectXa(node)) {
                XASession session = connection.createXASession();
                XAResource resource = session.getXAResource();
                resource.start(branch, XAResource.TMNOFLAGS);
                MessageProducer producer = session.createProducer(session.createQueue(queue));
                producer.send(session.createTextMessage("in doubt"));
                for (NodeAdministrator other : nodes) {
                    assertThat(branches(other, branch)).singleElement().satisfies(row -> assertThat(row)
                            .containsEntry("state", "active"));
                }
                resource.end(branch, XAResource.TMSUCCESS);
                assertThat(resource.prepare(branch)).isEqualTo(XAResource.XA_OK);
            }
            String name = "";
            for (NodeAdministrator other : nodes) {
                List<Map<String, Object>> found = branches(other, branch);
                assertThat(found).singleElement().satisfies(row -> assertThat(row)
                        .containsEntry("state", "prepared"));
                name = String.valueOf(found.get(0).get("name"));
            }
            assertThat(at(after(node)).ask("FORGET", BRANCH, "name", name).status())
                    .isEqualTo(409);
            assertThat(at(after(node))
                            .ask(commit ? "COMMIT" : "ROLLBACK", BRANCH, "name", name)
                            .status())
                    .isEqualTo(200);
            for (NodeAdministrator other : nodes) {
                assertThat(branches(other, branch).get(0))
                        .containsEntry("state", commit ? "heuristically-committed" : "heuristically-rolled-back");
                assertThat(other.query(MESSAGE, "queue", queue)).hasSize(commit ? 1 : 0);
            }
            try (XAConnection connection = connectXa(after(after(node)))) {
                XAResource resource = connection.createXASession().getXAResource();
                assertThat(codeOf(() -> resource.commit(branch, false)))
                        .isEqualTo(commit ? XAException.XA_HEURCOM : XAException.XA_HEURRB);
            }
            assertThat(at(after(after(node)))
                            .ask("FORGET", BRANCH, "name", name)
                            .status())
                    .isEqualTo(200);
            for (NodeAdministrator other : nodes) {
                assertThat(branches(other, branch)).isEmpty();
            }
        }
    }

    @Test
    void leadersAreShownAndMovedThroughAnyNode() {
        for (int node = 1; node <= NODES; node++) {
            String shard = String.valueOf(node - 1);
            String there = "n" + after(node);
            assertThat(done(after(after(node)), "cluster", "move-leader", shard, there))
                    .isEqualTo("node " + there + " leads shard " + shard);
            for (int other = 1; other <= NODES; other++) {
                assertThat(done(other, "cluster", "status"))
                        .containsPattern("(?m)^ +" + shard + " +ok +" + there + " +" + there + " ");
            }
            assertThat(done(node, "cluster", "move-leader", shard, "n" + node))
                    .isEqualTo("node n" + node + " leads shard " + shard);
        }
    }

    /** What a command at a node prints, which does what it is to. */
    private static String done(int node, String... arguments) {
        Cli.Result result = cluster.cli(node, arguments);
        assertThat(result.exitCode()).as(result.text()).isZero();
        return String.join("\n", result.stdout());
    }

    private static XAConnection connectXa(int node) throws JMSException {
        Servers servers = cluster.servers();
        return new WaybillXAConnectionFactory(uri(node)).createXAConnection(servers.user(), servers.password());
    }

    private static List<Map<String, Object>> branches(NodeAdministrator node, Branch branch) throws JMSException {
        String gtrid = HexFormat.of().formatHex(branch.getGlobalTransactionId());
        return node.query(BRANCH).stream()
                .filter(row -> gtrid.equals(row.get("gtrid")))
                .toList();
    }

    /** Something a transaction manager does. */
    private interface Verb {
        void run() throws XAException;
    }

    private static int codeOf(Verb verb) {
        try {
            verb.run();
            return XAResource.XA_OK;
        } catch (XAException e) {
            return e.errorCode;
        }
    }
}
