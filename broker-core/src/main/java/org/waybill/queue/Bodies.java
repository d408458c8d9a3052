package org.waybill.queue;

import org.jspecify.annotations.Nullable;
import org.waybill.message.Message;

/** Which messages of a queue are in memory, and which only in the journal. On its shard's loop. */
public final class Bodies {
    private final Queue queue;
    private final Facts facts;

    Bodies(Queue queue, Facts facts) {
        this.queue = queue;
        this.facts = facts;
    }

    /** Lets a message leave memory when there is too little and the journal has it. */
    void shed(Block block, int index, Message message) {
        if (!facts.memoryFull() || block.position(index) == Block.NO_POSITION) {
            return;
        }
        SharedRecord record = block.shared(index);
        if (record == null) {
            block.message(index, null);
            facts.resident(-message.size());
        } else {
            facts.shedLater(record);
        }
    }

    /** As {@link #shed(Block, int, Message)}, for an entry whose message may be gone already. */
    public void shed(Block block, int index) {
        Message message = block.message(index);
        if (message != null) {
            shed(block, index, message);
        }
    }

    /** A message was read back; a null one cannot be. */
    public void loaded(Block block, int index, long messageId, @Nullable Message message, String why) {
        if (queue.closed() || !block.isHere(index, messageId)) {
            return;
        }
        if (message == null) {
            // the cleaner tries again and again; one word about it is enough
            if (block.isReadable(index)) {
                block.spoil(index);
                if (block.isAvailable(index)) {
                    block.acquire(index);
                }
                facts.unreadable(queue, block, index, why);
            }
        } else if (block.message(index) == null) {
            block.message(index, message);
            facts.resident(message.size());
        }
    }

    /** An entry leaves the queue. */
    void leave(Block block, int index) {
        Message message = block.message(index);
        if (message != null && block.ownsBody(index)) {
            facts.resident(-message.size());
        }
    }
}
