package org.waybill.systemtests.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TransactionRolledBackException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.DescribedType;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnknownDescribedType;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.messaging.TerminusDurability;
import org.apache.qpid.proton.amqp.messaging.TerminusExpiryPolicy;
import org.apache.qpid.proton.amqp.transaction.Coordinator;
import org.apache.qpid.proton.amqp.transaction.Discharge;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Role;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.waybill.systemtests.BrokerProcess;
import org.waybill.systemtests.wire.ManagementWire;
import org.waybill.systemtests.wire.Wire;
import org.waybill.systemtests.wire.WireLinks;

/** What a client may not do: each refusal has its condition and says what was wrong with which name or value, and changes nothing. */
final class RefusalIT {
    private static final int TRANSACTION_TIMEOUT_MS = 1_000;
    private static final BrokerProcess BROKER = BrokerProcess.start(BrokerProcess.Options.fresh()
            .withConfig(
                    """
                    amqp:
                      max-message-size-bytes: 100000
                    transactions:
                      timeout-ms: %d
                    """
                            .formatted(TRANSACTION_TIMEOUT_MS)));

    private final String name = "refusal." + UUID.randomUUID();

    @AfterAll
    static void stop() {
        BROKER.close();
    }

    @Test
    void ofASelectorPointsAtItsMistake() {
        for (String kind : List.of("queue", "topic")) {
            ErrorCondition error = refusal(receiver(
                    kind,
                    source -> source.setFilter(Map.of(Symbol.valueOf("jms-selector"), selector("colour = = 'red'")))));
            assertThat(error.getCondition().toString()).as(kind).isEqualTo("amqp:invalid-field");
            assertThat(error.getDescription()).as(kind).contains("10");
        }
    }

    @Test
    void leavesAnUnknownFilterOutOfTheAnswer() {
        try (Wire wire = open("unknown-filter")) {
            Attach attach = receiver(
                    "queue",
                    source -> source.setFilter(Map.of(
                            Symbol.valueOf("ours"),
                            new UnknownDescribedType(Symbol.valueOf("example:ours:string"), "x"),
                            Symbol.valueOf("jms-selector"),
                            selector("colour = 'red'"))));
            Source answer = (Source) WireLinks.attach(wire, 0, attach).getSource();
            assertThat(answer.getFilter().containsKey(Symbol.valueOf("jms-selector")))
                    .isTrue();
            assertThat(answer.getFilter().containsKey(Symbol.valueOf("ours"))).isFalse();
        }
    }

    @Test
    void ofASenderToAPatternNamesIt() {
        Attach attach = WireLinks.sender("to", 0, name + ".*");
        ((Target) attach.getTarget()).setCapabilities(Symbol.valueOf("topic"));
        ErrorCondition error = refusal(attach);
        assertThat(error.getCondition().toString()).isEqualTo("amqp:invalid-field");
        assertThat(error.getDescription()).contains(name + ".*", "wildcards");
    }

    @Test
    void ofASharedConsumerOfAnUnsharedSubscriptionNamesIt() {
        try (Wire wire = open("subscriber")) {
            WireLinks.attach(wire, 0, durable("prices", 0, "topic"));
            ErrorCondition error = refusal(wire, durable("prices|2", 1, "topic", "shared"));
            assertThat(error.getCondition().toString()).isEqualTo("amqp:not-allowed");
            assertThat(error.getDescription()).contains("prices", "not shared");
        }
    }

    @Test
    void ofAnUnsubscribeWhileActiveKeepsTheSubscription() throws JMSException {
        try (Connection connection = connect("active-" + name);
                Session session = connection.createSession()) {
            connection.start();
            try (MessageConsumer consumer = session.createDurableConsumer(session.createTopic(name), "active")) {
                assertThatThrownBy(() -> session.unsubscribe("active")).isInstanceOf(JMSException.class);
                session.createProducer(session.createTopic(name)).send(session.createTextMessage("still here"));
                assertThat(consumer.receive(10_000).getBody(String.class)).isEqualTo("still here");
            }
            session.unsubscribe("active");
            assertThatThrownBy(() -> session.unsubscribe("active")).isInstanceOf(InvalidDestinationException.class);
        }
    }

    @Test
    void ofAClientIdInUseLeavesItsOwnerAlone() throws JMSException {
        String clientId = "client-" + name;
        try (Connection owner = connect(clientId);
                Session session = owner.createSession()) {
            assertThatThrownBy(() -> connect(clientId))
                    .isInstanceOf(InvalidClientIDException.class)
                    .hasMessageContaining(clientId);
            session.createTemporaryQueue().delete();
        }
        connect(clientId).close();
    }

    @Test
    void ofATemporaryQueueOfAnotherConnectionNamesIt() throws JMSException {
        try (Connection owner = connect(null);
                Session session = owner.createSession()) {
            String address = session.createTemporaryQueue().getQueueName();
            ErrorCondition error = refusal(WireLinks.receiver("from", 0, address));
            assertThat(error.getCondition().toString()).isEqualTo("amqp:not-allowed");
            assertThat(error.getDescription()).contains(address, "its own connection");
        }
    }

    @Test
    void ofAnUnknownTransactionEndsTheLinkThatNamedIt() {
        TransactionalState state = new TransactionalState();
        state.setTxnId(new Binary("no such".getBytes(StandardCharsets.US_ASCII)));
        try (Wire wire = open("unknown-transaction")) {
            WireLinks.attach(wire, 0, WireLinks.sender("to", 0, name));
            wire.write(
                    0,
                    WireLinks.with(WireLinks.transfer(0, 0, false), transfer -> transfer.setState(state)),
                    wire.encodeValue(new AmqpValue("lost")));
            assertThat(wire.await(Detach.class).getError().getCondition().toString())
                    .isEqualTo("amqp:transaction:unknown-id");
        }
        assertThat(messages()).isZero();
    }

    @Test
    void ofTheDischargeOfAnUnknownTransactionIsAnOutcome() {
        try (Wire wire = open("unknown-discharge")) {
            Attach attach = WireLinks.sender("coordinator", 0, null);
            attach.setTarget(new Coordinator());
            WireLinks.attach(wire, 0, attach);
            Discharge discharge = new Discharge();
            discharge.setTxnId(new Binary("no such".getBytes(StandardCharsets.US_ASCII)));
            wire.write(0, WireLinks.transfer(0, 0, false), wire.encodeValue(new AmqpValue(discharge)));
            Rejected rejected = (Rejected) wire.await(Disposition.class).getState();
            assertThat(rejected.getError().getCondition().toString()).isEqualTo("amqp:transaction:unknown-id");
        }
    }

    @Test
    void ofATransactionThatHasTimedOutLeavesNothing() throws JMSException {
        try (Connection connection = connect(null);
                Session session = connection.createSession(Session.SESSION_TRANSACTED);
                MessageProducer producer = session.createProducer(session.createQueue(name))) {
            producer.send(session.createTextMessage("too late"));
            LockSupport.parkNanos(Duration.ofMillis(3 * TRANSACTION_TIMEOUT_MS).toNanos());
            assertThatThrownBy(session::commit).isInstanceOf(TransactionRolledBackException.class);
        }
        assertThat(messages()).isZero();
    }

    @Test
    void ofATooLargeMessageTakesItsTransactionWithIt() throws JMSException {
        try (Connection connection = connect(null);
                Session session = connection.createSession(Session.SESSION_TRANSACTED);
                MessageProducer producer = session.createProducer(session.createQueue(name))) {
            producer.send(session.createTextMessage("fits"));
            Message large = session.createTextMessage("x".repeat(200_000));
            assertThatThrownBy(() -> {
                        producer.send(large);
                        session.commit();
                    })
                    .isInstanceOf(JMSException.class);
        }
        assertThat(messages()).isZero();
    }

    private static DescribedType selector(String text) {
        return new UnknownDescribedType(Symbol.valueOf("apache.org:selector-filter:string"), text);
    }

    private Attach receiver(String kind, Consumer<Source> change) {
        Attach attach = WireLinks.receiver("from", 0, name);
        Source source = (Source) attach.getSource();
        source.setCapabilities(Symbol.valueOf(kind));
        change.accept(source);
        return attach;
    }

    private Attach durable(String link, int handle, String... capabilities) {
        Attach attach = WireLinks.receiver(link, handle, name);
        Source source = (Source) attach.getSource();
        source.setCapabilities(Stream.of(capabilities).map(Symbol::valueOf).toArray(Symbol[]::new));
        source.setDurable(TerminusDurability.UNSETTLED_STATE);
        source.setExpiryPolicy(TerminusExpiryPolicy.NEVER);
        return attach;
    }

    /** The error of an attach that must be refused on a connection of its own, with the same nodes before and after. */
    private ErrorCondition refusal(Attach attach) {
        Map<String, String> before = nodes();
        try (Wire wire = open("refused-" + name)) {
            ErrorCondition error = refusal(wire, attach);
            assertThat(nodes()).as("what is there after the refusal").isEqualTo(before);
            return error;
        }
    }

    private static ErrorCondition refusal(Wire wire, Attach attach) {
        wire.write(0, attach);
        Attach answer = wire.await(Attach.class);
        assertThat(attach.getRole() == Role.RECEIVER ? answer.getSource() : answer.getTarget())
                .as("the terminus of a refusal")
                .isNull();
        Detach detach = wire.await(Detach.class);
        assertThat(detach.getClosed()).isTrue();
        return detach.getError();
    }

    private static Map<String, String> nodes() {
        Map<String, String> nodes = new TreeMap<>();
        try (ManagementWire management = new ManagementWire(BROKER.port())) {
            management
                    .query("org.waybill.queue")
                    .forEach(queue -> nodes.put(
                            String.valueOf(queue.get("name")), queue.get("messages") + " " + queue.get("consumers")));
        }
        return nodes;
    }

    /** How many messages are in the queue of this test, which may not exist. */
    private long messages() {
        try (ManagementWire management = new ManagementWire(BROKER.port())) {
            return management.query("org.waybill.queue").stream()
                    .filter(queue -> name.equals(queue.get("name")))
                    .mapToLong(queue -> ((Number) queue.get("messages")).longValue())
                    .sum();
        }
    }

    private Wire open(String container) {
        Wire wire = Wire.open(BROKER.port(), container);
        WireLinks.begin(wire, 0);
        return wire;
    }

    private static Connection connect(@Nullable String clientId) throws JMSException {
        JmsConnectionFactory factory =
                new JmsConnectionFactory("amqp://127.0.0.1:" + BROKER.port() + "?jms.requestTimeout=20000");
        if (clientId != null) {
            factory.setClientID(clientId);
        }
        Connection connection = factory.createConnection();
        connection.start();
        return connection;
    }
}
