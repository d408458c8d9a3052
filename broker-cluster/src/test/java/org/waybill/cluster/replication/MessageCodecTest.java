package org.waybill.cluster.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages come out as they went in, their bytes are what the documents say, and nothing else is accepted. */
final class MessageCodecTest {
    private static final int SHARD = 0x0102;
    private static final long TO = Members.of(9, 0x0A0B0C0DL);

    private final MessageCodec codec = new MessageCodec();

    static Stream<Message> messages() {
        List<Entry> entries = List.of(entry(8, 3, "one"), entry(9, 4, ""), entry(10, 4, "three records"));
        return Stream.of(
                new Message.PromiseRequest(1, 2, true, 7),
                new Message.PromiseReply(1, 2, false, true, 5, 4, 99),
                new Message.Append(1, 4, -5, 7, 3, 6, entries),
                new Message.Append(1, 4, Long.MIN_VALUE, 7, 3, 6, List.of()),
                new Message.AppendReply(1, 4, -5, Message.AppendResult.MISMATCH, 7, 3),
                new Message.SnapshotOffer(1, 4, -5, 66),
                new Message.Fetch(1, 4, 7, 3),
                new Message.FetchReply(1, 4, Message.FetchResult.ENTRIES, 7, 3, entries),
                new Message.SnapshotRequest(1, 4, 55, 2),
                new Message.SnapshotPiece(
                        1, 4, 55, 77, 0, true, new long[] {1, 1, 2, 40}, new long[] {1, 2, 3}, text("piece")),
                new Message.HandOver(1, 4),
                new Message.Join(1, 4));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void readsWhatItWrote(Message message) {
        byte[] bytes = codec.encode(SHARD, TO, message);
        assertThat(MessageCodec.shard(bytes)).isEqualTo(SHARD);
        assertThat(MessageCodec.to(bytes)).isEqualTo(TO);
        Message read = codec.decode(bytes);
        assertThat(read).hasSameClassAs(message);
        assertThat(codec.encode(SHARD, TO, read)).isEqualTo(bytes);
        assertThat(describe(read)).isEqualTo(describe(message));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void refusesWhateverIsNotWhole(Message message) {
        byte[] bytes = codec.encode(SHARD, TO, message);
        for (int length = 0; length < bytes.length; length++) {
            byte[] part = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> codec.decode(part)).isInstanceOf(IllegalArgumentException.class);
        }
        // the type, the shard and the sum itself are not summed; everything behind them is
        for (int bit = 8 * 8; bit < bytes.length * 8; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> codec.decode(flipped)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void anyBytesWithARightSumAreReadOrRefused() {
        Random random = new Random(7);
        java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[32 + random.nextInt(80)];
            random.nextBytes(bytes);
            bytes[0] = MessageCodec.VERSION;
            bytes[1] = (byte) random.nextInt(13);
            if (random.nextBoolean()) {
                Arrays.fill(bytes, 32, bytes.length, (byte) 0);
            }
            crc.reset();
            crc.update(bytes, 8, bytes.length - 8);
            int sum = (int) crc.getValue();
            for (int at = 0; at < 4; at++) {
                bytes[4 + at] = (byte) (sum >>> 8 * at);
            }
            try {
                assertThat(codec.decode(bytes)).isNotNull();
            } catch (IllegalArgumentException refused) {
                assertThat(refused).hasMessageContaining("");
            }
        }
    }

    @Test
    void refusesAnotherVersion() {
        byte[] bytes = codec.encode(SHARD, TO, new Message.HandOver(1, 4));
        bytes[0] = MessageCodec.VERSION + 1;
        assertThatThrownBy(() -> codec.decode(bytes)).hasMessageContaining("version");
    }

    @Test
    void theBytesOfAnAppendStayAsTheyAre() {
        Message append = new Message.Append(0x0102, 5, 6, 7, 4, 3, List.of(entry(8, 5, "ab")));
        assertThat(HexFormat.of().formatHex(codec.encode(1, 0x0203, append)))
                .isEqualTo("01030100" + "58699368" + "0302000000000000" + "0201000000000000" + "0500000000000000"
                        + "0600000000000000" + "0700000000000000" + "0400000000000000" + "0300000000000000"
                        + "01000000" + "0500000000000000" + "0a000000" + "02000000" + "01000000" + "6162");
    }

    private static Entry entry(long index, long epoch, String text) {
        byte[] records = Entry.record((byte) 1, text(text));
        return new Entry(index, epoch, records, 0, records.length);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String describe(Message message) {
        return message.toString().replaceAll("\\[[BJ]@\\w+", "array");
    }
}
