package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.waybill.config.AddressSettings;
import org.waybill.io.CrashDisk;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.Destination;
import org.waybill.spi.NodeKind;
import org.waybill.spi.Operation;
import org.waybill.spi.Operation.Target;

/** Which node leads what an address lives on, as a node knows it. */
class ShardsTest {
    private static final int SHARDS = 3;
    private static final String QUEUE = ShardNetwork.queue("q", 1, SHARDS);
    private static final String TOPIC = ShardNetwork.queue("t", 1, SHARDS);

    private final CoreFixture core =
            new CoreFixture(new CrashDisk(), SHARDS, 64L << 20, 1 << 16, name -> AddressSettings.defaults());

    private final Shards table = Shards.inCluster(core.shards, core.clock);

    @AfterEach
    void close() {
        core.close();
    }

    private List<Integer> leaders(String address) {
        return List.of(NodeKind.ANY, NodeKind.QUEUE, NodeKind.TOPIC).stream()
                .map(kind -> table.leaderOf(Destination.of(address, kind)))
                .toList();
    }

    private void manage(Operation operation) {
        CoreFixture.TestSession session = core.session();
        session.session.manage(operation, done -> assertThat(done).isInstanceOf(Reply.Done.class));
        session.session.flush();
        core.loop.drain();
    }

    @Test
    void aQueueIsLedWhereItsShardIsAndAnyTopicWhereTheFirstIs() {
        assertThat(leaders(QUEUE)).containsExactly(-1, -1, -1);
        table.leadsElsewhere(1, 7, 1, new NoLink());
        assertThat(leaders(QUEUE)).containsExactly(7, 7, -1);
        table.leadsHere(0);
        assertThat(leaders(QUEUE)).containsExactly(7, 7, 0);
        assertThat(leaders("topic://" + QUEUE)).containsOnly(0);
        table.lost(7);
        assertThat(leaders(QUEUE)).containsExactly(-1, -1, 0);
        assertThat(core.table.leaderOf(Destination.of(QUEUE, NodeKind.ANY))).isZero();
    }

    @Test
    void anAddressThatIsATopicByNatureIsLedWhereTopicsAre() {
        table.leadsElsewhere(0, 5, 1, new NoLink());
        table.leadsElsewhere(1, 7, 1, new NoLink());
        manage(new Operation.Create(new Target(Operation.Type.TOPIC, TOPIC)));
        assertThat(leaders(TOPIC)).containsExactly(5, 7, 5);
    }

    @Test
    void aQueueThatHasMovedIsLedWhereItLives() {
        table.leadsElsewhere(1, 7, 1, new NoLink());
        table.leadsElsewhere(2, 8, 1, new NoLink());
        manage(new Operation.Create(new Target(Operation.Type.QUEUE, QUEUE)));
        assertThat(leaders(QUEUE)).startsWith(7, 7);
        manage(new Operation.MoveQueue(new Target(Operation.Type.QUEUE, QUEUE), 2));
        core.pass(200);
        assertThat(leaders(QUEUE)).startsWith(8, 8);
    }

    /** Nothing is said over it. */
    private static final class NoLink implements NodeLink {
        @Override
        public void commands(int node, int shard, byte[] bytes, int length) {
            throw new AssertionError("commands");
        }

        @Override
        public void answers(int node, int shard, byte[] bytes, int length) {
            throw new AssertionError("answers");
        }

        @Override
        public boolean isFull(int node) {
            return false;
        }
    }
}
