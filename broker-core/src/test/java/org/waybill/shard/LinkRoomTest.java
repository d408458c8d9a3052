package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.waybill.io.CrashDisk;
import org.waybill.message.Message;
import org.waybill.shard.CoreFixture.TestConsumer;
import org.waybill.shard.CoreFixture.TestProducer;
import org.waybill.shard.CoreFixture.TestSession;
import org.waybill.spi.Consumer;

/** Sessions of another node wait for room on the link: node 1 has the shards, node 2 the sessions. */
final class LinkRoomTest {
    private static final int LEADER = 1;
    private static final int USER = 2;

    private final CoreFixture core = new CoreFixture(new CrashDisk());

    @AfterEach
    void close() {
        core.close();
    }

    private TestSession far() {
        return new TestSession(core, "far", core.far);
    }

    private TestSession near() {
        return new TestSession(core, "near", core.table);
    }

    private static List<String> texts(int from, int to) {
        List<String> texts = new ArrayList<>();
        for (int i = from; i < to; i++) {
            texts.add("m" + i);
        }
        return texts;
    }

    @Test
    void whatIsSentWaitsWhereItIsAndItsProducerIsPaused() {
        TestSession session = far();
        TestProducer producer = session.producer("q");
        TestProducer idle = session.producer("other");
        core.fill(LEADER);
        long before = core.commandedBytes;
        for (int i = 0; i < 5; i++) {
            producer.send(CoreFixture.message(true, "m" + i));
        }
        core.loop.settle();
        assertThat(core.commandedBytes).isEqualTo(before);
        assertThat(producer.paused).isTrue();
        assertThat(idle.paused).as("who sends nothing is left alone").isFalse();
        core.empty(LEADER);
        core.loop.until(() -> producer.settled == 5);
        assertThat(producer.paused).isFalse();
        assertThat(near().consumer("q").receive(5)).isEqualTo(texts(0, 5));
    }

    @Test
    void whatFillsTheLinkAgainHasTheOthersWaitOn() {
        TestSession first = far();
        TestSession second = far();
        TestProducer one = first.producer("q");
        TestProducer two = second.producer("q");
        core.fill(LEADER);
        one.send(CoreFixture.message(true, "m0"));
        two.send(CoreFixture.message(true, "m1"));
        core.loop.settle();
        core.empty(LEADER);
        core.fill(LEADER);
        core.loop.settle();
        assertThat(List.of(one.paused, two.paused)).containsOnly(true);
        core.empty(LEADER);
        core.loop.until(() -> one.settled + two.settled == 2);
        assertThat(List.of(one.paused, two.paused)).containsOnly(false);
    }

    @Test
    void aSessionThatClosesDoesNotWait() {
        TestSession session = far();
        TestProducer producer = session.producer("q");
        core.fill(LEADER);
        producer.send(CoreFixture.message(true, "m0"));
        session.close();
        core.loop.settle();
        assertThat(near().consumer("q").receive(1)).isEqualTo(texts(0, 1));
    }

    @Test
    void deliveriesWaitInTheirQueueAndOthersGoOn() {
        near().producer("q").sendDurable(0, 10);
        TestConsumer far = far().consumer("q");
        core.fill(USER);
        long before = core.answeredBytes;
        far.credit(10);
        core.loop.settle();
        assertThat(core.answeredBytes).isEqualTo(before);
        TestConsumer near = near().consumer("q");
        assertThat(near.receive(4)).isEqualTo(texts(0, 4));
        core.empty(USER);
        core.loop.until(() -> far.texts.size() == 6);
        assertThat(far.texts).isEqualTo(texts(4, 10));
    }

    @Test
    void aDrainIsOverWhenWhatWaitedForRoomIsThere() {
        near().producer("q").sendDurable(0, 3);
        TestConsumer far = far().consumer("q");
        core.fill(USER);
        far.consumer.credit(10, true);
        far.in.session.flush();
        core.loop.settle();
        assertThat(far.drained).isEqualTo(-1);
        core.empty(USER);
        core.loop.until(() -> far.drained == 10);
        assertThat(far.texts).isEqualTo(texts(0, 3));
    }

    @Test
    void aBrowserWaitsToo() {
        near().producer("q").sendDurable(0, 3);
        TestConsumer far = far().browser("q", null);
        core.fill(USER);
        far.credit(3);
        core.loop.settle();
        assertThat(far.texts).isEmpty();
        core.empty(USER);
        core.loop.until(() -> far.texts.size() == 3);
    }

    @Test
    void aConsumerThatTakesNothingHasItsWindowOnTheWayAndStopsNobody() {
        String large = "x".repeat(100_000);
        TestProducer slow = near().producer("slow");
        TestProducer quick = near().producer("quick");
        for (int i = 0; i < 30; i++) {
            slow.send(CoreFixture.message(true, large));
            quick.send(CoreFixture.message(true, "m" + i));
        }
        core.loop.until(() -> slow.settled + quick.settled == 60);
        long before = core.answeredBytes;
        long[] held = {0};
        TestConsumer taking = new TestConsumer(far()) {
            @Override
            void taken(Message message) {
                held[0] += message.size(); // its client is slow: it says nothing of it
            }
        };
        taking.open("slow");
        taking.credit(30);
        core.loop.settle();
        assertThat(held[0]).isBetween(Consumer.WINDOW_BYTES, Consumer.WINDOW_BYTES + 110_000);
        assertThat(core.answeredBytes - before).isLessThan(Consumer.WINDOW_BYTES + 120_000);
        assertThat(far().consumer("quick").receive(30)).isEqualTo(texts(0, 30));
    }
}
