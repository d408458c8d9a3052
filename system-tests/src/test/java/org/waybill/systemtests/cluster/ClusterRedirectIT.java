package org.waybill.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.jms.WaybillConnectionFactory;
import org.waybill.jms.session.ConnectionEvents;
import org.waybill.systemtests.Cli;
import org.waybill.systemtests.Conversation;
import org.waybill.systemtests.Ports;
import org.waybill.systemtests.cluster.load.Servers;
import org.waybill.systemtests.cluster.network.Network;
import org.waybill.systemtests.cluster.network.ProxiedNetwork;

/** Clients that ask for it are sent to the node that leads what they use, by three nodes each of which leads something. */
@Timeout(180)
final class ClusterRedirectIT {
    private static final int NODES = 3;
    /** Queues, so many that every shard has some. */
    private static final int MANY = 9;

    private static final int MORE = 200;
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String QUEUE = "org.waybill.queue";
    private static final String NODE = "org.waybill.node";
    private static final String SHARD = "org.waybill.shard";
    private static final ObjectMapper JSON = new ObjectMapper();

    private static Network network;
    private static ClusterProcesses cluster;

    @BeforeAll
    static void start() {
        network = new ProxiedNetwork(Ports::free);
        cluster = new ClusterProcesses(network, NODES);
        cluster.start();
        await("every node leads a shard, and every replica counts")
                .atMost(SOON)
                .ignoreExceptions()
                .until(() -> leaders().size() == NODES);
        try (Connection connection = connect(1);
                NodeAdministrator node = new NodeAdministrator(connection)) {
            for (int i = 0; i < MANY; i++) {
                node.ask("CREATE", QUEUE, "name", "q" + i);
            }
        } catch (JMSException e) {
            throw new AssertionError(e);
        }
    }

    @AfterAll
    static void stop() {
        cluster.close();
        network.close();
    }

    // ---- what an administrator sees

    private static String address(int node) {
        return cluster.servers().addresses().get(node - 1);
    }

    /** By Qpid JMS, to this node and no other. */
    private static Connection connect(int node) throws JMSException {
        Servers servers = cluster.servers();
        Connection connection = new JmsConnectionFactory(servers.user(), servers.password(), "amqp://" + address(node))
                .createConnection();
        connection.start();
        return connection;
    }

    /** The nodes that lead a shard, when all shards are well. */
    private static Set<String> leaders() throws JMSException {
        try (Connection connection = connect(1);
                NodeAdministrator node = new NodeAdministrator(connection)) {
            Set<String> leaders = ConcurrentHashMap.newKeySet();
            for (Map<String, Object> shard : node.query(SHARD)) {
                leaders.add(shard.get("health").equals("ok") ? String.valueOf(shard.get("leader")) : "nobody");
            }
            return leaders;
        }
    }

    private static int shardOf(String queue) throws JMSException {
        try (Connection connection = connect(1);
                NodeAdministrator node = new NodeAdministrator(connection)) {
            return (int) node.ask("READ", QUEUE, "name", queue).number("shard");
        }
    }

    /** The node that leads a shard, and is known to by all nodes. */
    private static int leaderOf(int shard) {
        List<String> seen = new ArrayList<>();
        await("all nodes agree on who leads shard " + shard)
                .atMost(SOON)
                .ignoreExceptions()
                .until(() -> {
                    seen.clear();
                    for (int node = 1; node <= NODES; node++) {
                        try (Connection connection = connect(node);
                                NodeAdministrator administrator = new NodeAdministrator(connection)) {
                            seen.add(String.valueOf(
                                    administrator.query(SHARD).get(shard).get("leader")));
                        }
                    }
                    return Set.copyOf(seen).size() == 1 && seen.get(0).startsWith("n");
                });
        return Integer.parseInt(seen.get(0).substring(1));
    }

    /** The node that a connection is with. */
    private static int nodeOf(Connection connection) throws JMSException {
        try (NodeAdministrator node = new NodeAdministrator(connection)) {
            List<Map<String, Object>> self = node.query(NODE).stream()
                    .filter(row -> Boolean.TRUE.equals(row.get("self")))
                    .toList();
            return ((Number) self.get(0).get("id")).intValue();
        }
    }

    private static int after(int node) {
        return node % NODES + 1;
    }

    private static void moveLeader(int shard, int to) {
        Cli.Result moved = cluster.cli(to, "cluster", "move-leader", String.valueOf(shard), "n" + to);
        assertThat(moved.exitCode()).as(moved.text()).isZero();
    }

    // ---- JMS

    private static WaybillConnectionFactory near(String queue, int first) throws JMSException {
        Servers servers = cluster.servers();
        WaybillConnectionFactory factory = new WaybillConnectionFactory("failover:(amqp://" + address(first)
                + ")?failover.near=" + queue + "&failover.startupMaxReconnectAttempts=1&jms.exactlyOnce=true");
        factory.setUsername(servers.user());
        factory.setPassword(servers.password());
        return factory;
    }

    @Test
    void ourClientLandsWhereItsQueueIsLedWhereverItBegins() throws JMSException {
        for (int i = 0; i < MANY; i++) {
            String queue = "q" + i;
            int leader = leaderOf(shardOf(queue));
            for (int first = 1; first <= NODES; first++) {
                try (Connection connection = near(queue, first).createConnection()) {
                    connection.start();
                    assertThat(nodeOf(connection))
                            .as("%s from %d", queue, first)
                            .isEqualTo(leader);
                }
            }
        }
    }

    @Test
    void qpidJmsFollowsTheRedirectOfItsConnection() throws JMSException {
        for (int i = 0; i < NODES; i++) {
            String queue = "q" + i;
            int leader = leaderOf(shardOf(queue));
            for (int first = 1; first <= NODES; first++) {
                Servers servers = cluster.servers();
                JmsConnectionFactory factory = new JmsConnectionFactory(
                        servers.user(), servers.password(), "failover:(amqp://" + address(first) + ")");
                BiFunction<Connection, URI, Object> properties = (connection, uri) -> Map.of("waybill:near", queue);
                factory.setExtension("amqpOpenProperties", properties);
                try (Connection connection = factory.createConnection()) {
                    connection.start();
                    assertThat(nodeOf(connection))
                            .as("%s from %d", queue, first)
                            .isEqualTo(leader);
                }
            }
        }
    }

    /** What a client sends and receives over a connection that is near to a queue. */
    private static final class Stream implements AutoCloseable {
        private final Set<Integer> received = ConcurrentHashMap.newKeySet();
        private final Connection connection;
        private final Session sending;
        private final MessageProducer producer;
        private volatile String server = "";
        private int sent;

        Stream(String near, int first, String queue) throws JMSException {
            WaybillConnectionFactory factory = near(near, first);
            factory.setConnectionEvents(new ConnectionEvents() {
                @Override
                public void onLost(Connection lost, Exception why) {
                    server = "";
                }

                @Override
                public void onRestored(Connection restored, String at) {
                    server = at;
                }
            });
            connection = factory.createConnection();
            Session receiving = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
            receiving.createConsumer(receiving.createQueue(queue)).setMessageListener(this::receive);
            sending = connection.createSession();
            producer = sending.createProducer(sending.createQueue(queue));
            connection.start();
        }

        private void receive(Message message) {
            try {
                received.add(message.getIntProperty("number"));
                message.acknowledge();
            } catch (JMSException e) {
                throw new AssertionError(e);
            }
        }

        void send() throws JMSException {
            Message message = sending.createMessage();
            message.setIntProperty("number", sent++);
            producer.send(message);
        }

        /** Sends until the connection is with this node. */
        void sendUntilAt(int node) {
            await("the connection follows to node " + node)
                    .atMost(SOON)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> {
                        send();
                        return server.endsWith(address(node));
                    });
        }

        void awaitAll() {
            Set<Integer> all = Set.copyOf(IntStream.range(0, sent).boxed().toList());
            await("everything arrives").atMost(SOON).until(() -> received.containsAll(all));
        }

        @Override
        public void close() throws JMSException {
            connection.close();
        }
    }

    /** A queue whose shard is moved, or one whose shard stays where it is, so that nothing but the wish ends the connection. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aConnectionFollowsTheLeadOfItsAddressAndLosesNothing(boolean used) throws JMSException {
        int shard = shardOf("q0");
        String queue = used
                ? "q0"
                : IntStream.range(1, MANY)
                        .mapToObj(i -> "q" + i)
                        .filter(name -> isElsewhere(name, shard))
                        .findFirst()
                        .orElseThrow();
        int before = leaderOf(shard);
        try (Stream stream = new Stream("q0", before, queue)) {
            for (int i = 0; i < MORE; i++) {
                stream.send();
            }
            moveLeader(shard, after(before));
            stream.sendUntilAt(after(before));
            moveLeader(shard, before);
            stream.sendUntilAt(before);
            for (int i = 0; i < MORE; i++) {
                stream.send();
            }
            stream.awaitAll();
        }
        try (Connection connection = connect(before);
                NodeAdministrator node = new NodeAdministrator(connection)) {
            await("everything is acknowledged")
                    .atMost(SOON)
                    .until(() -> node.ask("READ", QUEUE, "name", queue).number("messages") == 0);
        }
    }

    private static boolean isElsewhere(String queue, int shard) {
        try {
            return shardOf(queue) != shard;
        } catch (JMSException e) {
            throw new AssertionError(e);
        }
    }

    // ---- rhea

    private static JsonNode ask(Conversation rhea, int node, Map<String, Object> request)
            throws JsonProcessingException {
        Servers servers = cluster.servers();
        Map<String, Object> all = new java.util.HashMap<>(request);
        URI place = URI.create("amqp://" + address(node));
        all.putAll(Map.of(
                "host",
                place.getHost(),
                "port",
                place.getPort(),
                "user",
                servers.user(),
                "password",
                servers.password()));
        return JSON.readTree(rhea.ask(JSON.writeValueAsString(all)));
    }

    @Test
    void rheaIsToldOfTheRightNodeByLinksAndConnectionsThatAsk() throws Exception {
        try (Conversation rhea = Conversation.node("redirects.js")) {
            for (int i = 0; i < NODES; i++) {
                String queue = "q" + i;
                int leader = leaderOf(shardOf(queue));
                for (int node = 1; node <= NODES; node++) {
                    for (String link : List.of("receiver", "sender")) {
                        JsonNode answer = ask(rhea, node, Map.of(link, queue));
                        check(answer, node, leader, "amqp:link:redirect");
                        assertThat(answer.path("info").path("address").asText(queue))
                                .isEqualTo(queue);
                        assertThat(ask(rhea, node, Map.of(link, queue, "ask", false))
                                        .toString())
                                .isEqualTo("{\"taken\":true}");
                    }
                    check(ask(rhea, node, Map.of("near", queue)), node, leader, "amqp:connection:redirect");
                }
            }
        }
    }

    private static void check(JsonNode answer, int node, int leader, String condition) {
        if (node == leader) {
            assertThat(answer.toString()).isEqualTo("{\"taken\":true}");
            return;
        }
        URI place = URI.create("amqp://" + address(leader));
        assertThat(answer.path("condition").asText()).isEqualTo(condition);
        JsonNode info = answer.path("info");
        assertThat(info.path("network-host").asText()).isEqualTo(place.getHost());
        assertThat(info.path("hostname").asText()).isEqualTo(place.getHost());
        assertThat(info.path("port").asInt()).isEqualTo(place.getPort());
        assertThat(info.path("scheme").asText()).isEqualTo("amqp");
    }
}
