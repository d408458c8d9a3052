package org.waybill.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.message.Message;
import org.waybill.message.Outcome;

/** Cases of a queue that chance does not find. */
class QueueTest {
    private final Counting counting = new Counting();
    private final Queue queue = new Queue(1, "q", false, 0, counting);

    private QueueConsumer consumer(boolean browse, boolean preSettled) {
        return new QueueConsumer(counting, browse, preSettled, Outcome.RELEASED, null, 0, Long.MAX_VALUE);
    }

    private void store(int count) {
        for (int i = 0; i < count; i++) {
            long id = queue.lines().lastId(4) + 1;
            Message message = QueueModel.message(id, 4, false);
            queue.store(id, 4, message, message.size(), false, 0);
            queue.reveal(id);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoHoldsNothingIsServedForEver(boolean browse) {
        int count = QueueConsumer.MAX_UNSETTLED_SPAN + 1_000;
        store(count);
        QueueConsumer consumer = consumer(browse, !browse);
        queue.attach(consumer);
        queue.credit(consumer, Long.MAX_VALUE, true);
        dispatch();
        assertThat(counting.delivered).isEqualTo(count);
        assertThat(counting.drained).isEqualTo(1);
    }

    @Test
    void whoHoldsTooMuchWaits() {
        store(QueueConsumer.MAX_UNSETTLED_SPAN + 1_000);
        QueueConsumer consumer = consumer(false, false);
        queue.attach(consumer);
        queue.credit(consumer, Long.MAX_VALUE, false);
        dispatch();
        assertThat(counting.delivered).isEqualTo(QueueConsumer.MAX_UNSETTLED_SPAN);
        queue.outcomes().settle(consumer, 0, 99, Outcome.ACCEPTED);
        dispatch();
        assertThat(counting.delivered).isEqualTo(QueueConsumer.MAX_UNSETTLED_SPAN + 100);
    }

    @Test
    void theOutcomeOfAClosedConsumerLeavesNothingOfIt() {
        store(1);
        QueueConsumer consumer = consumer(false, false);
        queue.attach(consumer);
        queue.credit(consumer, 1, false);
        dispatch();
        queue.outcomes().take(consumer, 0, 0, (token, block, index) -> {
            queue.detach(consumer);
            queue.outcomes().concludeTaken(consumer, block, index, new Outcome.Modified(true, true, null));
        });
        assertThat(queue.messages()).isEqualTo(1);
        assertThat(queue.outcomes().unsettled()).isZero();
    }

    @Test
    void whatWaitsIsPassedByAndKeepsItsPlace() {
        store(1);
        Message second = QueueModel.message(2, 4, false);
        Message third = QueueModel.message(3, 4, false);
        Block block = queue.store(2, 4, second, second.size(), false, 0, 5_000);
        queue.store(3, 4, third, third.size(), false, 0);
        queue.delay(block, 2, 0);
        store(1);
        assertThat(queue.waiting()).isEqualTo(2);
        assertThat(queue.messages()).isEqualTo(4);
        QueueConsumer browser = consumer(true, false);
        queue.attach(browser);
        queue.credit(browser, 10, true);
        dispatch();
        assertThat(counting.ids).containsExactly(1L, 4L);
        assertThat(counting.drained).isEqualTo(1);
        queue.detach(browser);
        counting.ids.clear();

        QueueConsumer consumer = consumer(false, true);
        queue.attach(consumer);
        queue.credit(consumer, 10, false);
        dispatch();
        assertThat(counting.ids).containsExactly(1L, 4L);
        assertThat(block.dueAtMs(1)).isEqualTo(5_000);
        queue.makeAvailable(block, 2);
        queue.makeAvailable(block, 1);
        queue.makeAvailable(block, 1);
        dispatch();
        assertThat(counting.ids).containsExactly(1L, 4L, 2L, 3L);
        assertThat(queue.waiting()).isZero();
        assertThat(queue.messages()).isZero();
    }

    @Test
    void whatATransactionKeepsBackComesAtItsOldPlaceOrNotAtAll() {
        store(3);
        Block block = queue.lines().find(1);
        queue.undecided(block, 0);
        queue.undecided(block, 1);
        QueueConsumer consumer = consumer(false, true);
        queue.attach(consumer);
        queue.credit(consumer, 10, false);
        dispatch();
        assertThat(counting.ids).containsExactly(3L);
        assertThat(queue.intervention().purge()).isZero();
        queue.discard(block, 0);
        queue.decided(block, 1);
        dispatch();
        assertThat(counting.ids).containsExactly(3L, 2L);
        assertThat(queue.waiting()).isZero();
        assertThat(queue.messages()).isZero();
    }

    @Test
    void aScheduledMessageOfATransactionWaitsForItsTimeAndItsDecision() {
        Message message = QueueModel.message(1, 4, false);
        Block block = queue.store(1, 4, message, message.size(), false, 0, 5_000);
        queue.undecided(block, 0);
        Message second = QueueModel.message(2, 4, false);
        queue.store(2, 4, second, second.size(), false, 0, 5_000);
        queue.undecided(block, 1);
        queue.reveal(2);
        QueueConsumer consumer = consumer(false, true);
        queue.attach(consumer);
        queue.credit(consumer, 10, false);
        queue.decided(block, 0);
        queue.makeAvailable(block, 1);
        dispatch();
        assertThat(counting.ids).isEmpty();
        assertThat(queue.waiting()).isEqualTo(2);
        queue.makeAvailable(block, 0);
        queue.decided(block, 1);
        dispatch();
        assertThat(counting.ids).containsExactly(1L, 2L);
        assertThat(queue.waiting()).isZero();
    }

    @Test
    void anEntryThatIsDelayedLetsOthersPass() {
        store(2);
        QueueConsumer consumer = consumer(false, false);
        queue.attach(consumer);
        queue.credit(consumer, 2, false);
        dispatch();
        queue.outcomes().take(consumer, 0, 0, (token, block, index) -> queue.delay(block, index, 7_000));
        assertThat(queue.waiting()).isEqualTo(1);
        Block block = queue.lines().find(1);
        queue.remove(block, 0);
        assertThat(queue.waiting()).isZero();
        assertThat(queue.messages()).isEqualTo(1);
    }

    @Test
    void aWaitingEntryThatCannotBeReadBackIsNotHandedOut() {
        Block block = queue.store(1, 4, null, 100, true, 0, 5_000);
        queue.reveal(1);
        queue.bodies().loaded(block, 0, 1, null, "damaged");
        queue.makeAvailable(block, 0);
        QueueConsumer consumer = consumer(false, false);
        queue.attach(consumer);
        queue.credit(consumer, 1, true);
        dispatch();
        assertThat(counting.delivered).isZero();
        assertThat(counting.drained).isEqualTo(1);
        assertThat(queue.waiting()).isZero();
    }

    @Test
    void reportsAMessageThatCannotBeReadBackOnce() {
        Counting counting = new Counting();
        Queue queue = new Queue(1, "q", false, 0, counting);
        Block block = queue.store(1, 4, null, 100, true, 0);
        queue.reveal(1);
        queue.bodies().loaded(block, 0, 1, null, "damaged");
        queue.bodies().loaded(block, 0, 1, null, "damaged");
        assertThat(counting.unreadable).isEqualTo(1);
        assertThat(queue.messages()).isEqualTo(1);
    }

    /** Only counts. */
    private static final class Counting implements Facts, Sink {
        int delivered;
        int drained;
        int unreadable;
        final TimeIndex times = new TimeIndex();
        final List<Long> ids = new ArrayList<>();

        @Override
        public void removed(Queue from, Block block, int index) {
            from.remove(block, index);
        }

        @Override
        public void undeliverable(Queue from, Block block, int index, String reason) {
            from.remove(block, index);
        }

        @Override
        public void expired(Queue from, Block block, int index) {
            from.remove(block, index);
        }

        @Override
        public void overdue(Queue from, Block block, int index) {
            from.giveBack(block, index);
        }

        @Override
        public boolean dueOnTheWay() {
            return false;
        }

        @Override
        public long retryAtMs(Queue from, int failures) {
            return 0;
        }

        @Override
        public TimeIndex times() {
            return times;
        }

        @Override
        public void counted(Queue from, Block block, int index) {}

        @Override
        public void read(Queue from, @Nullable Block[] blocks, int[] indexes, int count) {
            throw new AssertionError("everything is in memory");
        }

        @Override
        public void wake(Queue from) {}

        @Override
        public boolean memoryFull() {
            return false;
        }

        @Override
        public void resident(long bytes) {}

        @Override
        public void shedLater(SharedRecord record) {
            record.shed(this);
        }

        @Override
        public void unreadable(Queue from, Block block, int index, String why) {
            unreadable++;
        }

        @Override
        public void deliver(
                QueueConsumer consumer, long token, Message message, byte @Nullable [] head, boolean afterCommit) {
            delivered++;
            ids.add(QueueModel.idOf(message));
        }

        @Override
        public void drained(QueueConsumer consumer, long limitToken) {
            drained++;
        }
    }

    private void dispatch() {
        boolean more = true;
        while (more) {
            more = queue.dispatch(0);
        }
    }
}
