package org.waybill.amqp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.junit.jupiter.api.Test;

/** What is written by hand proton-j reads, and what proton-j writes is read by hand, field by field. */
class HotCodecTest {
    private final Codec codec = new Codec();

    @Test
    void readsByHandWhatProtonWrites() {
        Random random = new Random(7);
        for (int i = 0; i < 5000; i++) {
            Object performative = performative(random);
            byte[] encoded = encoded(performative);
            ByteBuffer frame = ByteBuffer.wrap(encoded);
            assertThat(codec.hot.read(encoded[2], frame, 3, encoded.length))
                    .as("%s", performative)
                    .isTrue();
            String byHand = fields(encoded[2]);
            codec.hot.from(codec.decode(frame, 0, encoded.length), encoded.length);
            assertThat(byHand).as("%s", performative).isEqualTo(fields(encoded[2]));
        }
    }

    @Test
    void leavesUnusualEncodingsToTheGeneralPath() {
        byte[] boxed = {0, 0x53, 0x15, (byte) 0xC0, 5, 2, 0x41, 0x60, 0, 9};
        assertThat(codec.hot.read(0x15, ByteBuffer.wrap(boxed), 3, boxed.length))
                .isFalse();
        byte[] cut = {0, 0x53, 0x14, (byte) 0xC0, 50, 2, 0x43};
        assertThat(codec.hot.read(0x14, ByteBuffer.wrap(cut), 3, cut.length)).isFalse();
        byte[] huge = {0, 0x53, 0x13, (byte) 0xD0, 0x7F, -1, -1, -1, 0x7F, -1, -1, -1};
        assertThat(codec.hot.read(0x13, ByteBuffer.wrap(huge), 3, huge.length)).isFalse();
    }

    @Test
    void protonReadsWhatIsWrittenByHand() {
        ByteArrayOutput out = new ByteArrayOutput(64);
        String reason = "because ".repeat(200);
        for (DeliveryState state : new DeliveryState[] {
            null, Accepted.getInstance(), Released.getInstance(), rejected("no"), rejected(reason)
        }) {
            for (int id : new int[] {0, 1, 255, 256, -1}) {
                out.clear();
                codec.out.begin(0x15);
                codec.out.flag(true);
                codec.out.number(id);
                codec.out.number(id);
                codec.out.flag(false);
                codec.out.state(state);
                codec.out.finish(out, 9, 0);
                ByteBuffer frame = out.view();
                assertThat(frame.getInt(0)).isEqualTo(out.size());
                assertThat(frame.getShort(6)).isEqualTo((short) 9);
                Disposition read = (Disposition) codec.decode(frame, 8, out.size());
                assertThat(read.getFirst().intValue()).isEqualTo(id);
                assertThat(read.getRole()).isEqualTo(Role.RECEIVER);
                assertThat(String.valueOf(read.getState())).isEqualTo(String.valueOf(state));
            }
        }
    }

    private static Rejected rejected(String description) {
        Rejected rejected = new Rejected();
        rejected.setError(new ErrorCondition(Symbol.valueOf("amqp:x"), description));
        return rejected;
    }

    private byte[] encoded(Object performative) {
        int end = codec.encode(performative, 0);
        return Arrays.copyOf(codec.scratch(), end);
    }

    private String fields(int code) {
        HotDecoder hot = codec.hot;
        return switch (code) {
            case HotDecoder.TRANSFER -> hot.handle + " " + hot.deliveryId + " " + hot.tagLength + " "
                    + hot.messageFormat
                    + " " + hot.settled + " " + hot.more + " " + hot.aborted + " " + hot.resume + " "
                    + hot.rcvSettleMode + " " + hot.state + " " + hot.payloadAt;
            case HotDecoder.DISPOSITION -> hot.receiver + " " + hot.first + " " + hot.last + " " + hot.settled + " "
                    + hot.state;
            default -> hot.nextIncomingId + " " + hot.incomingWindow + " " + hot.nextOutgoingId + " "
                    + hot.outgoingWindow + " " + hot.handle + " " + hot.deliveryCount + " " + hot.linkCredit + " "
                    + hot.available + " " + hot.drain + " " + hot.echo + " " + hot.properties;
        };
    }

    private static Object performative(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> {
                Transfer transfer = new Transfer();
                transfer.setHandle(number(random));
                transfer.setDeliveryId(maybe(random));
                transfer.setDeliveryTag(random.nextBoolean() ? null : new Binary(new byte[random.nextInt(33)]));
                transfer.setMessageFormat(maybe(random));
                transfer.setSettled(random.nextInt(3) == 0 ? null : random.nextBoolean());
                transfer.setMore(random.nextBoolean());
                transfer.setRcvSettleMode(random.nextBoolean() ? null : ReceiverSettleMode.SECOND);
                transfer.setState(state(random));
                transfer.setAborted(random.nextBoolean());
                transfer.setBatchable(random.nextBoolean());
                yield transfer;
            }
            case 1 -> {
                Disposition disposition = new Disposition();
                disposition.setRole(random.nextBoolean() ? Role.SENDER : Role.RECEIVER);
                disposition.setFirst(number(random));
                disposition.setLast(maybe(random));
                disposition.setSettled(random.nextBoolean());
                disposition.setState(state(random));
                disposition.setBatchable(random.nextBoolean());
                yield disposition;
            }
            default -> {
                Flow flow = new Flow();
                flow.setNextIncomingId(maybe(random));
                flow.setIncomingWindow(number(random));
                flow.setNextOutgoingId(number(random));
                flow.setOutgoingWindow(number(random));
                flow.setHandle(maybe(random));
                flow.setDeliveryCount(maybe(random));
                flow.setLinkCredit(maybe(random));
                flow.setAvailable(maybe(random));
                flow.setDrain(random.nextBoolean());
                flow.setEcho(random.nextBoolean());
                yield flow;
            }
        };
    }

    private static DeliveryState state(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> Accepted.getInstance();
            case 1 -> Released.getInstance();
            case 2 -> rejected("x");
            default -> null;
        };
    }

    private static UnsignedInteger number(Random random) {
        return UnsignedInteger.valueOf(random.nextInt() >>> random.nextInt(32));
    }

    private static UnsignedInteger maybe(Random random) {
        return random.nextInt(3) == 0 ? null : number(random);
    }
}
