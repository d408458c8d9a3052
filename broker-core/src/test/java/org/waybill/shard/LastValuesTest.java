package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.config.AddressSettings;
import org.waybill.config.AddressSettings.FullPolicy;
import org.waybill.io.CrashDisk;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.shard.CoreFixture.TestConsumer;
import org.waybill.shard.CoreFixture.TestProducer;
import org.waybill.shard.CoreFixture.TestSession;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.Transaction;

/** Queues that keep the newest messages: of each key, or of all. */
class LastValuesTest {
    private static final AddressSettings DEFAULTS = AddressSettings.defaults();
    private static final AddressSettings LAST_VALUES = new AddressSettings(
            DEFAULTS.match(),
            DEFAULTS.kind(),
            DEFAULTS.autoCreate(),
            DEFAULTS.autoDelete(),
            DEFAULTS.maxMessages(),
            DEFAULTS.maxBytes(),
            DEFAULTS.fullPolicy(),
            DEFAULTS.redelivery(),
            DEFAULTS.deadLetterAddress(),
            DEFAULTS.expiryAddress(),
            false,
            Optional.of("k"),
            DEFAULTS.duplicateIds(),
            DEFAULTS.durability());

    private final CrashDisk disk = new CrashDisk();

    private CoreFixture open(AddressSettings settings) {
        return new CoreFixture(disk, 1, 64L << 20, 1 << 16, name -> settings);
    }

    /** A durable message whose application property {@code k} has this value, or which has none. */
    private static Message message(@Nullable String key, String text) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(128);
        out.put(new byte[] {0, 0x53, 0x70, (byte) 0xC0, 2, 1, 0x41});
        if (key != null) {
            byte[] value = key.getBytes(StandardCharsets.UTF_8);
            out.put(new byte[] {0, 0x53, 0x74, (byte) 0xC1, (byte) (6 + value.length), 2, (byte) 0xA1, 1, 'k'});
            out.put((byte) 0xA1).put((byte) value.length).put(value);
        }
        out.put(new byte[] {0, 0x53, 0x77, (byte) 0xB1}).putInt(body.length).put(body);
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return Message.of(bytes, 0);
    }

    private static void send(TestProducer producer, String... keysAndTexts) {
        for (int i = 0; i < keysAndTexts.length; i += 2) {
            String key = keysAndTexts[i].isEmpty() ? null : keysAndTexts[i];
            producer.sendAndWait(message(key, keysAndTexts[i + 1]));
        }
    }

    @Test
    void theNewestOfAKeyReplacesWhatNobodyHolds() {
        try (CoreFixture core = open(LAST_VALUES)) {
            TestSession session = core.session();
            send(session.producer("q"), "a", "m1", "b", "m2", "", "m3", "a", "m4", "", "m5", "a", "m6");
            assertThat(session.consumer("q").drain()).containsExactly("m2", "m3", "m5", "m6");
        }
    }

    @Test
    void aHeldMessageStaysAndIsDroppedWhenItComesBackTooLate() {
        try (CoreFixture core = open(LAST_VALUES)) {
            TestSession session = core.session();
            TestProducer producer = session.producer("q");
            send(producer, "a", "m1", "b", "m2");
            TestConsumer holder = session.consumer("q");
            holder.receive(2);
            send(producer, "a", "m3");
            holder.settle(0, 1, Outcome.RELEASED);
            assertThat(holder.drain()).containsExactly("m1", "m2", "m2", "m3");
            holder.settle(2, 3, Outcome.ACCEPTED);
            assertThat(core.shards[0].state().node("q").queue.messages()).isZero();
        }
    }

    @Test
    void aTransactionReplacesWhenItCommits() {
        try (CoreFixture core = open(LAST_VALUES)) {
            TestSession session = core.session();
            TestProducer producer = session.producer("q");
            send(producer, "a", "m1");
            Transaction rolledBack = session.session.begin();
            producer.producer.send(message("a", "m2"), rolledBack);
            rolledBack.rollback(reply -> {});
            session.session.flush();
            core.loop.drain();
            assertThat(session.browser("q", null).drain()).containsExactly("m1");
            Transaction committed = session.session.begin();
            producer.producer.send(message("a", "m3"), committed);
            committed.commit(reply -> assertThat(reply).isInstanceOf(Reply.Done.class));
            session.session.flush();
            core.loop.until(() -> core.shards[0].state().node("q").queue.dequeued() == 1);
            assertThat(core.shards[0].state().node("q").queue.messages()).isEqualTo(1);
            assertThat(session.browser("q", null).drain()).containsExactly("m3");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void keysAreKnownAfterARestart(boolean checkpoint) {
        try (CoreFixture core = open(LAST_VALUES)) {
            TestSession session = core.session();
            TestProducer producer = session.producer("q");
            send(producer, "a", "m1", "b", "m2", "", "m3");
            session.consumer("q").receive(1);
            send(producer, "a", "m4", "c", "m5");
            if (checkpoint) {
                core.checkpoint();
            }
        }
        try (CoreFixture core = open(LAST_VALUES)) {
            TestSession session = core.session();
            send(session.producer("q"), "b", "m6");
            // m1 was held when the broker died, and m4 is newer
            assertThat(session.consumer("q").drain()).containsExactly("m3", "m4", "m5", "m6");
        }
    }

    @Test
    void aRingKeepsTheNewestAndWhatIsHeld() {
        try (CoreFixture core = open(DEFAULTS.withLimits(3, -1, FullPolicy.DROP_OLDEST))) {
            TestSession session = core.session();
            TestProducer producer = session.producer("q");
            send(producer, "", "m1", "", "m2", "", "m3", "", "m4");
            TestConsumer holder = session.consumer("q");
            assertThat(holder.receive(1)).containsExactly("m2");
            send(producer, "", "m5", "", "m6");
            assertThat(session.browser("q", null).drain()).containsExactly("m2", "m5", "m6");
            holder.settle(0, 0, Outcome.RELEASED);
            send(producer, "", "m7");
            assertThat(session.consumer("q").drain()).containsExactly("m5", "m6", "m7");
        }
    }
}
