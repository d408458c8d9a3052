package org.waybill.amqp.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.waybill.spi.BrokerError;
import org.waybill.spi.ClusterAdministration;
import org.waybill.spi.Operation;

/** Administration over the {@code $management} node, by a JMS client whose answers come to a temporary queue. */
@Timeout(60)
final class ManagementWireTest {
    @TempDir
    Path directory;

    private FakeBroker broker;
    private Connection connection;
    private Session session;
    private TemporaryQueue replies;
    private MessageConsumer answers;

    @BeforeEach
    void start() throws JMSException {
        broker = new FakeBroker(directory);
        connection = new JmsConnectionFactory(broker.uri("?jms.validatePropertyNames=false")).createConnection();
        connection.start();
        session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        replies = session.createTemporaryQueue();
        answers = session.createConsumer(replies);
    }

    @AfterEach
    void stop() throws JMSException {
        connection.close();
        broker.close();
    }

    private Message ask(String operation, @Nullable String name) throws JMSException {
        Map<String, Object> arguments = new HashMap<>();
        arguments.put("type", ManagementType.QUEUE.symbol());
        if (name != null) {
            arguments.put("name", name);
        }
        return ask(operation, arguments);
    }

    private Message ask(String operation, Map<String, Object> arguments) throws JMSException {
        Message request = session.createMessage();
        request.setStringProperty("operation", operation);
        for (Map.Entry<String, Object> argument : arguments.entrySet()) {
            request.setObjectProperty(argument.getKey(), argument.getValue());
        }
        request.setJMSReplyTo(replies);
        request.setJMSCorrelationID(operation + arguments);
        session.createProducer(session.createQueue("$management")).send(request);
        Message answer = answers.receive(20_000);
        assertThat(answer.getJMSCorrelationID()).isEqualTo(operation + arguments);
        return answer;
    }

    private static Map<String, Object> messages(Object... arguments) {
        Map<String, Object> all = new HashMap<>();
        all.put("type", "org.waybill.message");
        for (int i = 0; i < arguments.length; i += 2) {
            all.put((String) arguments[i], arguments[i + 1]);
        }
        return all;
    }

    private Operation lastOperation() {
        return broker.onLoop(() -> broker.core.operations.get(broker.core.operations.size() - 1));
    }

    private static Map<Object, Object> body(Message answer) throws JMSException {
        return new HashMap<>((Map<?, ?>) ((ObjectMessage) answer).getObject());
    }

    @Test
    void movesAQueueToAnotherShard() throws JMSException {
        ask("CREATE", "made");
        Map<String, Object> move = Map.of("type", "org.waybill.queue", "name", "made", "shard", 2);
        assertThat(body(ask("MOVE", move))).containsEntry("moving-to", 2);
        assertThat(lastOperation())
                .isEqualTo(new Operation.MoveQueue(new Operation.Target(Operation.Type.QUEUE, "made"), 2));
        assertRefused(400, "shard", ask("MOVE", "made"));
    }

    @Test
    void createsReadsListsPurgesAndDeletesQueues() throws JMSException {
        assertThat(ask("CREATE", "made").getIntProperty("statusCode")).isEqualTo(201);
        assertThat(ask("CREATE", "made").getIntProperty("statusCode")).isEqualTo(409);

        session.createProducer(session.createQueue("made")).send(session.createTextMessage("x"));
        Message read = ask("READ", "made");
        assertThat(read.getIntProperty("statusCode")).isEqualTo(200);
        assertThat(body(read)).containsEntry("name", "made").containsEntry("messages", 1L);

        Map<Object, Object> listed = body(ask("QUERY", Map.of()));
        List<?> names = (List<?>) listed.get("attributeNames");
        List<?> results = (List<?>) listed.get("results");
        assertThat(names.get(0)).isEqualTo("name");
        assertThat(results).anySatisfy(row -> assertThat(((List<?>) row).get(0)).isEqualTo("made"));

        assertThat(body(ask("PURGE", "made"))).containsEntry("purged", 1L);
        assertThat(ask("DELETE", "made").getIntProperty("statusCode")).isEqualTo(204);
        assertThat(ask("READ", "made").getIntProperty("statusCode")).isEqualTo(404);
    }

    @Test
    void saysWhatItCannotDo() throws JMSException {
        Message answer = ask("EXPLODE", "made");
        assertThat(answer.getIntProperty("statusCode")).isEqualTo(501);
        assertThat(answer.getStringProperty("statusDescription")).contains("EXPLODE");
    }

    @Test
    void showsAClusterAndMovesWhatItsNodesLead() throws JMSException {
        FakeCluster cluster = new FakeCluster();
        broker.cluster = cluster;

        Map<Object, Object> shards = body(ask("QUERY", cluster("org.waybill.shard")));
        assertThat((List<?>) shards.get("attributeNames"))
                .map(String::valueOf)
                .startsWith("name", "health", "leader", "prefers");
        assertThat(String.valueOf(shards.get("results"))).contains("ok, n2").contains("lag-bytes=900");
        assertThat(body(ask("QUERY", cluster("org.waybill.node", "offset", 1, "count", 5))))
                .containsEntry("count", 1);
        assertThat(body(ask("READ", cluster("org.waybill.node", "name", "n2")))).containsEntry("identity", "n2");
        assertThat(ask("READ", cluster("org.waybill.node", "name", "n9")).getIntProperty("statusCode"))
                .isEqualTo(404);

        Message moved = ask("MOVE-LEADER", cluster("org.waybill.shard", "name", "1", "node", "n1"));
        assertThat(moved.getIntProperty("statusCode")).isEqualTo(200);
        assertThat(cluster.moved).containsExactly("1 to n1");
        cluster.refusal = new BrokerError(BrokerError.Code.PRECONDITION_FAILED, "it lags");
        Message refused = ask("MOVE-LEADER", cluster("org.waybill.shard", "name", "1", "node", "n2"));
        assertThat(refused.getIntProperty("statusCode")).isEqualTo(409);
        assertThat(refused.getStringProperty("statusDescription")).isEqualTo("it lags");
        assertThat(ask("MOVE-LEADER", cluster("org.waybill.shard", "name", "one", "node", "n2"))
                        .getIntProperty("statusCode"))
                .isEqualTo(400);
        cluster.refusal = null;
        assertThat(ask("ACCEPT-LOSS", cluster("org.waybill.shard", "name", "1")).getIntProperty("statusCode"))
                .isEqualTo(200);
        assertThat(cluster.accepted).containsExactly(1);
        cluster.broken = true;
        assertThat(ask("QUERY", cluster("org.waybill.shard")).getIntProperty("statusCode"))
                .isEqualTo(500);
    }

    @Test
    void aBrokerThatStandsAloneHasNoNodesAndNoShards() throws JMSException {
        Message answer = ask("QUERY", cluster("org.waybill.shard"));
        assertThat(answer.getIntProperty("statusCode")).isEqualTo(404);
        assertThat(answer.getStringProperty("statusDescription")).isEqualTo("this broker is not a node of a cluster");
        assertThat(ask("DELETE", cluster("org.waybill.node")).getIntProperty("statusCode"))
                .isEqualTo(501);
    }

    private static Map<String, Object> cluster(String type, Object... arguments) {
        Map<String, Object> all = messages(arguments);
        all.put("type", type);
        return all;
    }

    /** A cluster of two nodes, the second of which leads shard 1. */
    private static final class FakeCluster implements ClusterAdministration {
        private final List<String> moved = new CopyOnWriteArrayList<>();
        private final List<Integer> accepted = new CopyOnWriteArrayList<>();
        private volatile @Nullable BrokerError refusal;
        private volatile boolean broken;

        @Override
        public CompletionStage<List<Map<String, Object>>> nodes() {
            return CompletableFuture.completedStage(
                    List.of(Map.of("name", "n1", "self", true), Map.of("name", "n2", "self", false)));
        }

        @Override
        public CompletionStage<List<Map<String, Object>>> shards() {
            return broken
                    ? CompletableFuture.failedStage(new IllegalStateException("broken"))
                    : CompletableFuture.supplyAsync(() -> List.of(Map.of(
                            "name",
                            "1",
                            "health",
                            "ok",
                            "leader",
                            "n2",
                            "replicas",
                            List.of(Map.of("lag-bytes", 900L)))));
        }

        @Override
        public CompletionStage<Optional<BrokerError>> moveLeader(int shard, String node) {
            moved.add(shard + " to " + node);
            return CompletableFuture.completedStage(Optional.ofNullable(refusal));
        }

        @Override
        public CompletionStage<Optional<BrokerError>> acceptLoss(int shard) {
            accepted.add(shard);
            return CompletableFuture.completedStage(Optional.ofNullable(refusal));
        }
    }

    @Test
    void describesItself() throws JMSException {
        assertThat(body(ask("GET-TYPES", Map.of())).keySet())
                .map(String::valueOf)
                .contains("org.amqp.management", "org.waybill.queue", "org.waybill.message");
        assertThat(body(ask("GET-OPERATIONS", Map.of("entityType", "org.waybill.consumer"))))
                .isEqualTo(Map.of("org.waybill.consumer", List.of("READ", "DELETE", "QUERY")));
        assertThat((List<?>) body(ask("GET-ATTRIBUTES", Map.of("entityType", "org.waybill.topic")))
                        .get("org.waybill.topic"))
                .map(String::valueOf)
                .contains("name", "subscriptions");
        assertThat((List<?>) ((ObjectMessage) ask("GET-MGMT-NODES", Map.of())).getObject())
                .map(String::valueOf)
                .containsExactly("$management");
    }

    @Test
    void refusesWithTheWrongValueInItsDescription() throws JMSException {
        ask("CREATE", "made");

        assertRefused(400, "org.waybill.nothing", ask("READ", Map.of("type", "org.waybill.nothing", "name", "x")));
        assertRefused(400, "name", ask("READ", Map.of("type", "org.waybill.queue")));
        assertRefused(501, "can be changed", ask("UPDATE", "made"));
        assertRefused(501, "PURGE", ask("PURGE", Map.of("type", "org.waybill.topic", "name", "x")));
        assertRefused(400, "count", ask("QUERY", Map.of("type", "org.waybill.queue", "count", "many")));
        assertRefused(400, "queue and subscription", ask("QUERY", messages()));
        assertRefused(400, "column 4", ask("QUERY", messages("queue", "made", "selector", "a >")));
        assertRefused(400, "sleeping", ask("QUERY", messages("queue", "made", "state", "sleeping")));
        assertRefused(400, "seven", ask("READ", messages("queue", "made", "id", "seven")));
        assertRefused(400, "MOVE needs the argument to", ask("MOVE", messages("queue", "made", "id", 1L)));
        assertRefused(400, "DELETE needs one of", ask("DELETE", messages("queue", "made")));
        assertRefused(404, "nowhere", ask("QUERY", messages("queue", "nowhere")));
        assertRefused(501, "there is no operation", ask("", Map.of()));
    }

    private static void assertRefused(int status, String description, Message answer) throws JMSException {
        assertThat(answer.getStringProperty("statusDescription")).contains(description);
        assertThat(answer.getIntProperty("statusCode")).isEqualTo(status);
        assertThat(body(answer)).isEmpty();
    }

    @Test
    void looksAtMessages() throws JMSException {
        Message sent = session.createTextMessage("hello");
        sent.setIntProperty("weight", 7);
        session.createProducer(session.createQueue("made")).send(sent);

        Map<Object, Object> listed = body(ask("BROWSE", messages("queue", "made", "offset", 0, "count", 5)));
        assertThat((List<?>) listed.get("results")).hasSize(1);
        assertThat(lastOperation())
                .isEqualTo(new Operation.QueryMessages(
                        new Operation.Target(Operation.Type.QUEUE, "made"),
                        new Operation.Selection(List.of(), null, null),
                        0,
                        5));

        Map<Object, Object> read = body(ask("READ", messages("queue", "made", "id", "1")));
        assertThat(read).containsEntry("body", "hello").containsEntry("truncated", false);
        assertThat((Map<?, ?>) read.get("application-properties")).isEqualTo(Map.of("weight", 7));
    }

    @Test
    void movesAndDeletesMessages() throws JMSException {
        ask("CREATE", "made");
        Map<String, Object> move = messages("queue", "made", "selector", "a = 1", "to", "other", "count", 20);

        assertThat(ask("MOVE", move).getIntProperty("statusCode")).isEqualTo(200);
        Operation.MoveMessages moved = (Operation.MoveMessages) lastOperation();
        assertThat(moved.to()).isEqualTo("other");
        assertThat(moved.count()).isEqualTo(20);
        assertThat(String.valueOf(moved.which().selector())).isEqualTo("a = 1");

        assertThat(ask("CANCEL", messages("queue", "made", "id", 17L)).getIntProperty("statusCode"))
                .isEqualTo(200);
        assertThat(((Operation.DeleteMessages) lastOperation()).which().ids()).containsExactly(17L);
        ask(
                "QUERY",
                messages("subscription", "s", "client-id", "c", "state", "scheduled", "filter", "p.subject = 'x'"));
        Operation.QueryMessages query = (Operation.QueryMessages) lastOperation();
        assertThat(query.in()).isEqualTo(new Operation.Target(Operation.Type.SUBSCRIPTION, "s", "c"));
        assertThat(query.which().state()).isEqualTo(Operation.State.SCHEDULED);
    }

    @Test
    void asksForEachTypeOfNode() throws JMSException {
        ask("QUERY", Map.of("entityType", "org.waybill.subscription", "type", "org.amqp.management", "offset", 5));
        assertThat(lastOperation()).isEqualTo(new Operation.Query(Operation.Type.SUBSCRIPTION, 5, Operation.MAX_ROWS));
        ask("DELETE", Map.of("type", "org.waybill.consumer", "identity", "0-17"));
        assertThat(lastOperation())
                .isEqualTo(new Operation.Delete(new Operation.Target(Operation.Type.CONSUMER, "0-17")));
        ask("CREATE", Map.of("type", "org.waybill.topic", "name", "news"));
        assertThat(lastOperation()).isEqualTo(new Operation.Create(new Operation.Target(Operation.Type.TOPIC, "news")));
    }
}
