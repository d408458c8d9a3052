package org.waybill.amqp.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.qpid.protonj2.test.driver.actions.AttachInjectAction;
import org.apache.qpid.protonj2.test.driver.actions.OpenInjectAction;
import org.apache.qpid.protonj2.test.driver.codec.transport.Close;
import org.apache.qpid.protonj2.test.driver.codec.transport.Detach;
import org.apache.qpid.protonj2.test.driver.codec.transport.ErrorCondition;
import org.hamcrest.CoreMatchers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.config.ClusterNode;
import org.waybill.config.ClusterSettings;
import org.waybill.spi.NodeKind;

/** Who is sent to another node of the cluster, and who is not. This is node 1; node 2 takes clients as this one does, node 3 by TLS alone. */
@Timeout(60)
final class RedirectWireTest {
    private static final int UNKNOWN = -1;
    private static final int HERE = 0;
    private static final int SAME_WAY = 2;
    private static final int BY_TLS = 3;
    private static final Map<String, Object> THERE =
            Map.of("hostname", "b.example", "network-host", "b.example", "port", 5002, "scheme", "amqp");

    private final List<ClusterNode> nodes =
            List.of(node(1, "amqp://a.example"), node(2, "amqp://b.example:5002"), node(3, "amqps://c.example:5003"));

    @TempDir
    Path directory;

    private FakeBroker broker;

    private static ClusterNode node(int id, String clients) {
        return new ClusterNode("n" + id, id, "127.0.0.1", 5_680 + id, 5_690 + id, clients);
    }

    @BeforeEach
    void start() {
        broker = broker(true);
    }

    private FakeBroker broker(boolean offerNodes) {
        return FakeBroker.inCluster(
                directory,
                new ClusterSettings("test", nodes.get(0), "a secret long enough", null, nodes, offerNodes, 800, 1_000));
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    /** Says this open and waits until the connection is refused by a close. */
    private static ErrorCondition refused(Wire wire, OpenInjectAction open) throws Exception {
        AtomicReference<Close> close = new AtomicReference<>();
        wire.frames.expectOpen().withProperty("amqp:connection-establishment-failed", true);
        wire.frames.expectClose().withError(CoreMatchers.notNullValue()).withCapture(close::set);
        open.now();
        wire.done();
        return close.get().getError();
    }

    private static void taken(Wire wire, OpenInjectAction open) throws Exception {
        wire.frames.expectOpen();
        wire.frames.expectBegin();
        open.now();
        wire.frames.remoteBegin().now();
        wire.done();
    }

    private static OpenInjectAction open(Wire wire, Object near) {
        return wire.frames.remoteOpen().withContainerId("c").withProperty("waybill:near", near);
    }

    private static Map<String, Object> info(ErrorCondition error) {
        Map<String, Object> info = new java.util.TreeMap<>();
        error.getInfo().forEach((key, value) -> info.put(key.toString(), value));
        return info;
    }

    @Test
    void aConnectionThatWantsToBeNearAnAddressIsSentToTheNodeThatLeadsIt() throws Exception {
        broker.leaders = destination ->
                destination.name().equals("orders") && destination.kind() == NodeKind.QUEUE ? SAME_WAY : HERE;
        try (Wire wire = Wire.connect(broker)) {
            ErrorCondition error = refused(wire, open(wire, "queue://orders"));
            assertThat(error.getCondition().toString()).isEqualTo("amqp:connection:redirect");
            assertThat(info(error)).isEqualTo(THERE);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {HERE, UNKNOWN, BY_TLS})
    void aConnectionStaysWhereNoBetterPlaceIsKnownThatItCanReach(int leader) throws Exception {
        broker.leaders = destination -> leader;
        try (Wire wire = Wire.connect(broker)) {
            taken(wire, open(wire, "orders"));
        }
    }

    @Test
    void whoDoesNotAskIsServedHere() throws Exception {
        broker.leaders = destination -> SAME_WAY;
        try (Wire wire = Wire.connect(broker)) {
            taken(wire, wire.frames.remoteOpen().withContainerId("c"));
            wire.sender("orders");
        }
    }

    @Test
    void nobodyIsSentToNodesThatClientsAreNotToKnow() throws Exception {
        broker.close();
        broker = broker(false);
        broker.leaders = destination -> SAME_WAY;
        try (Wire wire = Wire.connect(broker)) {
            taken(wire, open(wire, "orders"));
        }
    }

    @Test
    void whoIsThereForManagementIsNotSentAway() throws Exception {
        broker.leaders = destination -> SAME_WAY;
        try (Wire wire = Wire.connect(broker)) {
            taken(wire, open(wire, "orders").withDesiredCapabilities("waybill:management"));
        }
    }

    @Test
    void aWishThatIsNoAddressIsRefused() throws Exception {
        for (Object wish : List.of(true, "")) {
            try (Wire wire = Wire.connect(broker)) {
                ErrorCondition error = refused(wire, open(wire, wish));
                assertThat(error.getCondition().toString()).isEqualTo("amqp:invalid-field");
                assertThat(error.getDescription()).contains("waybill:near");
            }
        }
    }

    @Test
    void aContainerIdIsNotTakenByAConnectionThatIsSentAway() throws Exception {
        broker.leaders = destination -> SAME_WAY;
        try (Wire sent = Wire.connect(broker)) {
            refused(sent, open(sent, "orders").withDesiredCapabilities("sole-connection-for-container"));
            try (Wire next = Wire.connect(broker)) {
                taken(
                        next,
                        next.frames
                                .remoteOpen()
                                .withContainerId("c")
                                .withDesiredCapabilities("sole-connection-for-container"));
            }
        }
    }

    /** Attaches a link and waits until it is refused. */
    private static ErrorCondition refused(Wire wire, AttachInjectAction attach) throws Exception {
        AtomicReference<Detach> detach = new AtomicReference<>();
        wire.frames.expectAttach();
        wire.frames
                .expectDetach()
                .withClosed(true)
                .withError(CoreMatchers.notNullValue())
                .withCapture(detach::set);
        attach.now();
        wire.done();
        return (ErrorCondition) detach.get().getError();
    }

    private static AttachInjectAction receiver(Wire wire, String address) {
        AttachInjectAction attach =
                wire.frames.remoteAttach().withName("r").withHandle(0).ofReceiver();
        attach.withTarget();
        attach.withSource().withAddress(address);
        return attach;
    }

    private static AttachInjectAction sender(Wire wire, String address) {
        AttachInjectAction attach = wire.frames
                .remoteAttach()
                .withName("s")
                .withHandle(1)
                .ofSender()
                .withInitialDeliveryCount(0);
        attach.withSource();
        attach.withTarget().withAddress(address);
        return attach;
    }

    @Test
    void aLinkThatDesiresItIsSentToTheNodeThatLeadsItsAddress() throws Exception {
        broker.leaders = destination -> destination.name().equals("orders") ? SAME_WAY : HERE;
        Map<String, Object> info = new java.util.TreeMap<>(THERE);
        info.put("address", "queue://orders");
        try (Wire wire = Wire.begin(broker, "c")) {
            ErrorCondition error =
                    refused(wire, receiver(wire, "queue://orders").withDesiredCapabilities("waybill:redirect"));
            assertThat(error.getCondition().toString()).isEqualTo("amqp:link:redirect");
            assertThat(info(error)).isEqualTo(info);
            wire.frames.remoteDetach().withHandle(0).withClosed(true).now();

            error = refused(wire, sender(wire, "queue://orders").withDesiredCapabilities("waybill:redirect"));
            assertThat(error.getCondition().toString()).isEqualTo("amqp:link:redirect");
            assertThat(info(error)).isEqualTo(info);
        }
    }

    @Test
    void aLinkIsServedHereIfItDoesNotDesireThatOrHereIsWhereItsAddressIsLed() throws Exception {
        broker.leaders = destination -> destination.name().equals("orders") ? SAME_WAY : HERE;
        try (Wire wire = Wire.begin(broker, "c")) {
            wire.frames.expectAttach().ofSender().withSource().withAddress("orders");
            receiver(wire, "orders").now();
            wire.done();
            wire.frames.expectAttach().ofReceiver().withTarget().withAddress("bills");
            wire.frames.expectFlow();
            sender(wire, "bills").withDesiredCapabilities("waybill:redirect").now();
            wire.done();
        }
    }

    @Test
    void whatEveryNodeHasOfItsOwnIsNeverElsewhere() throws Exception {
        broker.leaders = destination -> SAME_WAY;
        try (Wire wire = Wire.begin(broker, "c")) {
            wire.frames.expectAttach().ofReceiver().withTarget().withAddress("$management");
            wire.frames.expectFlow();
            sender(wire, "$management")
                    .withDesiredCapabilities("waybill:redirect")
                    .now();
            wire.done();
            wire.frames.expectAttach().ofSender().withSource().withDynamic(true);
            AttachInjectAction attach = receiver(wire, null).withDesiredCapabilities("waybill:redirect");
            attach.withSource().withDynamic(true);
            attach.now();
            wire.done();
        }
    }

    @Test
    void aConnectionFollowsTheLeadOfItsAddress() throws Exception {
        try (Wire wire = Wire.connect(broker)) {
            taken(wire, open(wire, "orders"));
            AtomicReference<Close> close = new AtomicReference<>();
            wire.frames.expectClose().withError(CoreMatchers.notNullValue()).withCapture(close::set);
            broker.leaders = destination -> SAME_WAY;
            wire.done();
            ErrorCondition error = close.get().getError();
            assertThat(error.getCondition().toString()).isEqualTo("amqp:connection:redirect");
            assertThat(info(error)).isEqualTo(THERE);
        }
    }

    /** What a connection has that would be lost with it. */
    enum Held {
        TEMPORARY_QUEUE {
            @Override
            void begin(Wire wire) throws Exception {
                wire.frames.expectAttach().ofSender();
                AttachInjectAction attach = receiver(wire, null);
                attach.withSource().withDynamic(true);
                attach.now();
                wire.done();
            }

            @Override
            void end(Wire wire) {
                wire.frames.expectDetach().withHandle(0);
                wire.frames.remoteDetach().withHandle(0).withClosed(true).now();
            }
        },
        TOPIC_CONSUMER {
            @Override
            void begin(Wire wire) throws Exception {
                wire.frames.expectAttach().ofSender();
                receiver(wire, "topic://news").now();
                wire.done();
            }

            @Override
            void end(Wire wire) {
                wire.frames.expectDetach().withHandle(0);
                wire.frames.remoteDetach().withHandle(0).withClosed(true).now();
            }
        },
        TRANSACTION {
            @Override
            void begin(Wire wire) throws Exception {
                wire.frames.expectAttach().ofReceiver();
                wire.frames.expectFlow();
                AttachInjectAction attach = wire.frames
                        .remoteAttach()
                        .withName("tx")
                        .withHandle(0)
                        .ofSender()
                        .withInitialDeliveryCount(0);
                attach.withSource();
                attach.withCoordinator();
                attach.now();
                wire.done();
                wire.frames.expectDisposition().withFirst(0).withSettled(true);
                wire.frames
                        .remoteTransfer()
                        .withHandle(0)
                        .withDeliveryId(0)
                        .withDeliveryTag(new byte[1])
                        .withPayload(new byte[] {0, 0x53, 0x77, 0, 0x53, 0x31, 0x45})
                        .now();
                wire.done();
            }

            @Override
            void end(Wire wire) {
                wire.frames.expectDetach().withHandle(0);
                wire.frames.remoteDetach().withHandle(0).withClosed(true).now();
            }
        };

        abstract void begin(Wire wire) throws Exception;

        abstract void end(Wire wire);
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionStaysAsLongAsSomethingWouldBeLostWithIt(Held held) throws Exception {
        try (Wire holder = Wire.connect(broker);
                Wire other = Wire.connect(broker)) {
            taken(holder, open(holder, "orders"));
            held.begin(holder);
            taken(other, open(other, "orders"));
            other.frames.expectClose().withError(CoreMatchers.notNullValue());
            broker.leaders = destination -> SAME_WAY;
            other.done();

            held.end(holder);
            holder.frames.expectClose().withError(CoreMatchers.notNullValue());
            holder.done();
        }
    }
}
