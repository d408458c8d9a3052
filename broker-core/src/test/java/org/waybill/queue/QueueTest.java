package org.waybill.queue;

import static org.assertj.core.api.Assertions.assertThat;

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
        return new QueueConsumer(counting, browse, preSettled, Outcome.RELEASED, null, Long.MAX_VALUE);
    }

    private void store(int count) {
        Message message = QueueModel.message(1, 4, false);
        for (int i = 0; i < count; i++) {
            long id = queue.lastId(4) + 1;
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
        queue.dispatch(0);
        assertThat(counting.delivered).isEqualTo(count);
        assertThat(counting.drained).isEqualTo(1);
    }

    @Test
    void whoHoldsTooMuchWaits() {
        store(QueueConsumer.MAX_UNSETTLED_SPAN + 1_000);
        QueueConsumer consumer = consumer(false, false);
        queue.attach(consumer);
        queue.credit(consumer, Long.MAX_VALUE, false);
        queue.dispatch(0);
        assertThat(counting.delivered).isEqualTo(QueueConsumer.MAX_UNSETTLED_SPAN);
        queue.settle(consumer, 0, 99, Outcome.ACCEPTED);
        queue.dispatch(0);
        assertThat(counting.delivered).isEqualTo(QueueConsumer.MAX_UNSETTLED_SPAN + 100);
    }

    @Test
    void theOutcomeOfAClosedConsumerLeavesNothingOfIt() {
        store(1);
        QueueConsumer consumer = consumer(false, false);
        queue.attach(consumer);
        queue.credit(consumer, 1, false);
        queue.dispatch(0);
        queue.take(consumer, 0, 0, (token, block, index) -> {
            queue.detach(consumer);
            queue.concludeTaken(consumer, block, index, new Outcome.Modified(true, true, null));
        });
        assertThat(consumer.cursor).isNull();
        assertThat(queue.messages()).isEqualTo(1);
        assertThat(queue.unsettled()).isZero();
    }

    @Test
    void reportsAMessageThatCannotBeReadBackOnce() {
        Counting counting = new Counting();
        Queue queue = new Queue(1, "q", false, 0, counting);
        Block block = queue.store(1, 4, null, 100, true, 0);
        queue.reveal(1);
        queue.loaded(block, 0, 1, null, "damaged");
        queue.loaded(block, 0, 1, null, "damaged");
        assertThat(counting.unreadable).isEqualTo(1);
        assertThat(queue.messages()).isEqualTo(1);
    }

    /** Only counts. */
    private static final class Counting implements Facts, Sink {
        int delivered;
        int drained;
        int unreadable;

        @Override
        public void removed(Queue from, Block block, int index) {
            from.remove(block, index);
        }

        @Override
        public void undeliverable(Queue from, Block block, int index, String reason) {
            from.remove(block, index);
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
        public void unreadable(Queue from, Block block, int index, String why) {
            unreadable++;
        }

        @Override
        public void deliver(
                QueueConsumer consumer, long token, Message message, byte @Nullable [] head, boolean afterCommit) {
            delivered++;
        }

        @Override
        public void drained(QueueConsumer consumer, long limitToken) {
            drained++;
        }
    }
}
