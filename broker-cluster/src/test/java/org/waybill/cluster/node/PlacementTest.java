package org.waybill.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.waybill.cluster.election.Electorate;

final class PlacementTest {
    private static final long SETTLE_NS = 10;

    private final Placement first = of(1);
    private final Placement second = of(2);

    @Test
    void aShardGoesToTheNodeOfItsNumberWhenThatHasBeenThereForAWhile() {
        assertThat(first.isDue(1, 100)).as("node 2 is not there").isFalse();

        first.connected(2, 100);

        assertThat(first.isDue(1, 109)).as("just come").isFalse();
        assertThat(first.isDue(1, 110)).isTrue();
        assertThat(first.isDue(0, 110)).as("its own").isFalse();
        assertThat(first.isDue(2, 110)).as("node 3 is not there").isFalse();
    }

    @Test
    void aNodeThatComesAndGoesIsLeftAlone() {
        first.connected(2, 100);
        first.disconnected(2);
        first.connected(2, 108);

        assertThat(first.isDue(1, 112)).isFalse();
        assertThat(first.isDue(1, 118)).isTrue();
    }

    @Test
    void inANewClusterNobodyWaits() {
        first.connected(2, 100);
        first.settled(100);

        assertThat(first.isDue(1, 100)).isTrue();
    }

    @Test
    void whatSomebodySaysHoldsAtOnceAndStays() {
        first.connected(3, 100);

        assertThat(first.wish(0, first.next(0, 3))).isTrue();

        assertThat(first.preferred(0)).isEqualTo(3);
        assertThat(first.isDue(0, 100)).isTrue();
        assertThat(first.wish(0, first.next(0, 1))).isTrue();
        assertThat(first.isDue(0, 200)).isFalse();
    }

    @Test
    void whatWasSaidBeforeIsNoNews() {
        Placement.Wish old = first.next(0, 2);
        first.wish(0, old);
        first.wish(0, first.next(0, 3));

        assertThat(first.wish(0, old)).isFalse();
        assertThat(first.preferred(0)).isEqualTo(3);
    }

    @Test
    void ofTwoWishesOfTheSameTimeTheSameHoldsOnAllNodes() {
        Placement.Wish one = first.next(0, 2);
        Placement.Wish other = second.next(0, 3);

        first.wish(0, one);
        first.wish(0, other);
        second.wish(0, other);
        second.wish(0, one);

        assertThat(first.preferred(0)).isEqualTo(second.preferred(0));
        assertThat(first.wishes()).isEqualTo(second.wishes());
    }

    private static Placement of(int self) {
        return new Placement(new Electorate(self, List.of(1, 2, 3), 3), SETTLE_NS);
    }
}
