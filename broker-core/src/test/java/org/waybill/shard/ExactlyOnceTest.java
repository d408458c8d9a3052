package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.config.AddressSettings;
import org.waybill.io.CrashDisk;
import org.waybill.message.Message;
import org.waybill.message.Origin;
import org.waybill.message.Outcome;
import org.waybill.shard.CoreFixture.TestProducer;
import org.waybill.shard.CoreFixture.TestSession;
import org.waybill.spi.BrokerError.Code;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.NodeKind;
import org.waybill.spi.Transaction;

/** Producers that number their messages and send them again when they do not know what became of them. */
final class ExactlyOnceTest {
    private static final UUID ONE = new UUID(1, 1);
    private static final UUID OTHER = new UUID(2, 2);

    private CrashDisk disk = new CrashDisk();

    static Message message(Origin origin, boolean durable, String text) {
        return numbered(origin, CoreFixture.message(durable, text).bytes());
    }

    private static Message numbered(Origin origin, byte[] plain) {
        int headerEnd = 5 + (plain[4] & 0xFF);
        ByteBuffer entries = ByteBuffer.allocate(200);
        symbol(entries, "x-opt-waybill-producer-id").put((byte) 0x98);
        entries.putLong(origin.producerId().getMostSignificantBits());
        entries.putLong(origin.producerId().getLeastSignificantBits());
        symbol(entries, "x-opt-waybill-producer-epoch").put((byte) 0x71).putInt(origin.epoch());
        symbol(entries, "x-opt-waybill-sequence").put((byte) 0x81).putLong(origin.sequence());
        ByteBuffer out = ByteBuffer.allocate(plain.length + entries.position() + 6);
        out.put(plain, 0, headerEnd).put(new byte[] {0, 0x53, 0x71, (byte) 0xC1});
        out.put((byte) (entries.position() + 1)).put((byte) 6).put(entries.flip());
        out.put(plain, headerEnd, plain.length - headerEnd);
        return Message.of(out.array(), 0);
    }

    private static ByteBuffer symbol(ByteBuffer out, String name) {
        out.put((byte) 0xA3).put((byte) name.length());
        return out.put(name.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }

    private static Message numbered(UUID producer, long sequence) {
        return message(new Origin(producer, 0, sequence), true, "m" + sequence);
    }

    private static void send(TestProducer producer, Message... messages) {
        for (Message message : messages) {
            producer.sendAndWait(message);
        }
        assertThat(producer.refusals).isEmpty();
    }

    @Test
    void whatWasSentBeforeIsAcceptedAndNotStored() {
        try (CoreFixture core = new CoreFixture(disk)) {
            TestSession session = core.session();
            TestProducer producer = session.producer("q");
            send(producer, numbered(ONE, 1), numbered(ONE, 2), numbered(ONE, 2), numbered(ONE, 1), numbered(ONE, 5));
            send(producer, numbered(OTHER, 3), numbered(ONE, 5), message(new Origin(ONE, 1, 1), true, "next life"));

            assertThat(session.consumer("q").drain()).containsExactly("m1", "m2", "m5", "m3", "next life");
        }
    }

    /** Its sender has not heard that one was refused and another stored: it sends both again. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatWasRefusedIsNotTakenForStored(boolean crash) {
        CoreFixture core = new CoreFixture(disk);
        TestProducer before = core.session().producer(null);
        before.sendAndWait(to("$none", 1));
        before.sendAndWait(to("q", 2));
        assertThat(before.refusals).hasSize(1);
        if (crash) {
            core.close();
            core = new CoreFixture(disk.afterKill());
        }
        TestSession session = core.session();
        TestProducer again = session.producer(null);
        again.sendAndWait(to("$none", 1));
        again.sendAndWait(to("q", 2));
        again.sendAndWait(to("q", 1));

        assertThat(again.refusals).hasSize(1);
        assertThat(session.consumer("q").drain()).containsExactly("m2", "m1");
        core.close();
    }

    private static Message to(String address, long sequence) {
        Message plain = CoreFixture.message(true, 4, 0, address, "m" + sequence);
        return numbered(new Origin(ONE, 0, sequence), plain.bytes());
    }

    @Test
    void anEarlierLifeOfAProducerIsFenced() {
        try (CoreFixture core = new CoreFixture(disk)) {
            TestSession session = core.session();
            TestProducer producer = session.producer("q");
            send(producer, message(new Origin(ONE, 3, 7), true, "now"));
            producer.sendAndWait(message(new Origin(ONE, 2, 8), true, "before"));

            assertThat(producer.refusals).singleElement().satisfies(error -> {
                assertThat(error.code()).isEqualTo(Code.PRECONDITION_FAILED);
                assertThat(error.message()).contains(ONE.toString(), "epoch 2", "fenced");
            });
            assertThat(session.consumer("q").drain()).containsExactly("now");
        }
    }

    @Test
    void consumersDoNotLearnTheNumbers() {
        try (CoreFixture core = new CoreFixture(disk)) {
            TestSession session = core.session();
            send(session.producer("q"), numbered(ONE, 1));
            CoreFixture.TestConsumer consumer = session.consumer("q");
            consumer.drain();

            assertThat(consumer.heads.get(0)).isNotNull();
            assertThat(new String(consumer.heads.get(0), java.nio.charset.StandardCharsets.ISO_8859_1))
                    .doesNotContain("x-opt-waybill");
        }
    }

    @Test
    void aTopicsMessageGoesOnceToEverySubscription() {
        try (CoreFixture core = new CoreFixture(disk)) {
            TestSession session = core.session();
            send(session.producer("t", NodeKind.TOPIC), numbered(ONE, 1), numbered(ONE, 1));
            CoreFixture.TestConsumer consumer = session.consumer(
                    new ConsumerSpec("t", NodeKind.TOPIC, false, false, Outcome.RELEASED, null, null, false, 0));
            send(session.producer("t", NodeKind.TOPIC), numbered(ONE, 1), numbered(ONE, 2), numbered(ONE, 2));

            assertThat(consumer.drain()).containsExactly("m2");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void numbersOfDurableMessagesAreKnownAfterACrashAndThoseOfOthersAreNot(boolean checkpoint) {
        try (CoreFixture core = new CoreFixture(disk)) {
            TestProducer producer = core.session().producer("q");
            send(producer, numbered(ONE, 1), numbered(ONE, 2), message(new Origin(ONE, 0, 3), false, "lost"));
            send(producer, message(new Origin(OTHER, 0, 1), false, "lost too"));
            if (checkpoint) {
                core.checkpoint();
            }
        }
        try (CoreFixture core = new CoreFixture(disk.afterKill())) {
            TestSession session = core.session();
            send(session.producer("q"), numbered(ONE, 2), numbered(ONE, 3), numbered(OTHER, 1));
            assertThat(session.consumer("q").drain()).containsExactly("m1", "m2", "m3", "m1");
        }
    }

    @Test
    void whatWasRolledBackMayBeSentAgainAndWhatWasCommittedMayNot() {
        try (CoreFixture core = new CoreFixture(disk)) {
            TestSession session = core.session();
            TestProducer producer = session.producer("q");
            Transaction first = session.session.begin();
            producer.producer.send(numbered(ONE, 1), first);
            first.rollback(done -> {});
            Transaction second = session.session.begin();
            producer.producer.send(numbered(ONE, 1), second);
            producer.producer.send(numbered(ONE, 2), second);
            second.commit(done -> {});
            session.session.flush();
            core.loop.settle();
            send(producer, numbered(ONE, 1), numbered(ONE, 2), numbered(ONE, 3));

            assertThat(session.consumer("q").drain()).containsExactly("m1", "m2", "m3");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCommitOverShardsCountsItsNumbersOnEachOfThem(boolean committed) {
        try (CoreFixture core = onThreeShards()) {
            TestSession session = core.session();
            TestProducer producer = session.producer(null);
            Transaction transaction = session.session.begin();
            for (int i = 0; i < 30; i++) {
                producer.producer.send(to("q" + i % 10, i), transaction);
            }
            if (committed) {
                transaction.commit(reply -> assertThat(reply).isInstanceOf(Reply.Done.class));
            } else {
                transaction.rollback(reply -> {});
            }
            session.session.flush();
            core.loop.settle();
        }
        try (CoreFixture core = onThreeShards()) {
            assertThat(storedOf(30, core)).as("sent again").isEqualTo(committed ? 0 : 30);
            core.checkpoint();
        }
        try (CoreFixture core = onThreeShards()) {
            assertThat(storedOf(30, core)).as("sent a third time").isZero();
        }
    }

    /** Sends all again and returns how many more messages there are. */
    private static int storedOf(int count, CoreFixture core) {
        TestSession session = core.session();
        int before = messages(session);
        TestProducer producer = session.producer(null);
        for (int i = 0; i < count; i++) {
            producer.sendAndWait(to("q" + i % 10, i));
        }
        assertThat(producer.refusals).isEmpty();
        return messages(session) - before;
    }

    private static int messages(TestSession session) {
        int sum = 0;
        for (int i = 0; i < 10; i++) {
            sum += session.browser("q" + i, null).drain().size();
        }
        return sum;
    }

    private CoreFixture onThreeShards() {
        return new CoreFixture(disk, 3, 64L << 20, 1 << 16, name -> AddressSettings.defaults());
    }

    /** A producer that sends again all that it has no answer for, over crashes at every moment: one of each comes out, in order. */
    @Test
    void oneOfEachIsStoredHoweverOftenTheBrokerDies() {
        for (int seed = 1; seed <= 60; seed++) {
            Random random = new Random(seed);
            disk = new CrashDisk();
            int settled = 0;
            int total = 40;
            while (settled < total) {
                disk.crashBefore(1 + random.nextInt(25));
                try (CoreFixture core = new CoreFixture(disk)) {
                    TestProducer producer = core.session().producer("q");
                    for (int i = settled + 1; i <= total; i++) {
                        producer.send(numbered(ONE, i));
                        if (random.nextInt(3) == 0) {
                            core.loop.settle();
                        }
                    }
                    core.loop.settle();
                    settled += (int) producer.settled;
                } catch (RuntimeException | AssertionError crashed) {
                    assertThat(disk.hasCrashed())
                            .as("seed %d: %s", seed, crashed)
                            .isTrue();
                }
                disk = random.nextBoolean() ? disk.afterKill() : disk.afterPowerLoss(random);
            }
            try (CoreFixture core = new CoreFixture(disk)) {
                List<String> all = core.session().consumer("q").drain();
                assertThat(all).as("seed %d", seed).hasSize(total).doesNotHaveDuplicates();
                assertThat(all.get(0)).isEqualTo("m1");
                assertThat(all.get(total - 1)).isEqualTo("m" + total);
            }
        }
    }
}
