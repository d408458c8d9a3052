package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.waybill.config.AddressSettings;
import org.waybill.config.AddressSettings.Durability;
import org.waybill.io.CrashDisk;
import org.waybill.journal.Frame;
import org.waybill.message.Outcome;
import org.waybill.shard.CoreFixture.TestConsumer;
import org.waybill.shard.CoreFixture.TestProducer;
import org.waybill.shard.CoreFixture.TestSession;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.NodeKind;
import org.waybill.spi.SubscriptionId;
import org.waybill.spi.SubscriptionSpec;
import org.waybill.spi.Transaction;

/** When senders are answered, and when consumers get what was sent, where a force here is less than a commit. */
class DurabilityTest {
    private CoreFixture core;
    private Lagging log;
    private TestSession session;

    @BeforeEach
    void open() {
        core = new CoreFixture(new CrashDisk(), 1, 64L << 20, 1 << 16, name -> AddressSettings.defaults()
                .withDurability(
                        name.startsWith("fast")
                                ? Durability.LEADER_FORCED
                                : name.startsWith("soon")
                                        ? Durability.MAJORITY_IN_MEMORY
                                        : Durability.MAJORITY_FORCED));
        log = new Lagging(core.shards[0].log());
        core.shards[0].log(log);
        session = core.session();
    }

    @AfterEach
    void close() {
        core.close();
    }

    @Test
    void aSenderWaitsForTheLevelOfItsAddress() {
        TestProducer fast = session.producer("fast");
        TestProducer safe = session.producer("safe");
        log.holds = true;
        safe.send(CoreFixture.message(true, "m0"));
        fast.send(CoreFixture.message(true, "m1"));
        core.loop.settle();
        assertThat(fast.settled).isEqualTo(1);
        assertThat(safe.settled).isZero();
        log.commit();
        core.loop.settle();
        assertThat(fast.settled).isEqualTo(1);
        assertThat(fast.outcomes).containsExactly(Outcome.ACCEPTED);
        assertThat(safe.settled).isEqualTo(1);
    }

    @Test
    void aSenderIsAnsweredWhenAMajorityHasReceivedItWhereThatIsEnough() {
        TestProducer soon = session.producer("soon");
        TestProducer fast = session.producer("fast");
        TestConsumer consumer = session.consumer("soon");
        consumer.credit(10);
        log.holds = true;
        soon.send(CoreFixture.message(true, "m0"));
        fast.send(CoreFixture.message(true, "m1"));
        core.loop.settle();
        assertThat(fast.settled).isEqualTo(1);
        assertThat(soon.settled).isZero();
        log.receive();
        core.loop.settle();
        assertThat(soon.settled).isEqualTo(1);
        assertThat(consumer.texts).isEmpty();
        log.commit();
        core.loop.settle();
        assertThat(soon.outcomes).containsExactly(Outcome.ACCEPTED);
        assertThat(consumer.texts).containsExactly("m0");
    }

    @Test
    void aProducerKnowsTheLevelOfItsAddress() {
        assertThat(session.producer("soon").producer.durability()).isEqualTo(Durability.MAJORITY_IN_MEMORY);
        assertThat(session.producer("fast").producer.durability()).isEqualTo(Durability.LEADER_FORCED);
        assertThat(session.producer("safe").producer.durability()).isEqualTo(Durability.MAJORITY_FORCED);
        assertThat(session.producer("fast.topic", NodeKind.TOPIC).producer.durability())
                .isEqualTo(Durability.LEADER_FORCED);
        assertThat(session.producer(null).producer.durability()).isNull();
    }

    @Test
    void aSenderToATopicWaitsForItsLevel() {
        TestConsumer first = session.consumer(subscriber("s1"));
        TestConsumer second = session.consumer(subscriber("s2"));
        TestProducer fast = session.producer("fast.topic", NodeKind.TOPIC);
        log.holds = true;
        fast.send(CoreFixture.message(true, "m0"));
        core.loop.settle();
        assertThat(fast.settled).isEqualTo(1);
        first.take(1);
        assertThat(first.texts).isEmpty();
        log.commit();
        assertThat(first.receive(1)).containsExactly("m0");
        assertThat(second.receive(1)).containsExactly("m0");
    }

    @Test
    void consumersGetWhatIsCommittedAlone() {
        TestProducer fast = session.producer("fast");
        TestConsumer consumer = session.consumer("fast");
        consumer.credit(10);
        log.holds = true;
        fast.send(CoreFixture.message(true, "m0"));
        core.loop.settle();
        assertThat(fast.settled).isEqualTo(1);
        assertThat(consumer.texts).isEmpty();
        log.commit();
        core.loop.settle();
        assertThat(consumer.texts).containsExactly("m0");
    }

    @Test
    void anAcknowledgementWaitsForTheCommit() {
        TestProducer fast = session.producer("fast");
        fast.sendAndWait(CoreFixture.message(true, "m0"));
        TestConsumer consumer = session.consumer("fast");
        consumer.receive(1);
        log.holds = true;
        consumer.consumer.settle(0, 0, Outcome.ACCEPTED, true);
        session.session.flush();
        core.loop.settle();
        assertThat(consumer.confirmed).isEqualTo(-1);
        log.commit();
        core.loop.settle();
        assertThat(consumer.confirmed).isZero();
    }

    @Test
    void aTransactionWaitsForTheCommitWhereverItSends() {
        TestProducer fast = session.producer("fast");
        Transaction transaction = session.session.begin();
        log.holds = true;
        fast.producer.send(CoreFixture.message(true, "m0"), transaction);
        boolean[] committed = {false};
        transaction.commit(reply -> committed[0] = true);
        session.session.flush();
        core.loop.settle();
        assertThat(committed[0]).isFalse();
        log.commit();
        core.loop.settle();
        assertThat(committed[0]).isTrue();
    }

    private static ConsumerSpec subscriber(String name) {
        SubscriptionSpec durable = new SubscriptionSpec(new SubscriptionId(name, null), true, false);
        return new ConsumerSpec("fast.topic", NodeKind.TOPIC, false, false, Outcome.FAILED, null, durable, false, 0);
    }

    /** Forces at once, and commits when it is told to, as if others had to force as well. */
    private static final class Lagging implements ShardLog {
        private final ShardLog own;
        private final ArrayDeque<Runnable> uncommitted = new ArrayDeque<>();
        private final ArrayDeque<Runnable> unreceived = new ArrayDeque<>();
        boolean holds;

        Lagging(ShardLog own) {
            this.own = own;
        }

        void receive() {
            while (!unreceived.isEmpty()) {
                unreceived.removeFirst().run();
            }
        }

        void commit() {
            holds = false;
            while (!uncommitted.isEmpty()) {
                uncommitted.removeFirst().run();
            }
        }

        @Override
        public void append(Frame frame, Runnable committed) {
            append(frame, null, null, committed);
        }

        @Override
        public void append(Frame frame, @Nullable Runnable forced, @Nullable Runnable received, Runnable committed) {
            own.append(frame, () -> {
                if (forced != null) {
                    forced.run();
                }
                if (received != null) {
                    unreceived.addLast(received);
                }
                if (holds) {
                    uncommitted.addLast(committed);
                } else {
                    committed.run();
                }
            });
        }

        @Override
        public void appendUnhurried(Frame frame, Runnable committed) {
            frame.unhurried();
            append(frame, committed);
        }

        @Override
        public long lastIndex() {
            return own.lastIndex();
        }

        @Override
        public boolean mayAct() {
            return true;
        }

        @Override
        public boolean isBacklogged() {
            return false;
        }

        @Override
        public long replayFrom() {
            return own.replayFrom();
        }

        @Override
        public byte[] meta() {
            return own.meta();
        }
    }
}
