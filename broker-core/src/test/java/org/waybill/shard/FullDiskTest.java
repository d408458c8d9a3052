package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.waybill.io.CrashDisk;
import org.waybill.shard.CoreFixture.TestConsumer;
import org.waybill.shard.CoreFixture.TestSession;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerError.Code;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.NodeKind;
import org.waybill.spi.Operation;
import org.waybill.spi.Operation.Target;

/** On a full disk nothing that is to be kept is made, and what is there goes on. */
class FullDiskTest {
    private final CoreFixture core = new CoreFixture(new CrashDisk());
    private final TestSession session = core.session();

    @AfterEach
    void close() {
        core.close();
    }

    @Test
    void refusesToCreateWhatItWouldHaveToRecord() {
        full(true);

        assertRefused(session.producer("new").error, "queue new");
        assertRefused(session.consumer("new").error, "queue new");
        assertRefused(session.consumer(durable("news")).error, "mine");
        assertRefused(refusal(new Operation.Create(new Target(Operation.Type.QUEUE, "new"))), "queue new");
        assertRefused(refusal(new Operation.Create(new Target(Operation.Type.TOPIC, "new"))), "topic new");

        full(false);
        assertThat(session.producer("new").error).isNull();
        assertThat(session.consumer(durable("news")).error).isNull();
    }

    @Test
    void keepsADurableSubscriptionThatItCannotReplace() {
        TestConsumer first = session.consumer(durable("news"));
        session.producer("news", NodeKind.TOPIC).sendAndWait(CoreFixture.message(true, "one"));
        first.consumer.close();
        session.session.flush();
        core.loop.settle();
        full(true);

        assertRefused(session.consumer(durable("sport")).error, "mine");

        assertThat(session.consumer(durable("news")).receive(1)).containsExactly("one");
    }

    @Test
    void servesWhatIsThereAndWhatIsNotKept() {
        session.producer("old").sendDurable(0, 1);
        full(true);

        assertThat(session.consumer("old").receive(1)).containsExactly("m0");
        assertThat(session.producer("news", NodeKind.TOPIC).error).isNull();
    }

    @Test
    void aShardThatIsMadeAnewKnows() {
        full(true);
        Shard made = core.shard(0, 1 << 16);
        core.table.replace(made);
        core.loop.settle();
        assertThat(made.noRoom()).contains("less room than its reserve");

        full(false);
        assertThat(made.noRoom()).isNull();
        Shard next = core.shard(0, 1 << 16);
        core.table.replace(next);
        core.loop.settle();
        assertThat(next.noRoom()).isNull();
    }

    private void full(boolean full) {
        core.table.roomChanged(!full);
        core.loop.settle();
    }

    private static ConsumerSpec durable(String topic) {
        return AdministrationTest.subscriber(topic, "mine", "client");
    }

    private BrokerError refusal(Operation operation) {
        List<Reply<List<Map<String, Object>>>> replies = new ArrayList<>();
        session.session.manage(operation, replies::add);
        session.session.flush();
        core.loop.until(() -> !replies.isEmpty());
        return ((Reply.Refused<?>) replies.get(0)).error();
    }

    private static void assertRefused(BrokerError error, String what) {
        assertThat(error).isNotNull();
        assertThat(error.code()).isEqualTo(Code.RESOURCE_LIMIT);
        assertThat(error.message()).contains(what, "the disk has less room than its reserve");
    }
}
