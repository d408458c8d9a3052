package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.waybill.config.AddressSettings;
import org.waybill.io.CrashDisk;
import org.waybill.journal.ReplayHandler;

final class CleanerTest {
    private final CoreFixture core =
            new CoreFixture(new CrashDisk(), 1, 64L << 20, 1 << 16, name -> AddressSettings.defaults());

    @AfterEach
    void close() {
        core.close();
    }

    @Test
    void copiesNothingTwiceThatItIsStillReading() throws IOException {
        Shard shard = core.shards[0];
        long beginning = core.journal.forcedPosition();
        core.session().producer("q").sendDurable(0, 3);
        core.loop.settle();
        Cleaner cleaner = new Cleaner(shard, shard.state());
        int[] segments = {(int) (beginning >>> 32)};

        cleaner.begin(segments);
        core.loop.drain();
        cleaner.begin(segments);
        core.loop.settle();

        assertThat(copies(beginning)).isEqualTo(3);
    }

    private int copies(long beginning) throws IOException {
        AtomicInteger count = new AtomicInteger();
        core.journal.reread(beginning, core.journal.forcedPosition(), new ReplayHandler() {
            @Override
            public void frame(int shard, long logIndex, long epoch, long commitIndex) {
                // its records are told next
            }

            @Override
            public void record(byte type, long position, int recordBytes, ByteBuffer payload) {
                count.addAndGet(type == Events.RELOCATED ? 1 : 0);
            }
        });
        return count.get();
    }
}
