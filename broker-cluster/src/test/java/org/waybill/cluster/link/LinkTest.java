package org.waybill.cluster.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.waybill.io.Clock;

/** What a link does as time passes and bytes wait: on a channel without a network, with a clock that stands still until it is moved. */
final class LinkTest {
    private static final long NS_A_MS = 1_000_000;
    private static final long HEARTBEAT_MS = 200;
    private static final int FULL = 10_000;
    private static final int BOUND = 100_000;

    private final ManualClock clock = new ManualClock();
    private final Notes notes = new Notes();
    private final List<String> cut = new ArrayList<>();
    private final SlowNetwork network = new SlowNetwork();
    private final EmbeddedChannel channel = new EmbeddedChannel(network);
    private final Link link = link();

    private static final class ManualClock implements Clock {
        private long nowNs = 1_000;

        void advanceMs(long ms) {
            nowNs += ms * NS_A_MS;
        }

        @Override
        public long nanoTime() {
            return nowNs;
        }

        @Override
        public long epochMs() {
            return 0;
        }
    }

    private static final class Notes implements LinkHandler {
        private final List<String> lines = new ArrayList<>();

        @Override
        public void connected(int node) {}

        @Override
        public void disconnected(int node) {}

        @Override
        public void received(int node, int onChannel, ByteBuffer payload) {
            lines.add(node + "/" + onChannel + " " + payload.remaining());
        }

        @Override
        public void batchEnd(int node) {
            lines.add("end " + node);
        }

        @Override
        public void drained(int node) {
            lines.add("drained " + node);
        }
    }

    /** Takes nothing while it is stuck. */
    private static final class SlowNetwork extends ChannelOutboundHandlerAdapter {
        private boolean isStuck;

        @Override
        public void flush(ChannelHandlerContext context) {
            if (!isStuck) {
                context.flush();
            }
        }
    }

    private Link link() {
        LinkOptions usual =
                LinkOptions.of("tests", TestNode.peer(1, 0), List.of(TestNode.peer(2, 0)), TestNode.SECRET, null);
        LinkOptions options =
                TestNode.bounds(TestNode.timing(usual, HEARTBEAT_MS, 1_000, 5_000), 1, 1 << 20, FULL, BOUND);
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1_000, 2_000));
        Link made = new Link(options, options.peers().get(0), channel, notes, clock, cut::add);
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelWritabilityChanged(ChannelHandlerContext context) {
                if (channel.isWritable()) {
                    made.writable();
                }
            }
        });
        return made;
    }

    /** What was written since, in hex. */
    private String written() {
        channel.runPendingTasks();
        StringBuilder all = new StringBuilder();
        ByteBuf next = channel.readOutbound();
        while (next != null) {
            all.append(ByteBufUtil.hexDump(next));
            next.release();
            next = channel.readOutbound();
        }
        return all.toString();
    }

    private static ByteBuf hex(String hex) {
        return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex));
    }

    private boolean send(int length) {
        return link.send(5, new byte[length], 0, length, Precedence.USUAL);
    }

    @Test
    void whatGathersGoesInOneWrite() {
        send(1);
        send(2);
        channel.runPendingTasks();
        ByteBuf only = channel.readOutbound();
        assertThat(ByteBufUtil.hexDump(only)).isEqualTo("010000000500000000" + "02000000050000000000");
        only.release();
        assertThat(channel.<ByteBuf>readOutbound()).isNull();
        assertThat(link.queuedBytes()).isZero();
        assertThat(link.sentBytes()).isEqualTo(19);
    }

    @Test
    void asksForAnAnswerAtEveryTickAndKnowsHowLongItTook() {
        assertThat(link.tick()).isNull();
        assertThat(written()).isEqualTo("09000040" + "00000000" + "01" + "e803000000000000");
        clock.advanceMs(3);
        link.received(hex("09000040" + "00000000" + "02" + "e803000000000000"));
        assertThat(link.roundTripMicros()).isEqualTo(3_000);
        assertThat(notes.lines).isEmpty();
    }

    @Test
    void answersWithTheQuestionsTime() {
        link.received(hex("09000040" + "00000000" + "01" + "0102030405060708"));
        assertThat(written()).isEqualTo("09000040" + "00000000" + "02" + "0102030405060708");
    }

    @Test
    void tellsMessagesAndTheEndOfWhatOneReadBrought() {
        link.received(hex("0100000005000000ff" + "0000000006000000"));
        link.received(hex("0100000005000000ff"));
        link.readEnd();
        link.readEnd();
        assertThat(notes.lines).containsExactly("2/5 1", "2/6 0", "2/5 1", "end 2");
    }

    @Test
    void aPeerThatIsSilentForLongEnoughIsGone() {
        for (int tick = 1; tick <= 5; tick++) {
            clock.advanceMs(HEARTBEAT_MS);
            assertThat(link.tick()).isNull();
        }
        clock.advanceMs(HEARTBEAT_MS);
        assertThat(link.tick()).isEqualTo("nothing was heard for 1000 ms");
    }

    @Test
    void aNodeThatStoodStillForAMomentGivesItsPeersTime() {
        clock.advanceMs(600);
        assertThat(link.tick()).isNull();
        clock.advanceMs(550);
        assertThat(link.tick()).as("its peer may have spoken all the time").isNull();
        link.received(hex("0100000005000000ff"));
        assertThat(link.tick()).isNull();
        assertThat(notes.lines).containsExactly("2/5 1");
    }

    @Test
    void aNodeThatStoodStillForSoLongThatItMayBeGivenUpHandsNothingOn() {
        clock.advanceMs(601);
        assertThatThrownBy(() -> link.received(hex("0100000005000000ff")))
                .isInstanceOf(LinkError.class)
                .hasMessage("this node stood still for 601 ms");
        assertThat(link.tick()).isEqualTo("this node stood still for 601 ms");
        assertThat(notes.lines).isEmpty();
    }

    @Test
    void aPeerThatTakesNothingIsGoneEvenIfItSpeaks() {
        network.isStuck = true;
        send(5_000);
        channel.runPendingTasks();
        assertThat(channel.isWritable()).isFalse();
        String why = null;
        int ticks = 0;
        while (why == null) {
            clock.advanceMs(HEARTBEAT_MS);
            link.received(hex("0100000005000000ff"));
            why = link.tick();
            ticks++;
        }
        assertThat(why).isEqualTo("it has taken nothing for 10000 ms");
        assertThat(ticks).isEqualTo(1 + 10_000 / (int) HEARTBEAT_MS + 1);
    }

    /** What was written since: how many bytes, and the times of the questions that are in it. */
    private record Written(int bytes, List<Long> questions) {}

    private Written take() {
        channel.runPendingTasks();
        ByteBuf all = Unpooled.buffer();
        ByteBuf next = channel.readOutbound();
        while (next != null) {
            all.writeBytes(next);
            next.release();
            next = channel.readOutbound();
        }
        int bytes = all.readableBytes();
        List<Long> questions = new ArrayList<>();
        while (all.isReadable()) {
            int word = all.readIntLE();
            int onChannel = all.readIntLE();
            if ((word & Frames.FIRST) != 0) {
                all.readIntLE();
            }
            ByteBuf payload = all.readSlice(word & 0xFFFFF);
            if (onChannel == Frames.OWN_CHANNEL && payload.readByte() == Link.QUESTION) {
                questions.add(payload.readLongLE());
            }
        }
        return new Written(bytes, questions);
    }

    private void answer(long askedNs) {
        ByteBuf answer = Unpooled.buffer()
                .writeIntLE(9 | Frames.URGENT)
                .writeIntLE(0)
                .writeByte(2)
                .writeLongLE(askedNs);
        link.received(answer);
        channel.runPendingTasks();
    }

    @Test
    void sendsNoMoreThanThePeerIsKnownToTakeButWhatIsUrgent() {
        for (int i = 0; i < 25; i++) {
            send(1_000);
        }
        Written first = take();
        assertThat(first.bytes()).isBetween(Pacing.FIRST_WINDOW_BYTES, Pacing.FIRST_WINDOW_BYTES + 2_000);
        assertThat(first.questions()).isNotEmpty();
        assertThat(link.send(6, new byte[10], 0, 10, Precedence.URGENT)).isTrue();
        assertThat(take().bytes()).isEqualTo(18);
        assertThat(send(1_000)).isTrue();
        assertThat(channel.hasPendingTasks())
                .as("nobody wakes a loop that may write nothing")
                .isFalse();
        clock.advanceMs(1);
        first.questions().forEach(this::answer);
        assertThat(take().bytes()).as("and more of it when that has arrived").isGreaterThan(8_000);
        assertThat(link.queuedBytes()).isZero();
    }

    @Test
    void aPeerThatTakesSlowlyIsNotGone() {
        List<Long> asked = new ArrayList<>();
        for (int tick = 0; tick < 60; tick++) {
            send(100);
            clock.advanceMs(HEARTBEAT_MS);
            assertThat(link.tick()).isNull();
            asked.addAll(take().questions());
            if (tick % 3 == 2) {
                answer(asked.remove(0)); // seconds late, and later all the time
            }
        }
    }

    @Test
    void aPeerThatTakesWhatItIsSentAndAnswersNothingIsGone() {
        String why = null;
        for (int tick = 0; why == null && tick < 100; tick++) {
            clock.advanceMs(HEARTBEAT_MS);
            link.received(hex("0100000005000000ff"));
            why = link.tick();
            take();
        }
        assertThat(why).isEqualTo("it has taken nothing for 10000 ms");
    }

    @Test
    void isFullUntilHalfOfItIsGoneAndSaysSoOnce() {
        network.isStuck = true;
        send(3_000);
        channel.runPendingTasks();
        assertThat(link.isFull()).isFalse();
        for (int i = 0; i < 5; i++) {
            assertThat(send(3_000)).isTrue();
        }
        assertThat(link.isFull()).isTrue();
        assertThat(link.queuedBytes()).isEqualTo(5 * Outgoing.weight(3_000));
        assertThat(channel.hasPendingTasks())
                .as("nobody wakes a loop that can write nothing")
                .isFalse();
        network.isStuck = false;
        channel.flush();
        channel.runPendingTasks();
        assertThat(link.isFull()).isFalse();
        assertThat(link.queuedBytes()).isZero();
        assertThat(notes.lines).containsExactly("drained 2");
    }

    @Test
    void nothingIsQueuedBeyondTheBoundAndNothingComesBehindWhatWasLost() {
        network.isStuck = true;
        send(3_000);
        channel.runPendingTasks();
        int taken = 0;
        while (send(3_000)) {
            taken++;
        }
        assertThat(taken).isEqualTo(BOUND / (3_000 + Outgoing.OVERHEAD_BYTES) + 1);
        assertThat(cut).containsExactly("more than " + BOUND + " bytes wait to be sent");
        network.isStuck = false;
        channel.flush();
        assertThat(send(1)).isFalse();
        assertThat(written()).hasSize(2 * 3_008);
    }

    @Test
    void whatComesAfterItsEndIsNotTold() {
        link.close();
        assertThat(send(1)).isFalse();
        link.received(hex("0100000005000000ff"));
        link.readEnd();
        assertThat(notes.lines).isEmpty();
    }
}
