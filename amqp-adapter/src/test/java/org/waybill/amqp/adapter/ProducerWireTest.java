package org.waybill.amqp.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.qpid.protonj2.test.driver.codec.primitives.Symbol;
import org.apache.qpid.protonj2.test.driver.codec.transport.ReceiverSettleMode;
import org.hamcrest.Matchers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Frames of a producing client. */
@Timeout(60)
final class ProducerWireTest {
    @TempDir
    Path directory;

    private FakeBroker broker;

    @BeforeEach
    void start() {
        broker = new FakeBroker(directory);
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private long ready(String queue) {
        return broker.onLoop(() -> (long) broker.core.queues.get(queue).ready.size());
    }

    @Test
    void answersASenderThatItSettlesFirstWhateverItAskedFor() throws Exception {
        try (Wire wire = Wire.begin(broker, "c")) {
            wire.frames
                    .expectAttach()
                    .ofReceiver()
                    .withRcvSettleMode(ReceiverSettleMode.FIRST)
                    .withOfferedCapabilities("DELAYED_DELIVERY")
                    .withProperty("waybill:durability", "majority-forced");
            wire.frames.expectFlow();
            wire.frames
                    .remoteAttach()
                    .withName("s")
                    .withHandle(0)
                    .ofSender()
                    .withInitialDeliveryCount(0)
                    .withReceivervSettlesSecond()
                    .withDesiredCapabilities("DELAYED_DELIVERY", "else")
                    .withSource()
                    .and()
                    .withTarget()
                    .withAddress("q")
                    .and()
                    .now();
            wire.done();
        }
    }

    @Test
    void settlesABatchAsOneRange() throws Exception {
        try (Wire wire = Wire.begin(broker, "c").sender("q")) {
            wire.frames
                    .expectDisposition()
                    .withFirst(0)
                    .withLast(9)
                    .withSettled(true)
                    .withState()
                    .accepted();
            ByteArrayOutputStream batch = new ByteArrayOutputStream();
            for (int i = 0; i < 10; i++) {
                batch.writeBytes(transferFrame((byte) i, Wire.message("m" + i)));
            }
            wire.frames.remoteBytes().withBytes(batch.toByteArray()).now();
            wire.done();
        }
    }

    /** A transfer on channel 0 and handle 0. */
    private static byte[] transferFrame(byte id, byte[] payload) {
        byte[] performative = {0, 0x53, 0x14, (byte) 0xC0, 7, 3, 0x43, 0x52, id, (byte) 0xA0, 1, id};
        ByteBuffer frame = ByteBuffer.allocate(8 + performative.length + payload.length);
        return frame.putInt(frame.capacity())
                .putInt(0x02000000)
                .put(performative)
                .put(payload)
                .array();
    }

    @Test
    void assemblesFramesOfOneByteAndKeepsTheFormat() throws Exception {
        try (Wire wire = Wire.begin(broker, "c").sender("q")) {
            byte[] message = Wire.message("slow");
            wire.frames
                    .expectDisposition()
                    .withFirst(0)
                    .withSettled(true)
                    .withState()
                    .accepted();
            for (int i = 0; i < message.length; i++) {
                wire.frames
                        .remoteTransfer()
                        .withHandle(0)
                        .withDeliveryId(0)
                        .withDeliveryTag(new byte[] {1})
                        .withMessageFormat(7)
                        .withMore(i + 1 < message.length)
                        .withPayload(new byte[] {message[i]})
                        .now();
            }
            wire.done();
            assertThat(broker.<byte[]>onLoop(() ->
                            broker.core.queues.get("q").ready.first().message.bytes()))
                    .isEqualTo(message);
            assertThat(broker.<Integer>onLoop(() ->
                            broker.core.queues.get("q").ready.first().message.format()))
                    .isEqualTo(7);
        }
    }

    @Test
    void dropsAnAbortedDelivery() throws Exception {
        try (Wire wire = Wire.begin(broker, "c").sender("q")) {
            wire.frames
                    .remoteTransfer()
                    .withHandle(0)
                    .withDeliveryId(0)
                    .withDeliveryTag(new byte[] {0})
                    .withMore(true)
                    .withPayload(Wire.message("half"))
                    .now();
            wire.frames
                    .remoteTransfer()
                    .withHandle(0)
                    .withDeliveryId(0)
                    .withAborted(true)
                    .now();
            wire.send(1, "whole");
            assertThat(ready("q")).isEqualTo(1);
        }
    }

    @Test
    void rejectsWhatIsNoMessage() throws Exception {
        try (Wire wire = Wire.begin(broker, "c").sender("q")) {
            wire.frames
                    .expectDisposition()
                    .withFirst(0)
                    .withSettled(true)
                    .withState()
                    .rejected("amqp:decode-error", Matchers.any(String.class));
            wire.frames
                    .remoteTransfer()
                    .withHandle(0)
                    .withDeliveryId(0)
                    .withDeliveryTag(new byte[] {0})
                    .withPayload(new byte[] {1, 2, 3})
                    .now();
            wire.done();
            wire.send(1, "good");
        }
    }

    @Test
    void detachesWhenASettledTransferIsNoMessage() throws Exception {
        try (Wire wire = Wire.begin(broker, "c").sender("q")) {
            wire.frames.expectDetach().withHandle(0).withClosed(true).withError("amqp:decode-error");
            wire.frames
                    .remoteTransfer()
                    .withHandle(0)
                    .withDeliveryId(0)
                    .withDeliveryTag(new byte[] {0})
                    .withSettled(true)
                    .withPayload(new byte[] {1, 2, 3})
                    .now();
            wire.done();
        }
    }

    @Test
    void enforcesTheMessageSizeItAdvertises() throws Exception {
        broker.close();
        broker = new FakeBroker(
                directory,
                amqp -> new org.waybill.config.AmqpSettings(
                        amqp.host(),
                        0,
                        null,
                        null,
                        0,
                        65_536,
                        2_000,
                        10,
                        10,
                        10,
                        10,
                        5_000,
                        10,
                        amqp.saslMechanisms()));
        try (Wire wire = Wire.begin(broker, "c")) {
            wire.frames.expectAttach().ofReceiver().withMaxMessageSize(2_000);
            wire.frames.expectFlow().withLinkCredit(10);
            wire.frames
                    .remoteAttach()
                    .withName("s")
                    .withHandle(0)
                    .ofSender()
                    .withInitialDeliveryCount(0)
                    .withSource()
                    .and()
                    .withTarget()
                    .withAddress("q")
                    .and()
                    .now();
            wire.done();
            wire.frames.expectDetach().withClosed(true).withError("amqp:link:message-size-exceeded");
            byte[] large = new byte[3_000];
            Arrays.fill(large, (byte) 'x');
            wire.frames
                    .remoteTransfer()
                    .withHandle(0)
                    .withDeliveryId(0)
                    .withDeliveryTag(new byte[] {0})
                    .withPayload(large)
                    .now();
            wire.done();
        }
    }

    @Test
    void takesCreditBackWhileBlockedAndSaysWhy() throws Exception {
        try (Wire wire = Wire.begin(broker, "c").sender("q")) {
            AtomicReference<Map<Symbol, Object>> said = new AtomicReference<>();
            wire.frames.expectFlow().withLinkCredit(0);
            wire.frames.expectFlow().withLinkCredit(0).withCapture(flow -> said.set(flow.getProperties()));
            broker.onLoop(() -> {
                broker.core.block("q", "the disk is full");
                return null;
            });
            wire.done();
            assertThat(said.get()).containsEntry(Symbol.valueOf("waybill:blocked-reason"), "the disk is full");
            wire.frames.expectFlow().withLinkCredit(1_000);
            broker.onLoop(() -> {
                broker.core.block("q", null);
                return null;
            });
            wire.done();
        }
    }

    @Test
    void takesCreditBackWhileThereIsNoRoomOnTheWayAndSaysNothingMore() throws Exception {
        try (Wire wire = Wire.begin(broker, "c").sender("q")) {
            wire.frames.expectFlow().withLinkCredit(0);
            broker.onLoop(() -> {
                broker.core.pause("q", true);
                return null;
            });
            wire.done();
            wire.frames.expectFlow().withLinkCredit(1_000);
            broker.onLoop(() -> {
                broker.core.pause("q", false);
                return null;
            });
            wire.done();
        }
    }

    @Test
    void aProducerThatIsBlockedAndPausedWaitsForTheEndOfBoth() throws Exception {
        try (Wire wire = Wire.begin(broker, "c").sender("q")) {
            wire.frames.expectFlow().withLinkCredit(0);
            wire.frames.expectFlow().withLinkCredit(0);
            wire.frames.expectFlow().withLinkCredit(0);
            broker.onLoop(() -> {
                broker.core.block("q", "the disk is full");
                broker.core.pause("q", true);
                broker.core.block("q", null);
                return null;
            });
            wire.done();
            wire.frames.expectFlow().withLinkCredit(1_000);
            broker.onLoop(() -> {
                broker.core.pause("q", false);
                return null;
            });
            wire.done();
        }
    }

    @Test
    void routesAnonymousMessagesByTheirOwnAddress() throws Exception {
        try (Wire wire = Wire.begin(broker, "c")) {
            wire.frames.expectAttach().ofReceiver();
            wire.frames.expectFlow();
            wire.frames
                    .remoteAttach()
                    .withName("relay")
                    .withHandle(0)
                    .ofSender()
                    .withInitialDeliveryCount(0)
                    .withSource()
                    .and()
                    .withTarget()
                    .and()
                    .now();
            wire.done();
            wire.frames.expectDisposition().withFirst(0).withState().accepted();
            wire.frames
                    .remoteTransfer()
                    .withHandle(0)
                    .withDeliveryId(0)
                    .withDeliveryTag(new byte[] {0})
                    .withProperties()
                    .withTo("elsewhere")
                    .and()
                    .withBody()
                    .withValue("x")
                    .and()
                    .now();
            wire.done();
            assertThat(ready("elsewhere")).isEqualTo(1);
            wire.frames
                    .expectDisposition()
                    .withFirst(1)
                    .withState()
                    .rejected("amqp:not-found", "no such node: missing");
            wire.frames
                    .remoteTransfer()
                    .withHandle(0)
                    .withDeliveryId(1)
                    .withDeliveryTag(new byte[] {1})
                    .withProperties()
                    .withTo("missing")
                    .and()
                    .withBody()
                    .withValue("x")
                    .and()
                    .now();
            wire.done();
        }
    }

    @Test
    void takesAStolenLinkAwayFromItsFormerConnection() throws Exception {
        try (Wire first = Wire.begin(broker, "same").sender("q")) {
            first.frames.expectDetach().withClosed(true).withError("amqp:link:stolen");
            try (Wire second = Wire.begin(broker, "same").sender("q")) {
                first.done();
                second.send(0, "mine");
            }
        }
    }
}
