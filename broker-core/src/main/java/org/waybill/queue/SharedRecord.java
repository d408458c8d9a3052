package org.waybill.queue;

import org.jspecify.annotations.Nullable;
import org.waybill.message.Message;

/**
 * The body of a message that stands in several queues, in memory and in the journal: once, and until the last entry that
 * refers to it is gone. On its shard's loop.
 */
public final class SharedRecord {
    private final int recordBytes;
    private int references;
    private boolean moving;
    private long position = Block.NO_POSITION;
    private @Nullable Message message;

    /**
     * A body without an entry.
     *
     * @param message null when only the journal has it
     * @param recordBytes what it counts for; see {@link Block#recordBytes}
     */
    public SharedRecord(@Nullable Message message, int recordBytes) {
        this.message = message;
        this.recordBytes = recordBytes;
    }

    /** Live entries that refer to it. */
    public int references() {
        return references;
    }

    void refer() {
        references++;
    }

    void release() {
        references--;
    }

    /** Where the journal has it, or {@link Block#NO_POSITION}. */
    public long position() {
        return position;
    }

    /** Notes where the journal has it. */
    public void place(long at) {
        position = at;
        moving = false;
    }

    /** Whether it has been appended again and is to be placed there: whoever else refers to it need not do that too. */
    public boolean moving() {
        return moving;
    }

    /** See {@link #moving()}. */
    public void move() {
        moving = true;
    }

    /** See {@link Block#recordBytes}. */
    public int recordBytes() {
        return recordBytes;
    }

    /** The message, or null when it must be read back. */
    public @Nullable Message message() {
        return message;
    }

    void message(@Nullable Message loaded) {
        message = loaded;
    }

    /**
     * Lets the message leave memory, which it counts for once, when there is too little and the journal has it. One that no entry
     * refers to any more has been counted off already.
     */
    public void shed(Facts facts) {
        Message held = message;
        if (references > 0 && held != null && position != Block.NO_POSITION && facts.memoryFull()) {
            message = null;
            facts.resident(-held.size());
        }
    }
}
