package org.waybill.cluster.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Frames are what docs/cluster-wire.md says, in the order that is promised, and nothing else is accepted. */
final class FramesTest {
    private static final int PIECE = Frames.PIECE_BYTES;

    private final SendQueue queue = new SendQueue();
    private final ByteBuf wire = Unpooled.buffer();
    private final List<String> heard = new ArrayList<>();

    private void send(int channel, String text, boolean urgent) {
        byte[] bytes = ("--" + text + "-").getBytes(StandardCharsets.UTF_8);
        queue.add(channel, bytes, 2, bytes.length - 3, precedence(urgent));
    }

    private static Precedence precedence(boolean urgent) {
        return urgent ? Precedence.URGENT : Precedence.USUAL;
    }

    private void sendLong(int channel, int pieces, boolean urgent) {
        byte[] bytes = new byte[pieces * PIECE];
        bytes[bytes.length - 1] = 1;
        queue.add(channel, bytes, 0, bytes.length, precedence(urgent));
    }

    /** The frames that were written, as channel and what they are, and forgets them. */
    private List<String> frames() {
        List<String> frames = new ArrayList<>();
        while (wire.isReadable()) {
            int word = wire.readIntLE();
            int length = word & 0xFFFFFF;
            String kind = ((word & Frames.FIRST) != 0 ? "first " : "")
                    + ((word & Frames.MORE) != 0 ? "more " : "")
                    + ((word & Frames.URGENT) != 0 ? "urgent " : "");
            int channel = wire.readIntLE();
            if ((word & Frames.FIRST) != 0) {
                kind += "of " + wire.readIntLE() + " ";
            }
            frames.add(channel + ": " + kind + length);
            wire.skipBytes(length);
        }
        return frames;
    }

    private void take(Frames frames, ByteBuf bytes) {
        frames.take(
                bytes,
                (channel, payload) -> heard.add(channel + " "
                        + (payload.remaining() < 100 ? StandardCharsets.UTF_8.decode(payload) : payload.remaining())));
    }

    private static Frames reader() {
        return new Frames(1 << 20, 2 << 20);
    }

    @Test
    void bytesAreWhatTheDocumentSays() {
        send(258, "hello", false);
        send(1, "", true);
        assertThat(queue.queuedBytes()).isEqualTo(Outgoing.weight(5) + Outgoing.weight(0));
        queue.take(wire, 1_000);
        assertThat(ByteBufUtil.hexDump(wire))
                .isEqualTo("00000040" + "01000000" + "05000000" + "02010000" + "68656c6c6f");
        assertThat(queue.queuedBytes()).isZero();
        wire.clear();
        byte[] two = new byte[PIECE + 1];
        queue.add(3, two, 0, two.length, Precedence.USUAL);
        queue.take(wire, 1 << 20);
        assertThat(ByteBufUtil.hexDump(wire, 0, 14)).isEqualTo("000001a0" + "03000000" + "01000100" + "0000");
        assertThat(ByteBufUtil.hexDump(wire, 12 + PIECE, 9)).isEqualTo("01000000" + "03000000" + "00");
        assertThat(wire.readableBytes()).isEqualTo(12 + PIECE + 9);
    }

    @Test
    void urgentMessagesGoBeforeOthersAndBetweenTheirPieces() {
        sendLong(1, 4, false);
        queue.take(wire, 1);
        assertThat(frames()).containsExactly("1: first more of 262144 65536");
        queue.take(wire, 1);
        assertThat(frames()).containsExactly("1: more 65536");
        send(1, "ack", true);
        queue.take(wire, 1 << 20);
        assertThat(frames()).containsExactly("1: urgent 3", "1: more 65536", "1: 65536");
    }

    @Test
    void channelsWithLongMessagesTakeTurnsAndShortOnesGoBetween() {
        sendLong(1, 2, false);
        sendLong(2, 2, false);
        send(1, "behind", false);
        send(3, "short", false);
        send(2, "", false);
        queue.take(wire, 1 << 20);
        assertThat(frames())
                .containsExactly(
                        "1: first more of 131072 65536",
                        "3: 5",
                        "1: 65536",
                        "2: first more of 131072 65536",
                        "1: 6",
                        "2: 65536",
                        "2: 0");
    }

    @Test
    void aStreamOfShortMessagesDoesNotHoldUpALongOne() {
        sendLong(1, 3, false);
        for (int i = 0; i < 1_000; i++) {
            send(2, "x".repeat(1_000), false);
        }
        queue.take(wire, 6 * PIECE);
        assertThat(frames().stream().filter(each -> each.startsWith("1:")).count())
                .isBetween(2L, 3L);
    }

    @Test
    void bulkAndWhatIsUsualTakeTurnsByteForByteHoweverMuchWaits() {
        for (int i = 0; i < 100; i++) {
            queue.add(1, new byte[10_000], 0, 10_000, Precedence.BULK);
        }
        for (int i = 0; i < 100; i++) {
            queue.add(2, new byte[1_000], 0, 1_000, Precedence.USUAL);
        }
        queue.take(wire, 100_000);
        List<String> frames = frames();
        assertThat(frames.stream().filter(each -> each.startsWith("1:")).count())
                .isBetween(4L, 6L);
        assertThat(frames.stream().filter(each -> each.startsWith("2:")).count())
                .isBetween(40L, 60L);
        assertThat(queue.bulkBytes()).isBetween(94 * Outgoing.weight(10_000), 96 * Outgoing.weight(10_000));
    }

    @Test
    void whatGoesAloneOwesTheOtherNothing() {
        for (int i = 0; i < 50; i++) {
            queue.add(1, new byte[1_000], 0, 1_000, Precedence.BULK);
        }
        queue.take(wire, 20_000);
        send(2, "first", false);
        send(2, "second", false);
        wire.clear();
        queue.take(wire, 1_030);
        assertThat(frames()).containsExactly("2: 5", "1: 1000", "2: 6");
    }

    @Test
    void piecesAreAsLongAsIsSaid() {
        queue.pieceBytes(1_000);
        queue.add(1, new byte[2_500], 0, 2_500, Precedence.USUAL);
        queue.take(wire, 1 << 20);
        assertThat(frames()).containsExactly("1: first more of 2500 1000", "1: more 1000", "1: 500");
    }

    @Test
    void longUrgentMessagesGoInPiecesAndInOrder() {
        sendLong(5, 2, true);
        send(5, "later", true);
        queue.take(wire, 1 << 20);
        assertThat(frames()).containsExactly("5: first more urgent of 131072 65536", "5: urgent 65536", "5: urgent 5");
    }

    @Test
    void whatIsTakenIsWeighedAsItWasWhenItWasAdded() {
        long added = 0;
        for (int i = 0; i < 50; i++) {
            int length = i % 5 == 0 ? i * 10_000 : i;
            queue.add(1 + i % 3, new byte[length], 0, length, precedence(i % 7 == 0));
            added += Outgoing.weight(length);
        }
        assertThat(queue.queuedBytes()).isEqualTo(added);
        do {
            wire.clear();
            queue.take(wire, 100_000);
        } while (wire.isReadable());
        assertThat(queue.queuedBytes()).isZero();
    }

    @Test
    void messagesComeOutAsTheyWentInHoweverTheyAreCut() {
        send(1, "one", false);
        send(2, "", false);
        queue.add(3, "x".repeat(2 * PIECE + 1).getBytes(StandardCharsets.UTF_8), 0, 2 * PIECE + 1, Precedence.USUAL);
        send(3, "behind", false);
        send(4, "first", true);
        queue.take(wire, 1 << 20);
        Frames frames = reader();
        while (wire.isReadable()) {
            take(frames, wire.readSlice(1));
        }
        assertThat(heard).containsExactly("4 first", "1 one", "2 ", "3 131073", "3 behind");
    }

    @Test
    void payloadsHaveArraysOfTheirOwnSize() {
        queue.add(1, new byte[3 * PIECE + 5], 0, 3 * PIECE + 5, Precedence.USUAL);
        queue.add(2, new byte[5], 0, 5, Precedence.USUAL);
        queue.take(wire, 1 << 20);
        List<Integer> capacities = new ArrayList<>();
        reader().take(wire, (channel, payload) -> {
            assertThat(payload.arrayOffset()).isZero();
            assertThat(payload.remaining()).isEqualTo(payload.array().length);
            capacities.add(payload.array().length);
        });
        assertThat(capacities).containsExactly(5, 3 * PIECE + 5);
    }

    private void refuses(String why, int... words) {
        ByteBuf bytes = Unpooled.buffer();
        for (int word : words) {
            bytes.writeIntLE(word);
        }
        bytes.writeZero(PIECE);
        assertThatThrownBy(() -> take(reader(), bytes))
                .isInstanceOf(LinkError.class)
                .hasMessageContaining(why);
    }

    @Test
    void whatNoPeerWritesIsRefused() {
        refuses("a frame has 65537 bytes, and at most 65536 are allowed", PIECE + 1, 1);
        refuses("a frame has 268435461 bytes", 1 << 28 | 5, 1);
        refuses("a frame is for channel 4294967295", 5, -1);
        refuses("a message goes on that has not begun", 5 | Frames.MORE, 1);
        refuses("a message begins within another", 5 | Frames.FIRST, 1, 10);
        refuses("a message begins within another", Frames.FIRST | Frames.MORE, 1, 10);
        refuses("a message has 5 bytes", 5 | Frames.FIRST | Frames.MORE, 1, 5);
        refuses("a message has 4294967295 bytes", 5 | Frames.FIRST | Frames.MORE, 1, -1);
        refuses("a message has 1048577 bytes", 5 | Frames.FIRST | Frames.MORE, 1, (1 << 20) + 1);
        refuses(
                "a message begins within another",
                4 | Frames.FIRST | Frames.MORE,
                1,
                10,
                0,
                4 | Frames.FIRST | Frames.MORE,
                1,
                10);
        refuses("a message of 10 bytes has 8", 4 | Frames.FIRST | Frames.MORE, 1, 10, 0, 4, 1);
        refuses("a message of 10 bytes has 11", 4 | Frames.FIRST | Frames.MORE, 1, 10, 0, 7, 1);
        refuses("a message of 10 bytes has 10 and more", 4 | Frames.FIRST | Frames.MORE, 1, 10, 0, 6 | Frames.MORE, 1);
        refuses("a message of 10 bytes has 4 and more", 4 | Frames.FIRST | Frames.MORE, 1, 10, 0, Frames.MORE, 1);
    }

    @Test
    void messagesUnderWayAreBounded() {
        ByteBuf many = Unpooled.buffer();
        for (int channel = 1; channel <= Frames.MAX_OPEN + 1; channel++) {
            many.writeIntLE(1 | Frames.FIRST | Frames.MORE)
                    .writeIntLE(channel)
                    .writeIntLE(2)
                    .writeByte(0);
        }
        assertThatThrownBy(() -> take(reader(), many)).hasMessage("more than 4096 messages are under way");
        ByteBuf large = Unpooled.buffer();
        for (int channel = 1; channel <= 9; channel++) {
            large.writeIntLE(1 | Frames.FIRST | Frames.MORE)
                    .writeIntLE(channel)
                    .writeIntLE(1 << 20)
                    .writeByte(0);
        }
        assertThatThrownBy(() -> take(reader(), large))
                .hasMessage("messages that are under way have more than 2097152 bytes");
    }

    @Test
    void noMoreMessagesAreBegunThanAPeerAccepts() {
        Frames frames = new Frames(1 << 20, 1L << 40);
        int channels = Frames.MAX_OPEN + 10;
        byte[] bytes = new byte[PIECE + 1];
        for (int channel = 1; channel <= channels; channel++) {
            queue.add(channel, bytes, 0, bytes.length, channel % 2 == 0 ? Precedence.BULK : Precedence.USUAL);
        }
        int[] messages = {0};
        while (queue.queuedBytes() > 0) {
            queue.take(wire, 1 << 20);
            frames.take(wire, (channel, payload) -> messages[0]++);
            wire.clear();
        }
        assertThat(messages[0]).isEqualTo(channels);
    }
}
