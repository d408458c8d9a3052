package org.waybill.shard;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.journal.JournalDamage;
import org.waybill.journal.ReadCallback;
import org.waybill.message.DecodeError;
import org.waybill.queue.Block;
import org.waybill.queue.Queue;

/** Messages of one queue on their way back from the journal. */
final class EntryRead implements ReadCallback {
    private final Shard shard;
    private final Queue queue;
    private final @Nullable Block[] blocks;
    private final int[] indexes;
    private final long[] ids;

    private EntryRead(Shard shard, Queue queue, @Nullable Block[] blocks, int[] indexes, int count) {
        this.shard = shard;
        this.queue = queue;
        this.blocks = blocks;
        this.indexes = indexes;
        this.ids = new long[count];
    }

    static void start(Shard shard, Queue queue, @Nullable Block[] blocks, int[] indexes, int count) {
        EntryRead read = new EntryRead(shard, queue, blocks, indexes, count);
        long[] positions = new long[count];
        int[] bytes = new int[count];
        for (int i = 0; i < count; i++) {
            Block block = Invariant.present(blocks[i]);
            read.ids[i] = block.id(indexes[i]);
            positions[i] = block.position(indexes[i]);
            bytes[i] = block.recordBytes(indexes[i]);
        }
        shard.journal().read(positions, bytes, count, shard.loop(), read);
    }

    @Override
    public void record(int index, byte[] payload) {
        Block block = Invariant.present(blocks[index]);
        try {
            queue.bodies().loaded(block, indexes[index], ids[index], Events.message(payload), "");
        } catch (DecodeError | IllegalArgumentException | java.nio.BufferUnderflowException malformed) {
            queue.bodies().loaded(block, indexes[index], ids[index], null, String.valueOf(malformed.getMessage()));
        }
    }

    @Override
    public void damaged(int index, JournalDamage damage) {
        Block block = Invariant.present(blocks[index]);
        queue.bodies().loaded(block, indexes[index], ids[index], null, String.valueOf(damage.getMessage()));
    }

    @Override
    public void done() {
        Arrays.fill(blocks, null);
        queue.readDone();
        shard.schedule();
    }
}
