package org.waybill.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.waybill.cluster.election.Electorate;
import org.waybill.cluster.node.Placement.Wish;
import org.waybill.spi.BrokerError;

final class MovesTest {
    private final Placement placement = new Placement(new Electorate(1, List.of(1, 2, 3), 3), 10);
    private final Moves moves = new Moves(placement);
    private final CompletableFuture<Optional<BrokerError>> done = new CompletableFuture<>();

    @Test
    void aWishThatWasOverruledUnknowinglyIsSaidOnceMore() {
        Wish wish = moves.begin(0, 3, 100, done);
        placement.wish(0, wish);
        Wish later = new Wish(2, 7);
        assertThat(placement.wish(0, later)).isTrue();

        Wish again = moves.heard(0, later).orElseThrow();

        assertThat(again.node()).isEqualTo(3);
        assertThat(placement.wish(0, again)).as("overrides it").isTrue();
        assertThat(moves.heard(0, new Wish(2, 9))).as("and that is all").isEmpty();
    }

    @Test
    void othersWishesAreLeftAlone() {
        moves.begin(0, 3, 100, done);
        assertThat(moves.heard(1, new Wish(2, 7))).isEmpty();
        assertThat(moves.heard(0, new Wish(3, 7))).as("the same").isEmpty();
    }

    @Test
    void isDoneWhenTheNodeLeads() {
        moves.begin(0, 3, 100, done);
        moves.led(0, 2);
        moves.led(1, 3);
        assertThat(done).isNotDone();
        moves.led(0, 3);
        assertThat(done).isCompletedWithValue(Optional.empty());
        assertThat(moves.heard(0, new Wish(2, 7))).as("it is over").isEmpty();
    }

    @Test
    void isGivenUpInTime() {
        moves.begin(0, 3, 100, done);
        moves.expire(99, node -> "n" + node);
        assertThat(done).isNotDone();
        moves.expire(100, node -> "n" + node);
        assertThat(done.join().orElseThrow().message())
                .isEqualTo("node n3 does not lead shard 0 yet, it will when it has caught up");
    }
}
