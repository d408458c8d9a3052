package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.waybill.io.CrashDisk;
import org.waybill.spi.BrokerError;
import org.waybill.spi.SessionHandler;

/** When a session ends whose shard is led by a node that is lost, or by another one from now on. Node 1 has the shards. */
final class LostLeadTest {
    private static final long MS = 1_000_000;

    private final CoreFixture core = new CoreFixture(new CrashDisk());
    private final List<BrokerError> ends = new ArrayList<>();

    @BeforeEach
    void use() {
        LocalSession session = new LocalSession(core.far, core.loop, "far", core.transactions, new SessionHandler() {
            @Override
            public void batchEnd() {}

            @Override
            public void closed(BrokerError reason) {
                ends.add(reason);
            }
        });
        session.deleteTemporary("q");
        session.flush();
        core.loop.settle();
    }

    @AfterEach
    void close() {
        core.close();
    }

    private int used() {
        return core.far.shardOf("q");
    }

    @Test
    void theLeaderMayTakeBackWhatASessionHeldBeforeItsClientComesAgain() {
        core.far.lost(1);
        core.loop.settle();
        core.loop.pass(249 * MS);
        assertThat(ends).isEmpty();
        core.loop.pass(MS);
        assertThat(ends).extracting(BrokerError::code).containsExactly(BrokerError.Code.MOVED);
    }

    @Test
    void itEndsAtOnceWhenAnotherLeads() {
        core.far.leadsElsewhere(used(), 3, 1, new NoLink());
        core.loop.settle();
        assertThat(ends).extracting(BrokerError::code).containsExactly(BrokerError.Code.MOVED);
    }

    @Test
    void anotherLeadDoesNotWaitForTheEndOfTheLostOne() {
        core.far.lost(1);
        core.loop.settle();
        core.far.leadsElsewhere(used(), 3, 1, new NoLink());
        core.loop.settle();
        assertThat(ends).hasSize(1);
    }

    private static final class NoLink implements NodeLink {
        @Override
        public void commands(int node, int shard, byte[] bytes, int length) {}

        @Override
        public void answers(int node, int shard, byte[] bytes, int length) {}

        @Override
        public boolean isFull(int node) {
            return false;
        }
    }
}
