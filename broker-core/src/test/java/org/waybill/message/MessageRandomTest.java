package org.waybill.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages changed at random: a {@link DecodeError} or a message that can be used, never anything else. */
class MessageRandomTest {
    private static final int ROUNDS = 40_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whateverTheBytesOnlyADecodeErrorComesOfThem(long seed) {
        Random random = new Random(seed);
        int taken = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = mutate(whole(random), random);
            byte[] before = bytes.clone();
            try {
                Message message = Message.of(bytes, 0);
                use(message);
                taken++;
            } catch (DecodeError expected) {
                assertThat(expected).hasMessageContaining("at byte");
            } catch (RuntimeException | Error wrong) {
                throw new AssertionError("seed " + seed + ", bytes " + Arrays.toString(before), wrong);
            }
            assertThat(bytes).isEqualTo(before);
        }
        assertThat(taken).as("seed %d", seed).isBetween(ROUNDS / 100, ROUNDS - ROUNDS / 100);
    }

    /** All that the broker does with a message it has taken must work. */
    private static void use(Message message) {
        assertThat(message.priority()).isBetween(0, 9);
        assertThat(message.ttlMs()).isBetween(0L, 0xFFFF_FFFFL);
        assertThat(message.bareAt()).isBetween(0, message.size());
        for (int field = 0; field < 13; field++) {
            message.property(field);
        }
        message.applicationProperty("colour");
        message.expiresAtMs(1);
        message.dueAtMs(1);
        byte[] merged = Annotations.merge(message.annotations(), Encoded.map(Encoded.symbol("k"), Encoded.text("v")));
        Message moved = message.forwarded(merged);
        assertThat(Arrays.copyOfRange(moved.bytes(), moved.bareAt(), moved.size()))
                .isEqualTo(Arrays.copyOfRange(message.bytes(), message.bareAt(), message.size()));
        byte[] head = message.head(1, null);
        Message again = Message.of(
                Encoded.join(head, Arrays.copyOfRange(message.bytes(), message.bareAt(), message.size())), 0);
        assertThat(again.durable()).isEqualTo(message.durable());
        assertThat(again.priority()).isEqualTo(message.priority());
        assertThat(again.ttlMs()).isEqualTo(message.ttlMs());
        assertThat(again.annotations()).isEqualTo(message.annotations());
    }

    private static byte[] whole(Random random) {
        byte[][] values = {
            Encoded.list(Encoded.yes(), Encoded.bytes(0x50, 7), Encoded.uint(90), Encoded.no(), Encoded.uint(2)),
            Encoded.map(Encoded.symbol("x-opt-hop"), Encoded.text("1")),
            Encoded.map32(Encoded.symbol("x-opt-kept"), Encoded.text("2"), Encoded.symbol32("y"), Encoded.uint(1)),
            Encoded.list32(Encoded.text("id-1"), Encoded.nothing(), Encoded.text("there"), Encoded.text("subject")),
            Encoded.map(Encoded.text("shape"), Encoded.uint(9), Encoded.text32("colour"), Encoded.text("red")),
            Encoded.bytes(0xA0, 3, 1, 2, 3),
            null,
            null,
            Encoded.map(Encoded.symbol("sum"), Encoded.uint(9))
        };
        Encoded.Descriptor[] forms = Encoded.Descriptor.values();
        byte[] message = {};
        for (int i = 0; i < values.length; i++) {
            if (values[i] != null && random.nextInt(4) > 0) {
                byte[] descriptor = forms[random.nextInt(forms.length)].of(Encoded.HEADER + i);
                message = Encoded.join(message, descriptor, values[i]);
            }
        }
        return message;
    }

    private static byte[] mutate(byte[] whole, Random random) {
        byte[] bytes = whole;
        for (int change = 1 + random.nextInt(3); change > 0 && bytes.length > 0; change--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes = Arrays.copyOf(bytes, at);
                case 3 -> bytes =
                        Encoded.join(Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, at / 2, bytes.length));
                default -> bytes[at] =
                        (byte) new int[] {0x00, 0xFF, 0x7F, 0x80, 0xB1, 0xD1, 0xC1, 0x40}[random.nextInt(8)];
            }
        }
        return bytes;
    }
}
