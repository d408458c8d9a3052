package org.waybill.cluster.node;

import org.jspecify.annotations.Nullable;
import org.waybill.cluster.replication.SnapshotReader;
import org.waybill.shard.Shard;
import org.waybill.shard.StateGiver;

/** A shard's state on its way to another node. */
final class GivenState implements SnapshotReader {
    private final @Nullable StateGiver giver;

    /** @param shard null when there is no state to give at this moment */
    GivenState(@Nullable Shard shard) {
        this.giver = shard == null ? null : new StateGiver(shard);
    }

    @Override
    public void read(PieceHandler handler) {
        if (giver == null) {
            handler.failed();
            return;
        }
        giver.read(MAX_PIECE_BYTES, new StateGiver.Receiver() {
            @Override
            public void piece(byte[] bytes, boolean last) {
                handler.piece(bytes, last);
            }

            @Override
            public void failed() {
                handler.failed();
            }
        });
    }

    @Override
    public void close() {
        if (giver != null) {
            giver.close();
        }
    }
}
