package org.waybill.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.waybill.message.Message;

class SharedRecordTest {
    private final QueueModel facts = new QueueModel(0, 0);
    private final Message message = QueueModel.message(1, 4, true);
    private final SharedRecord record = new SharedRecord(message, 100);

    @Test
    void leavesMemoryOnce() {
        facts.memoryFull = true;
        record.refer();
        record.place(1);
        long before = facts.resident;

        record.shed(facts);
        record.shed(facts);

        assertThat(record.message()).isNull();
        assertThat(facts.resident).isEqualTo(before - message.size());
    }

    /** Whoever removes the last entry that refers to a body counts it off. */
    @Test
    void isNotCountedOffAgainWhenItsLastEntryIsGone() {
        facts.memoryFull = true;
        record.refer();
        record.place(1);
        record.release();
        long before = facts.resident;

        record.shed(facts);

        assertThat(facts.resident).isEqualTo(before);
    }
}
