package org.waybill.journal;

import org.jspecify.annotations.Nullable;
import org.waybill.io.Loop;

/** One {@link Journal#read} under way, and its answers until all of them are told at once. */
final class ReadRequest {
    final long[] positions;
    final int[] recordBytes;
    final int count;
    private final Loop replyTo;
    private final ReadCallback callback;
    private final byte[] @Nullable [] payloads;
    private final @Nullable JournalDamage[] damages;

    ReadRequest(long[] positions, int[] recordBytes, int count, Loop replyTo, ReadCallback callback) {
        this.positions = positions;
        this.recordBytes = recordBytes;
        this.count = count;
        this.replyTo = replyTo;
        this.callback = callback;
        this.payloads = new byte[count][];
        this.damages = new JournalDamage[count];
    }

    void answer(int index, byte[] payload) {
        payloads[index] = payload;
    }

    void answer(int index, JournalDamage damage) {
        damages[index] = damage;
    }

    /** Posts all answers to the asking loop. */
    void reply() {
        replyTo.execute(this::tell);
    }

    private void tell() {
        for (int i = 0; i < count; i++) {
            byte[] payload = payloads[i];
            JournalDamage damage = damages[i];
            if (payload != null) {
                callback.record(i, payload);
            } else if (damage != null) {
                callback.damaged(i, damage);
            }
        }
        callback.done();
    }
}
