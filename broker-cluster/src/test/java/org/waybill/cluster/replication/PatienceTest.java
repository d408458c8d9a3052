package org.waybill.cluster.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PatienceTest {
    private static final long MS = 1_000_000;
    private static final long FIRST = Members.of(1, 11);
    private static final long SECOND = Members.of(2, 22);
    private static final long THIRD = Members.of(3, 33);
    private static final ReplicaSet SET = ReplicaSet.of(FIRST, SECOND, THIRD);
    private static final ReplicationOptions OPTIONS = ReplicationOptions.defaults();

    private final Patience patience = new Patience(OPTIONS, new Random(1));

    @Test
    void whoeverIsToLeadNextTriesSoonAfterTheFailoverTime() {
        patience.order(List.of(1, 2, 3));
        for (int i = 0; i < 100; i++) {
            patience.anew();
            assertThat(endsMs(SECOND, FIRST)).isBetween(1_000L, 1_100L);
        }
    }

    @Test
    void othersTryLaterByTheirRank() {
        patience.order(List.of(3, 1, 2));
        for (int i = 0; i < 100; i++) {
            patience.anew();
            assertThat(endsMs(FIRST, THIRD)).isLessThan(endsMs(SECOND, THIRD));
            assertThat(endsMs(SECOND, THIRD) - endsMs(FIRST, THIRD)).isEqualTo(400);
            assertThat(endsMs(SECOND, Members.NONE) - endsMs(SECOND, THIRD)).isEqualTo(400);
        }
    }

    @Test
    void theLeaderThatIsLostIsNotWaitedForWhereverItStands() {
        patience.order(List.of(2, 1, 3));
        assertThat(endsMs(THIRD, SECOND)).isEqualTo(endsMs(THIRD, FIRST));
    }

    @Test
    void aNodeThatIsNotNamedComesLast() {
        patience.order(List.of(2, 3));
        assertThat(endsMs(FIRST, Members.NONE) - endsMs(SECOND, Members.NONE)).isEqualTo(800);
    }

    @Test
    void theCoordinatorsWordIsWaitedForWhileItAnswers() {
        patience.order(List.of(1, 2, 3));
        long alone = endsMs(SECOND, FIRST);
        patience.coordinated(() -> true);
        assertThat(endsMs(SECOND, FIRST) - alone).isEqualTo(100);
    }

    @Test
    void chanceTellsApartThoseOfOneRank() {
        patience.order(List.of(1));
        long before = endsMs(SECOND, FIRST);
        patience.anew();
        assertThat(endsMs(SECOND, FIRST)).isNotEqualTo(before);
    }

    /** After how many whole milliseconds it is over. */
    private long endsMs(long self, long lost) {
        long ms = 0;
        while (!patience.isOver(ms * MS, self, SET, lost)) {
            ms++;
        }
        return ms;
    }
}
