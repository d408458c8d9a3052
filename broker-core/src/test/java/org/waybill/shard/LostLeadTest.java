package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.waybill.io.CrashDisk;
import org.waybill.shard.CoreFixture.TestConsumer;
import org.waybill.shard.CoreFixture.TestSession;
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

    @Test
    void aLostLeadHasNothingMoreToSay() {
        TestSession session = new TestSession(core, "far", core.far);
        TestConsumer consumer = session.consumer("q");
        new TestSession(core, "near", core.table).producer("q").sendDurable(0, 1);
        core.far.lost(1);
        consumer.credit(1);
        core.loop.settle();
        assertThat(consumer.texts).isEmpty();
    }

    @Test
    void noSessionHasTheNumberOfOneFromBeforeTheStart() {
        CoreFixture.TestClock clock = new CoreFixture.TestClock();
        Shards before = Shards.inCluster(core.shards, clock);
        long last = 0;
        for (int i = 0; i < 100; i++) {
            last = before.nextSession();
        }
        clock.epochMs++;
        assertThat(Shards.inCluster(core.shards, clock).nextSession()).isGreaterThan(last);
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
