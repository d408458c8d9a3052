package org.waybill.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.waybill.spi.BrokerError;

/** What operators want of leaderships, where not all nodes hear of it. */
final class WishesTest {
    private static final int SHARD = 0;

    private final World world = new World(1, 3);

    @Test
    void aNodeThatNobodyHasToldOfAWishMovesALeaderAllTheSame() {
        world.begin();
        WorldNode third = world.nodes().get(2);
        world.network().cut(2, 3);
        world.network().cut(3, 2);
        world.forMs(2_000);
        assertThat(move(third, 3)).isEmpty();
        // when it starts again it meets the second node first, and hears of its wish from the first one only then
        third.crash(false);
        world.network().join();
        world.network().cut(1, 3);
        world.network().cut(3, 1);
        world.forMs(4_000);
        world.network().join();
        world.until("the third node leads again", () -> third.leads(SHARD));

        assertThat(move(world.nodes().get(1), 1)).isEmpty();
        assertThat(world.nodes().get(0).leads(SHARD)).isTrue();
    }

    @Test
    void whatOneNodeHasHeardAllHear() {
        world.begin();
        WorldNode second = world.nodes().get(1);
        world.network().cut(2, 3);
        world.network().cut(3, 2);
        world.forMs(2_000);
        assertThat(move(world.nodes().get(2), 3)).isEmpty();
        List<Map<String, Object>> shards = new ArrayList<>();
        second.node().shards().thenAccept(shards::addAll);
        world.until("the second node says what it knows", () -> !shards.isEmpty());
        assertThat(shards.get(SHARD)).containsEntry("prefers", "n3");
    }

    /** Has a node have another lead the shard; returns what it says. */
    private Optional<BrokerError> move(WorldNode asked, int to) {
        List<Optional<BrokerError>> answers = new ArrayList<>();
        asked.node().moveLeader(SHARD, "n" + to).thenAccept(answers::add);
        world.until("it is said whether node " + to + " leads", () -> !answers.isEmpty());
        return answers.get(0);
    }
}
