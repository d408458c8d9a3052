package org.waybill.systemtests.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.waybill.systemtests.wire.WireLinks.attach;
import static org.waybill.systemtests.wire.WireLinks.begin;
import static org.waybill.systemtests.wire.WireLinks.credit;
import static org.waybill.systemtests.wire.WireLinks.disposition;
import static org.waybill.systemtests.wire.WireLinks.receiver;
import static org.waybill.systemtests.wire.WireLinks.sender;
import static org.waybill.systemtests.wire.WireLinks.transfer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Received;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.security.SaslInit;
import org.apache.qpid.proton.amqp.security.SaslMechanisms;
import org.apache.qpid.proton.amqp.security.SaslOutcome;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.apache.qpid.proton.message.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.waybill.systemtests.RunningBroker;

/** What only shows in single frames: bytes kept, frames split and joined, settlement in both orders, links stolen, time-outs. */
final class WireIT {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    private final String queue = "wire." + UUID.randomUUID();

    @Test
    void keepsEveryByteOfTheBareMessage() {
        for (String bare : List.of(
                // properties as list32 with a ulong id in its longest form, then an int32 where a smallint would do
                "005373" + "d0 0000000d 00000001 80 0000000000000007" + "005377" + "71 00000005",
                // described by the symbol instead of the code
                "00 a31f" + hex("amqp:application-properties:map") + "c1 01 00" + "005375" + "a0 00",
                // several data sections, one of them empty
                "005375" + "a0 02 0102" + "005375" + "b0 00000000" + "005375" + "a0 01 03",
                // several sequences
                "005376" + "c0 05 02 5401 5402" + "005376" + "45" + "005376" + "45",
                // a footer
                "005377" + "a1 01 61" + "005378" + "c1 0c 02 a307" + hex("x-opt-a") + "5401")) {
            carriesUnchanged(HexFormat.of().parseHex(bare.replace(" ", "")));
        }
    }

    private void carriesUnchanged(byte[] bare) {
        try (Wire wire = Wire.open(BROKER.port(), "bytes-" + UUID.randomUUID())) {
            begin(wire, 0);
            attach(wire, 0, sender("to", 0, queue));
            Transfer sent = transfer(0, 0, false);
            sent.setMessageFormat(UnsignedInteger.valueOf(7));
            wire.write(0, sent, bare);
            assertThat(wire.await(Disposition.class).getState()).isInstanceOf(Accepted.class);
            attach(wire, 0, receiver("from", 1, queue));
            wire.write(0, credit(wire, 0, 1, 0, 1));
            Frame got = wire.awaitFrame(Transfer.class);
            assertThat(((Transfer) got.body()).getMessageFormat()).isEqualTo(UnsignedInteger.valueOf(7));
            assertThat(HexFormat.of().formatHex(got.payload()))
                    .endsWith(HexFormat.of().formatHex(bare));
            wire.write(0, disposition(id(got), true, Accepted.getInstance()));
        }
    }

    @Test
    void joinsFramesAndSplitsThemToThePeersSize() {
        byte[] message = message(300_000);
        Open small = new Open();
        small.setContainerId("small-frames");
        small.setMaxFrameSize(UnsignedInteger.valueOf(512));
        try (Wire wire = Wire.open(BROKER.port(), small)) {
            begin(wire, 0);
            attach(wire, 0, sender("to", 0, queue));
            int at = 0;
            while (at < message.length) {
                int size = Math.min(10_000, message.length - at);
                Transfer part = transfer(0, 0, false);
                if (at > 0) {
                    part.setDeliveryId(null);
                    part.setDeliveryTag(null);
                    part.setMessageFormat(null);
                }
                part.setMore(at + size < message.length);
                wire.write(0, part, Arrays.copyOfRange(message, at, at + size));
                at += size;
            }
            assertThat(wire.await(Disposition.class).getState()).isInstanceOf(Accepted.class);
            attach(wire, 0, receiver("from", 1, queue));
            wire.write(0, credit(wire, 0, 1, 0, 1));
            ByteArrayOutputStream got = new ByteArrayOutputStream();
            boolean more = true;
            while (more) {
                Frame frame = wire.awaitFrame(Transfer.class);
                assertThat(frame.payload().length).isLessThan(512);
                got.writeBytes(frame.payload());
                more = ((Transfer) frame.body()).getMore();
            }
            assertThat(got.toByteArray()).endsWith(message);
        }
    }

    @Test
    void forgetsAnAbortedDelivery() {
        try (Wire wire = Wire.open(BROKER.port(), "aborting")) {
            begin(wire, 0);
            attach(wire, 0, sender("to", 0, queue));
            Transfer part = transfer(0, 0, false);
            part.setMore(true);
            wire.write(0, part, message(1_000));
            Transfer abort = transfer(0, 0, false);
            abort.setAborted(true);
            wire.write(0, abort);
            wire.write(0, transfer(0, 1, false), message(10));
            Disposition settled = wire.await(Disposition.class);
            while (settled.getFirst().longValue() == 0 && settled.getLast() == null) {
                settled = wire.await(Disposition.class);
            }
            attach(wire, 0, receiver("from", 1, queue));
            wire.write(0, credit(wire, 0, 1, 0, 2));
            assertThat(wire.awaitFrame(Transfer.class).payload()).endsWith(message(10));
            wire.write(0, withDrain(credit(wire, 0, 1, 1, 1)));
            assertThat(wire.await(Flow.class).getLinkCredit()).isEqualTo(UnsignedInteger.ZERO);
        }
    }

    @Test
    void answersADispositionThatLeavesSettlingToTheBroker() {
        for (ReceiverSettleMode mode : ReceiverSettleMode.values()) {
            try (Wire wire = Wire.open(BROKER.port(), "settling-" + mode)) {
                begin(wire, 0);
                attach(wire, 0, sender("to", 0, queue));
                wire.write(0, transfer(0, 0, true), message(10));
                Attach attach = receiver("from", 1, queue);
                attach.setRcvSettleMode(mode);
                attach(wire, 0, attach);
                wire.write(0, credit(wire, 0, 1, 0, 1));
                Frame got = wire.awaitFrame(Transfer.class);
                Received received = new Received();
                received.setSectionNumber(UnsignedInteger.ZERO);
                received.setSectionOffset(UnsignedLong.ZERO);
                wire.write(0, disposition(id(got), false, received));
                wire.write(0, disposition(id(got), false, Accepted.getInstance()));
                Disposition answer = wire.await(Disposition.class);
                assertThat(answer.getSettled()).as("mode %s", mode).isTrue();
                assertThat(answer.getFirst().longValue()).isEqualTo(id(got));
                wire.write(0, disposition(id(got), true, Accepted.getInstance()));
            }
        }
    }

    @Test
    void letsALinkBeStolenAcrossConnections() {
        try (Wire first = Wire.open(BROKER.port(), "same-container");
                Wire second = Wire.open(BROKER.port(), "same-container")) {
            begin(first, 0);
            begin(second, 0);
            attach(first, 0, receiver("same-link", 0, queue));
            attach(second, 0, receiver("same-link", 0, queue));
            Detach detach = first.await(Detach.class);
            assertThat(detach.getError().getCondition().toString()).isEqualTo("amqp:link:stolen");
        }
    }

    @Test
    void givesWhatALostClientHeldItsDefaultOutcome() {
        try (Wire sending = Wire.open(BROKER.port(), "sending")) {
            begin(sending, 0);
            attach(sending, 0, sender("to", 0, queue));
            sending.write(0, transfer(0, 0, false), message(10));
            sending.await(Disposition.class);
        }
        for (int failures = 0; failures < 4; failures++) {
            try (Wire lost = Wire.open(BROKER.port(), "lost-" + failures)) {
                begin(lost, 0);
                Attach attach = receiver("from", 0, queue);
                Modified failed = new Modified();
                failed.setDeliveryFailed(true);
                ((Source) attach.getSource()).setDefaultOutcome(failed);
                attach(lost, 0, attach);
                lost.write(0, credit(lost, 0, 0, 0, 1));
                byte[] payload = lost.awaitFrame(Transfer.class).payload();
                Message message = Message.Factory.create();
                message.decode(payload, 0, payload.length);
                assertThat(message.getDeliveryCount()).isEqualTo(failures);
                if (failures % 2 == 1) {
                    lost.reset();
                }
            }
        }
    }

    @Test
    void keepsSessionsApart() {
        try (Wire wire = Wire.open(BROKER.port(), "sessions")) {
            for (int channel = 0; channel < 10; channel++) {
                begin(wire, channel);
                attach(wire, channel, sender("to-" + channel, 0, queue));
            }
            wire.write(3, new End());
            wire.await(End.class);
            wire.write(4, transfer(0, 0, false), message(10));
            assertThat(wire.await(Disposition.class).getState()).isInstanceOf(Accepted.class);
        }
    }

    @Test
    void answersAnEcho() {
        try (Wire wire = Wire.open(BROKER.port(), "echo")) {
            begin(wire, 0);
            Flow onSession = credit(wire, 0, 0, 0, 0);
            onSession.setHandle(null);
            onSession.setDeliveryCount(null);
            onSession.setLinkCredit(null);
            onSession.setEcho(true);
            wire.write(0, onSession);
            assertThat(wire.await(Flow.class).getHandle()).isNull();
            attach(wire, 0, receiver("from", 0, queue));
            Flow onLink = credit(wire, 0, 0, 0, 5);
            onLink.setEcho(true);
            wire.write(0, onLink);
            assertThat(wire.await(Flow.class).getLinkCredit()).isEqualTo(UnsignedInteger.valueOf(5));
        }
    }

    @Test
    void refusesALinkWithAnEmptyTerminusAndAReason() {
        try (Wire wire = Wire.open(BROKER.port(), "refused")) {
            begin(wire, 0);
            Attach attach = receiver("from", 0, null);
            wire.write(0, attach);
            assertThat(wire.await(Attach.class).getSource()).isNull();
            Detach detach = wire.await(Detach.class);
            assertThat(detach.getClosed()).isTrue();
            assertThat(detach.getError()).isNotNull();
        }
    }

    @Test
    void takesAllPerformativesInOneWrite() {
        try (Wire wire = Wire.connect(BROKER.port())) {
            SaslInit init = new SaslInit();
            init.setMechanism(Symbol.valueOf("ANONYMOUS"));
            Open open = new Open();
            open.setContainerId("pipelining");
            Begin begin = new Begin();
            begin.setNextOutgoingId(UnsignedInteger.ZERO);
            begin.setIncomingWindow(UnsignedInteger.valueOf(100));
            begin.setOutgoingWindow(UnsignedInteger.valueOf(100));
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.writeBytes(Wire.saslHeader());
            bytes.writeBytes(wire.encodeSasl(init));
            bytes.writeBytes(Wire.amqpHeader());
            for (Object performative : List.of(open, begin, sender("to", 0, queue))) {
                bytes.writeBytes(wire.encode(0, performative, new byte[0]));
            }
            wire.writeBytes(bytes.toByteArray());
            wire.expectBytes(Wire.saslHeader());
            wire.expect(SaslMechanisms.class);
            wire.expect(SaslOutcome.class);
            wire.expectBytes(Wire.amqpHeader());
            wire.expect(Open.class);
            wire.expect(Begin.class);
            wire.expect(Attach.class);
            wire.write(0, new Close());
            wire.await(Close.class);
            wire.awaitEnd();
        }
    }

    @Test
    void sendsHeartbeatsWithinThePeersTimeOut() {
        Open open = new Open();
        open.setContainerId("idle");
        open.setIdleTimeOut(UnsignedInteger.valueOf(1_000));
        try (Wire wire = Wire.open(BROKER.port(), open)) {
            for (int beat = 0; beat < 3; beat++) {
                assertThat(wire.comesWithin(Duration.ofSeconds(1)))
                        .as("a heartbeat")
                        .isTrue();
            }
        }
    }

    private static Flow withDrain(Flow flow) {
        flow.setDrain(true);
        return flow;
    }

    private static long id(Frame transfer) {
        return ((Transfer) transfer.body()).getDeliveryId().longValue();
    }

    /** A message of one data section. */
    private static byte[] message(int size) {
        byte[] content = new byte[size + 8];
        byte[] head = HexFormat.of().parseHex("005375b0" + String.format("%08x", size));
        System.arraycopy(head, 0, content, 0, head.length);
        for (int i = head.length; i < content.length; i++) {
            content[i] = (byte) (i * 31);
        }
        return content;
    }

    private static String hex(String ascii) {
        return HexFormat.of().formatHex(ascii.getBytes(StandardCharsets.US_ASCII));
    }
}
