package org.waybill.amqp.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.apache.qpid.protonj2.test.driver.codec.messaging.Accepted;
import org.apache.qpid.protonj2.test.driver.codec.messaging.Modified;
import org.apache.qpid.protonj2.test.driver.codec.messaging.Received;
import org.apache.qpid.protonj2.test.driver.codec.messaging.Released;
import org.apache.qpid.protonj2.test.driver.codec.primitives.Symbol;
import org.apache.qpid.protonj2.test.driver.codec.primitives.UnknownDescribedType;
import org.apache.qpid.protonj2.test.driver.codec.primitives.UnsignedInteger;
import org.apache.qpid.protonj2.test.driver.codec.primitives.UnsignedLong;
import org.apache.qpid.protonj2.test.driver.codec.transport.DeliveryState;
import org.apache.qpid.protonj2.test.driver.codec.transport.Role;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.waybill.config.AmqpSettings;
import org.waybill.message.Outcome;

/** Frames of a consuming client. */
@Timeout(60)
final class ConsumerWireTest {
    @TempDir
    Path directory;

    private FakeBroker broker;

    @BeforeEach
    void start() throws Exception {
        broker = new FakeBroker(directory);
        try (Wire wire = Wire.begin(broker, "filler").sender("q")) {
            wire.send(0, "m0", "m1", "m2", "m3");
        }
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private void flow(Wire wire, int deliveryCount, int credit, boolean drain) {
        wire.frames
                .remoteFlow()
                .withNextIncomingId(0)
                .withIncomingWindow(1_000)
                .withNextOutgoingId(0)
                .withOutgoingWindow(1_000)
                .withHandle(0)
                .withDeliveryCount(deliveryCount)
                .withLinkCredit(credit)
                .withDrain(drain)
                .now();
    }

    private void settle(Wire wire, int id, boolean settled, DeliveryState state) {
        wire.frames
                .remoteDisposition()
                .withRole(Role.RECEIVER)
                .withFirst(id)
                .withSettled(settled)
                .withState(state)
                .now();
    }

    private long ready() {
        return broker.onLoop(() -> (long) broker.core.queues.get("q").ready.size());
    }

    private long held() {
        return broker.onLoop(() -> (long) broker.core.queues.get("q").held);
    }

    @Test
    void neverSendsMoreThanTheCredit() throws Exception {
        try (Wire wire = Wire.begin(broker, "c").receiver("r", 0, "q")) {
            wire.frames.expectTransfer().withDeliveryId(0).withPayload(Wire.message("m0"));
            wire.frames.expectTransfer().withDeliveryId(1).withPayload(Wire.message("m1"));
            flow(wire, 0, 2, false);
            wire.done();
            assertThat(ready()).isEqualTo(2);
            wire.frames.expectTransfer().withDeliveryId(2).withPayload(Wire.message("m2"));
            flow(wire, 2, 1, false);
            wire.done();
        }
    }

    @Test
    void answersEachDrain() throws Exception {
        try (Wire wire = Wire.begin(broker, "c").receiver("r", 0, "q")) {
            for (int i = 0; i < 4; i++) {
                wire.frames.expectTransfer().withDeliveryId(i);
            }
            wire.frames.expectFlow().withLinkCredit(0).withDeliveryCount(10).withDrain(true);
            flow(wire, 0, 10, true);
            wire.done();
            wire.frames.expectFlow().withLinkCredit(0).withDeliveryCount(15).withDrain(true);
            flow(wire, 10, 5, true);
            wire.done();
            wire.frames.expectFlow().withLinkCredit(0).withDeliveryCount(15).withDrain(true);
            flow(wire, 15, 0, true);
            wire.done();
        }
    }

    @Test
    void keepsWhatIsTakenBackInOrderAndCountsOnlyFailures() throws Exception {
        try (Wire wire = Wire.begin(broker, "c").receiver("r", 0, "q")) {
            wire.frames.expectTransfer().withDeliveryId(0).withPayload(Wire.message("m0"));
            flow(wire, 0, 1, false);
            wire.done();
            settle(wire, 0, true, new Released());
            wire.frames.expectTransfer().withDeliveryId(1).withPayload(Wire.message("m0"));
            flow(wire, 1, 1, false);
            wire.done();
            settle(wire, 1, true, new Modified().setDeliveryFailed(true));
            byte[] headOfFailed = {0, 0x53, 0x70, (byte) 0xC0, 11, 5, 0x42, 0x50, 4, 0x40, 0x42, 0x70, 0, 0, 0, 1};
            ByteBuffer counted = ByteBuffer.allocate(headOfFailed.length + Wire.message("m0").length);
            wire.frames
                    .expectTransfer()
                    .withDeliveryId(2)
                    .withPayload(
                            counted.put(headOfFailed).put(Wire.message("m0")).array());
            flow(wire, 2, 1, false);
            wire.done();
        }
    }

    @Test
    void mergesTheAnnotationsOfModified() throws Exception {
        try (Wire wire = Wire.begin(broker, "c").receiver("r", 0, "q")) {
            wire.frames.expectTransfer().withDeliveryId(0);
            flow(wire, 0, 1, false);
            wire.done();
            settle(wire, 0, true, new Modified().setMessageAnnotations(Map.of(Symbol.valueOf("x-why"), "later")));
            wire.frames
                    .expectTransfer()
                    .withDeliveryId(1)
                    .withMessage()
                    .withHeader()
                    .also()
                    .withMessageAnnotations()
                    .withAnnotation("x-why", "later")
                    .also()
                    .withValue("m0");
            flow(wire, 1, 1, false);
            wire.done();
        }
    }

    @Test
    void takesAcceptedAfterAnUnsettledReceived() throws Exception {
        try (Wire wire = Wire.begin(broker, "c").receiver("r", 0, "q")) {
            wire.frames.expectTransfer().withDeliveryId(0);
            flow(wire, 0, 1, false);
            wire.done();
            settle(
                    wire,
                    0,
                    false,
                    new Received()
                            .setSectionNumber(UnsignedInteger.valueOf(0))
                            .setSectionOffset(UnsignedLong.valueOf(0)));
            wire.frames
                    .expectDisposition()
                    .withRole(Role.SENDER)
                    .withFirst(0)
                    .withSettled(true)
                    .withState()
                    .accepted();
            settle(wire, 0, false, Accepted.getInstance());
            wire.done();
            assertThat(held()).isZero();
            assertThat(ready()).isEqualTo(3);
        }
    }

    @Test
    void appliesTheDefaultOutcomeWhereNoneIsStated() throws Exception {
        try (Wire wire = Wire.begin(broker, "c")) {
            wire.frames.expectAttach().ofSender();
            wire.frames
                    .remoteAttach()
                    .withName("r")
                    .withHandle(0)
                    .ofReceiver()
                    .withSource()
                    .withAddress("q")
                    .withDefaultOutcome(Accepted.getInstance())
                    .and()
                    .withTarget()
                    .and()
                    .now();
            wire.done();
            wire.frames.expectTransfer().withDeliveryId(0);
            flow(wire, 0, 1, false);
            wire.done();
            settle(wire, 0, true, null);
            wire.frames.expectTransfer().withDeliveryId(1).withPayload(Wire.message("m1"));
            flow(wire, 1, 1, false);
            wire.done();
            assertThat(held()).isEqualTo(1);
        }
    }

    @Test
    void givesWhatALostClientHeldItsDefaultOutcome() throws Exception {
        try (Wire wire = Wire.begin(broker, "c")) {
            wire.frames.expectAttach().ofSender();
            wire.frames
                    .remoteAttach()
                    .withName("r")
                    .withHandle(0)
                    .ofReceiver()
                    .withSource()
                    .withAddress("q")
                    .withDefaultOutcome(new Modified().setDeliveryFailed(true))
                    .and()
                    .withTarget()
                    .and()
                    .now();
            wire.done();
            wire.frames.expectTransfer().withDeliveryId(0);
            flow(wire, 0, 1, false);
            wire.done();
        }
        try (Wire wire = Wire.begin(broker, "c2").receiver("r", 0, "q")) {
            wire.frames
                    .expectTransfer()
                    .withMessage()
                    .withHeader()
                    .withDeliveryCount(1)
                    .also()
                    .withValue("m0");
            flow(wire, 0, 1, false);
            wire.done();
        }
    }

    @Test
    void handsOnRejectionsWithTheirError() throws Exception {
        try (Wire wire = Wire.begin(broker, "c").receiver("r", 0, "q")) {
            wire.frames.expectTransfer().withDeliveryId(0);
            flow(wire, 0, 1, false);
            wire.done();
            wire.frames
                    .remoteDisposition()
                    .withRole(Role.RECEIVER)
                    .withFirst(0)
                    .withSettled(true)
                    .withState()
                    .rejected("my:error", "no good")
                    .now();
            wire.frames.expectDetach().withClosed(true);
            wire.frames.remoteDetach().withHandle(0).withClosed(true).now();
            wire.done();
            assertThat(broker.<Outcome>onLoop(
                            () -> broker.core.queues.get("q").rejected.get(0)))
                    .isEqualTo(new Outcome.Rejected("my:error", "no good"));
        }
    }

    @Test
    void sendsSettledWhereAsked() throws Exception {
        try (Wire wire = Wire.begin(broker, "c")) {
            wire.frames.expectAttach().ofSender().withSenderSettleModeSettled();
            wire.frames
                    .remoteAttach()
                    .withName("r")
                    .withHandle(0)
                    .ofReceiver()
                    .withSenderSettleModeSettled()
                    .withSource()
                    .withAddress("q")
                    .and()
                    .withTarget()
                    .and()
                    .now();
            wire.done();
            wire.frames.expectTransfer().withDeliveryId(0).withSettled(true);
            flow(wire, 0, 1, false);
            wire.done();
            assertThat(held()).isZero();
        }
    }

    @Test
    void refusesABadSelectorAndLeavesUnknownFiltersOut() throws Exception {
        try (Wire wire = Wire.begin(broker, "c")) {
            wire.frames.expectAttach().ofSender().withNullSource();
            wire.frames.expectDetach().withClosed(true).withError("amqp:invalid-field");
            wire.frames
                    .remoteAttach()
                    .withName("bad")
                    .withHandle(0)
                    .ofReceiver()
                    .withSource()
                    .withAddress("q")
                    .withFilter(Map.of(Symbol.valueOf("jms-selector"), selector("a = = 1")))
                    .and()
                    .withTarget()
                    .and()
                    .now();
            wire.done();
            wire.frames
                    .expectAttach()
                    .ofSender()
                    .withPredicate(answer -> answer.getSource().getFilter().size() == 1);
            wire.frames
                    .remoteAttach()
                    .withName("good")
                    .withHandle(1)
                    .ofReceiver()
                    .withSource()
                    .withAddress("q")
                    .withFilter(Map.of(
                            Symbol.valueOf("jms-selector"),
                            selector("a = 1"),
                            Symbol.valueOf("other"),
                            new UnknownDescribedType(Symbol.valueOf("org.example:other"), "x")))
                    .and()
                    .withTarget()
                    .and()
                    .now();
            wire.done();
        }
    }

    private static Object selector(String text) {
        return new UnknownDescribedType(UnsignedLong.valueOf(0x0000468C00000004L), text);
    }

    @Test
    void makesATemporaryQueueForADynamicSourceAndDeletesItWithTheLink() throws Exception {
        try (Wire wire = Wire.begin(broker, "c")) {
            wire.frames
                    .expectAttach()
                    .ofSender()
                    .withPredicate(answer -> answer.getSource().getAddress().startsWith("temporary-")
                            && Boolean.TRUE.equals(answer.getSource().getDynamic()));
            wire.frames
                    .remoteAttach()
                    .withName("r")
                    .withHandle(0)
                    .ofReceiver()
                    .withSource()
                    .withDynamic(true)
                    .and()
                    .withTarget()
                    .and()
                    .now();
            wire.done();
            wire.frames.expectDetach().withClosed(true);
            wire.frames.remoteDetach().withHandle(0).withClosed(true).now();
            wire.done();
            assertThat(broker.<java.util.Set<String>>onLoop(() -> broker.core.queues.keySet()))
                    .containsExactly("q");
        }
    }

    @Test
    void refusesOneLinkTooMany() throws Exception {
        broker.close();
        broker = new FakeBroker(
                directory,
                amqp -> new AmqpSettings(
                        amqp.host(), 0, null, null, 0, 65_536, 2_000, 10, 10, 2, 10, 5_000, 10, amqp.saslMechanisms()));
        try (Wire wire = Wire.begin(broker, "c").receiver("r0", 0, "q").receiver("r1", 1, "q")) {
            wire.frames.expectAttach().ofSender().withNullSource();
            wire.frames
                    .expectDetach()
                    .withHandle(2)
                    .withClosed(true)
                    .withError("amqp:resource-limit-exceeded")
                    .respond();
            wire.frames
                    .remoteAttach()
                    .withName("r2")
                    .withHandle(2)
                    .ofReceiver()
                    .withSource()
                    .withAddress("q")
                    .and()
                    .withTarget()
                    .and()
                    .now();
            wire.done();
            wire.frames.expectDetach().withHandle(1).withClosed(true);
            wire.frames.remoteDetach().withHandle(1).withClosed(true).now();
            wire.done();
            wire.receiver("r3", 1, "q");
        }
    }

    @Test
    void closesConsumersOfADeletedQueue() throws Exception {
        try (Wire wire = Wire.begin(broker, "c").receiver("r", 0, "q")) {
            wire.frames.expectDetach().withClosed(true).withError("amqp:resource-deleted");
            broker.onLoop(() -> {
                broker.core.delete("q");
                return null;
            });
            wire.done();
        }
    }

    @Test
    void tellsThatThereIsNoStoredSource() throws Exception {
        try (Wire wire = Wire.begin(broker, "c")) {
            wire.frames.expectAttach().ofSender().withNullSource();
            wire.frames.expectDetach().withClosed(true).withError("amqp:not-found");
            wire.frames
                    .remoteAttach()
                    .withName("subscription")
                    .withHandle(0)
                    .ofReceiver()
                    .withNullSource()
                    .withTarget()
                    .and()
                    .now();
            wire.done();
        }
    }
}
