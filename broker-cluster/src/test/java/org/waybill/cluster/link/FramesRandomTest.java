package org.waybill.cluster.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Any messages in any mixture, cut anywhere, come out once and in order; any damage to them ends in a refusal or in other messages. */
final class FramesRandomTest {
    private static final int CHANNELS = 5;
    private static final int MAX_PAYLOAD = 300_000;
    private static final long MAX_OPEN = 4_000_000;

    private record Sent(boolean urgent, int number, int length) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void orderIsKeptForEachChannelAndUrgency(long seed) {
        Random chance = new Random(seed);
        SendQueue queue = new SendQueue();
        Frames frames = new Frames(MAX_PAYLOAD, MAX_OPEN);
        Map<Integer, ArrayDeque<Sent>> expected = new HashMap<>();
        ByteBuf wire = Unpooled.buffer();
        int[] left = {0};
        int number = 0;
        while (number < 400 || left[0] > 0) {
            for (int burst = number < 400 ? chance.nextInt(20) : 0; burst > 0; burst--) {
                Sent sent = new Sent(chance.nextInt(4) == 0, number++, length(chance));
                int channel = 1 + chance.nextInt(CHANNELS);
                expected.computeIfAbsent(key(channel, sent.urgent()), absent -> new ArrayDeque<>())
                        .add(sent);
                left[0]++;
                byte[] bytes = ByteBuffer.allocate(sent.length())
                        .putInt(sent.urgent() ? 1 : 0)
                        .putInt(sent.number())
                        .array();
                queue.add(channel, bytes, 0, bytes.length, precedence(sent.urgent(), channel));
            }
            queue.pieceBytes(1_000 + chance.nextInt(Frames.PIECE_BYTES - 1_000));
            queue.take(wire, wire.readableBytes() + 1 + chance.nextInt(200_000));
            int end = wire.readableBytes();
            while (wire.isReadable() && (end > 1_000 || chance.nextInt(3) > 0)) {
                ByteBuf part = wire.readSlice(Math.min(wire.readableBytes(), 1 + chance.nextInt(90_000)));
                frames.take(part, (channel, payload) -> {
                    int length = payload.remaining();
                    boolean urgent = payload.getInt() == 1;
                    Sent next = expected.get(key(channel, urgent)).poll();
                    assertThat(new Sent(urgent, payload.getInt(), length))
                            .as("seed %d", seed)
                            .isEqualTo(next);
                    left[0]--;
                });
            }
            wire.discardReadBytes();
        }
        assertThat(expected.values()).allMatch(ArrayDeque::isEmpty);
    }

    /** Every other channel is bulk. */
    private static Precedence precedence(boolean urgent, int channel) {
        return urgent ? Precedence.URGENT : channel % 2 == 0 ? Precedence.BULK : Precedence.USUAL;
    }

    private static int key(int channel, boolean urgent) {
        return urgent ? -channel : channel;
    }

    private static int length(Random chance) {
        return 8 + (chance.nextInt(5) == 0 ? chance.nextInt(MAX_PAYLOAD - 8) : chance.nextInt(200));
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    void damageIsRefusedAndNeverMore(long seed) {
        Random chance = new Random(seed);
        int refused = 0;
        for (int round = 0; round < 500; round++) {
            SendQueue queue = new SendQueue();
            for (int i = 0; i < 20; i++) {
                int length = chance.nextInt(8) == 0 ? chance.nextInt(200_000) : chance.nextInt(50);
                queue.add(
                        1 + chance.nextInt(CHANNELS), new byte[length], 0, length, precedence(chance.nextBoolean(), i));
            }
            ByteBuf wire = Unpooled.buffer();
            queue.take(wire, 1 << 24);
            for (int flips = 1 + chance.nextInt(3); flips > 0; flips--) {
                int at = chance.nextInt(Math.min(wire.readableBytes(), 600));
                wire.setByte(at, wire.getByte(at) ^ 1 << chance.nextInt(8));
            }
            int bytes = wire.readableBytes();
            long[] payloads = {0};
            try {
                new Frames(MAX_PAYLOAD, MAX_OPEN)
                        .take(wire, (channel, payload) -> payloads[0] += Frames.HEADER_BYTES + payload.remaining());
            } catch (LinkError expected) {
                refused++;
            }
            assertThat(payloads[0]).as("seed %d, round %d", seed, round).isLessThanOrEqualTo(bytes);
        }
        assertThat(refused).isGreaterThan(20);
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24})
    void noiseIsRefused(long seed) {
        Random chance = new Random(seed);
        for (int round = 0; round < 500; round++) {
            byte[] noise = new byte[chance.nextInt(2_000)];
            chance.nextBytes(noise);
            try {
                new Frames(MAX_PAYLOAD, MAX_OPEN).take(Unpooled.wrappedBuffer(noise), (channel, payload) -> {});
            } catch (LinkError expected) {
                assertThat(expected.getMessage()).isNotEmpty();
            }
        }
    }
}
