package org.waybill.cluster.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A replay that begins before the end of its checkpoint: at entries that another leader's have replaced. */
final class LogRecoveryTest {
    private static final int SHARD = 1;
    private static final long OLD = 2;
    private static final long NEW = 3;
    private static final long IN_CHECKPOINT = 5;

    private final List<Long> committed = new ArrayList<>();
    private final LogRecovery recovery =
            new LogRecovery(SHARD, type -> false, 1 << 10, (entry, at) -> committed.add(entry.index()));
    private long position;

    private LogStore.Recovered recovered() {
        return recovery.recovered();
    }

    private void checkpoint() {
        long[] epochs = {OLD, 1, NEW, IN_CHECKPOINT};
        ReplicaSet self = ReplicaSet.of(Members.of(1, 1));
        recovery.checkpoint(0, LogRecovery.encode(new LogStore.Meta(Promise.NONE, IN_CHECKPOINT, epochs, self, false)));
    }

    private void frame(long index, long epoch, long commitIndex) {
        recovery.frame(SHARD, index, epoch, commitIndex);
        recovery.record((byte) 1, ++position, 16, ByteBuffer.allocate(8));
    }

    @Test
    void whatFollowsOnTheCheckpointButWasReplacedByWhatIsInItIsGone() {
        checkpoint();
        frame(IN_CHECKPOINT + 1, OLD, 3);
        frame(IN_CHECKPOINT + 2, OLD, 3);
        frame(IN_CHECKPOINT, NEW, 3);
        assertThat(recovered().tail()).isEmpty();
    }

    @Test
    void soIsWhatHasNoPredecessor() {
        checkpoint();
        frame(IN_CHECKPOINT + 3, OLD, 3);
        frame(IN_CHECKPOINT, NEW, 3);
        assertThat(recovered().tail()).isEmpty();
    }

    @Test
    void whatFollowsOnTheReplacementIsThere() {
        checkpoint();
        frame(IN_CHECKPOINT + 1, OLD, 3);
        frame(IN_CHECKPOINT, NEW, 3);
        frame(IN_CHECKPOINT + 1, NEW, IN_CHECKPOINT);
        frame(IN_CHECKPOINT + 2, NEW, IN_CHECKPOINT + 1);
        assertThat(recovered().tail()).extracting(Entry::epoch).containsExactly(NEW, NEW);
        assertThat(committed).containsExactly(IN_CHECKPOINT + 1);
    }
}
