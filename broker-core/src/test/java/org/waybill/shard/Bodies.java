package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.waybill.message.Message;
import org.waybill.queue.Block;
import org.waybill.queue.SharedRecord;

/** The bodies that the entries of all queues refer to, each counted once. */
final class Bodies {
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private long journalBytes;
    private long memoryBytes;

    private Bodies(CoreFixture core) {
        for (Shard shard : core.shards) {
            for (Node node : shard.state().nodes()) {
                node.queue.lines().forEachLive(this::count);
            }
        }
    }

    private void count(Block block, int index) {
        SharedRecord shared = block.shared(index);
        if (shared != null && !seen.add(shared)) {
            return;
        }
        if (block.position(index) != Block.NO_POSITION) {
            journalBytes += block.recordBytes(index);
        }
        Message message = block.message(index);
        if (message != null) {
            memoryBytes += message.size();
        }
    }

    /** A body lives in journal and memory exactly until its last entry is gone: call when nothing is under way. */
    static void check(CoreFixture core) {
        Bodies bodies = new Bodies(core);
        assertThat(core.journal.counters().liveBytes()).as("live bytes").isEqualTo(bodies.journalBytes);
        assertThat(core.memory.bytes()).as("bytes in memory").isEqualTo(bodies.memoryBytes);
    }
}
