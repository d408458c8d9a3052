package org.waybill.shard;

import java.nio.BufferUnderflowException;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.journal.JournalDamage;
import org.waybill.journal.ReadCallback;
import org.waybill.message.DecodeError;
import org.waybill.message.Message;
import org.waybill.spi.BrokerError;

/** Entries that are moved together; messages that are not in memory come with one read from the journal. On the shard's loop. */
final class MoveLoad implements ReadCallback {
    private static final int MAX_ENTRIES = 256;
    private static final int MAX_BYTES = 1 << 20;

    private static final BrokerError GONE =
            new BrokerError(BrokerError.Code.RESOURCE_DELETED, "the message is gone or cannot be read back");

    private final Shard shard;
    private final Consumer<MoveLoad> ready;
    private final @Nullable Moving[] entries = new @Nullable Moving[MAX_ENTRIES];
    private final @Nullable Message[] messages = new @Nullable Message[MAX_ENTRIES];
    private final int[] read = new int[MAX_ENTRIES];
    private int count;
    private int missing;
    private int bytes;

    private MoveLoad(Shard shard, Consumer<MoveLoad> ready) {
        this.shard = shard;
        this.ready = ready;
    }

    /** Takes the first of those that wait; those that are gone are told so. */
    static void take(Shard shard, ArrayDeque<Moving> waiting, Consumer<MoveLoad> ready) {
        MoveLoad load = new MoveLoad(shard, ready);
        while (!load.full() && !waiting.isEmpty()) {
            Moving entry = waiting.removeFirst();
            if (entry.isHere()) {
                load.add(entry);
            } else {
                entry.end(GONE);
            }
        }
        load.read();
    }

    int count() {
        return count;
    }

    Moving entry(int i) {
        return Invariant.present(entries[i]);
    }

    /** Its message; null when it is gone, or cannot be read back and is held: then whoever wanted it moved has been told. */
    @Nullable
    Message message(int i) {
        Message message = messages[i];
        if (message == null || !entry(i).isHere()) {
            entry(i).end(GONE);
            return null;
        }
        return message;
    }

    private boolean full() {
        return count == MAX_ENTRIES || bytes >= MAX_BYTES;
    }

    private void add(Moving entry) {
        Message message = entry.block().message(entry.index());
        bytes += entry.block().recordBytes(entry.index());
        if (message == null) {
            read[missing++] = count;
        }
        messages[count] = message;
        entries[count++] = entry;
    }

    private void read() {
        if (missing == 0) {
            ready.accept(this);
            return;
        }
        long[] positions = new long[missing];
        int[] recordBytes = new int[missing];
        for (int i = 0; i < missing; i++) {
            Moving entry = entry(read[i]);
            positions[i] = entry.block().position(entry.index());
            recordBytes[i] = entry.block().recordBytes(entry.index());
        }
        shard.journal().read(positions, recordBytes, missing, shard.loop(), this);
    }

    @Override
    public void record(int i, byte[] payload) {
        try {
            messages[read[i]] = Events.message(payload);
        } catch (DecodeError | IllegalArgumentException | BufferUnderflowException malformed) {
            unreadable(entry(read[i]), malformed);
        }
    }

    @Override
    public void damaged(int i, JournalDamage damage) {
        unreadable(entry(read[i]), damage);
    }

    private static void unreadable(Moving entry, Exception why) {
        entry.queue().bodies().loaded(entry.block(), entry.index(), entry.id(), null, String.valueOf(why.getMessage()));
    }

    @Override
    public void done() {
        shard.execute(() -> ready.accept(this));
    }
}
