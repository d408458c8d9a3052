package org.waybill.cluster.node;

import java.nio.ByteBuffer;
import org.waybill.cluster.replication.LogRecovery;
import org.waybill.journal.ReplayHandler;
import org.waybill.shard.Follower;

/** Takes what the journal has of one shard: entries, and what concerns this journal alone. */
final class ShardRecovery implements ReplayHandler {
    private final int number;
    private final LogRecovery log;
    private final Follower follower;
    private boolean mine;
    private boolean local;

    ShardRecovery(int number, LogRecovery log, Follower follower) {
        this.number = number;
        this.log = log;
        this.follower = follower;
    }

    LogRecovery log() {
        return log;
    }

    @Override
    public void frame(int shard, long logIndex, long epoch, long commitIndex) {
        mine = shard == number;
        local = logIndex == 0;
        if (mine) {
            log.frame(shard, logIndex, epoch, commitIndex);
        }
    }

    @Override
    public void record(byte type, long position, int recordBytes, ByteBuffer payload) {
        if (!mine) {
            return;
        }
        if (local && Follower.isRelocation(type)) {
            if (position >= log.replayFrom()) {
                follower.record(type, position, recordBytes, payload);
            }
        } else {
            log.record(type, position, recordBytes, payload);
        }
    }
}
