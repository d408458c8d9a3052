package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.waybill.io.CrashDisk;

/** A shard's end, for which a broker's stop waits. */
final class EndTest {
    private final CoreFixture core = new CoreFixture(new CrashDisk());
    private final Shard shard = core.shards[0];
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger settled = new AtomicInteger();

    @BeforeEach
    void work() {
        core.session().producer("q").sendDurable(0, 10);
        core.loop.settle();
    }

    @AfterEach
    void close() {
        core.close();
    }

    @Test
    void comesWithACheckpoint() {
        shard.stop(ended::incrementAndGet);

        core.loop.until(() -> ended.get() == 1);
    }

    @Test
    void comesAtOnceWhenTheStateIsVoid() {
        shard.abandon(position -> settled.incrementAndGet());
        shard.stop(ended::incrementAndGet);

        core.loop.settle();
        assertThat(settled).hasValue(1);
        assertThat(ended).hasValue(1);
    }

    @Test
    void comesWhenTheStateBecomesVoidUnderTheLastCheckpoint() {
        shard.stop(ended::incrementAndGet);
        core.loop.execute(() -> shard.abandon(position -> settled.incrementAndGet()));

        core.loop.until(() -> settled.get() == 1);
        core.loop.settle();
        assertThat(ended).hasValue(1);
    }
}
