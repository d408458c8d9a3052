package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.waybill.config.ExactlyOnceSettings;
import org.waybill.message.Origin;
import org.waybill.shard.Producers.Verdict;
import org.waybill.tx.TransactionId;

final class ProducersTest {
    private static final long IDLE_MS = 10 * Producers.FLOOR_MS;
    private static final TransactionId TRANSACTION = TransactionId.local(new UUID(9, 9));

    private final Producers producers = new Producers(new ExactlyOnceSettings(3, IDLE_MS));

    private static Origin of(int producer, int epoch, long sequence) {
        return new Origin(new UUID(0, producer), epoch, sequence);
    }

    private Verdict verdict(Origin origin, long nowMs) {
        return producers.verdict(origin, nowMs, null);
    }

    @Test
    void forgetsTheLongestIdleWhenThereAreTooMany() {
        producers.stored(of(1, 0, 1), true, 0);
        producers.stored(of(2, 0, 1), true, 1);
        producers.stored(of(3, 0, 1), true, 2);
        producers.stored(of(1, 0, 2), true, 3);
        assertThat(verdict(of(4, 0, 1), Producers.FLOOR_MS)).isEqualTo(Verdict.FULL);

        assertThat(verdict(of(4, 0, 1), Producers.FLOOR_MS + 1)).isEqualTo(Verdict.STORE);

        producers.stored(of(4, 0, 1), true, Producers.FLOOR_MS + 1);
        assertThat(producers.size()).isEqualTo(3);
        assertThat(verdict(of(1, 0, 2), Producers.FLOOR_MS + 1)).isEqualTo(Verdict.DUPLICATE);
        assertThat(verdict(of(3, 0, 1), Producers.FLOOR_MS + 1)).isEqualTo(Verdict.DUPLICATE);
    }

    @Test
    void forgetsWhoWasIdleForTooLong() {
        producers.stored(of(1, 0, 1), true, 0);
        producers.stored(of(2, 0, 1), true, IDLE_MS);
        verdict(of(3, 0, 1), IDLE_MS + 1);
        assertThat(producers.size()).isEqualTo(1);
        assertThat(verdict(of(2, 0, 1), IDLE_MS + 1)).isEqualTo(Verdict.DUPLICATE);
    }

    @Test
    void aPromiseIsKeptUntilItsTransactionIsDecided() {
        producers.promised(of(1, 0, 5), true, 7, TRANSACTION);
        assertThat(verdict(of(1, 0, 5), 8)).isEqualTo(Verdict.UNDECIDED);
        assertThat(verdict(of(1, 0, 6), 8)).isEqualTo(Verdict.STORE);
        assertThat(producers.verdict(of(1, 0, 5), 8, TRANSACTION)).isEqualTo(Verdict.DUPLICATE);

        producers.concluded(TRANSACTION, true);

        assertThat(verdict(of(1, 0, 5), 8)).isEqualTo(Verdict.DUPLICATE);
    }

    @Test
    void aPromiseThatIsRolledBackLeavesNothing() {
        producers.promised(of(1, 0, 5), true, 7, TRANSACTION);
        producers.keepPromises(id -> false);
        assertThat(verdict(of(1, 0, 5), 8)).isEqualTo(Verdict.STORE);
        producers.concluded(TRANSACTION, true);
        assertThat(verdict(of(1, 0, 5), 8)).isEqualTo(Verdict.STORE);
    }

    @Test
    void aCommitDoesNotSetALaterMessageBack() {
        producers.promised(of(1, 0, 5), true, 7, TRANSACTION);
        producers.stored(of(1, 0, 9), true, 8);
        producers.concluded(TRANSACTION, true);
        assertThat(verdict(of(1, 0, 9), 9)).isEqualTo(Verdict.DUPLICATE);
    }

    @Test
    void whatTheLogSaysTwiceOrLateChangesNothing() {
        producers.found(of(1, 0, 9), 10);
        producers.found(of(1, 0, 5), 5);
        assertThat(verdict(of(1, 0, 9), 11)).isEqualTo(Verdict.DUPLICATE);
        producers.found(of(1, 1, 1), 12);
        assertThat(verdict(of(1, 1, 2), 13)).isEqualTo(Verdict.STORE);
        assertThat(verdict(of(1, 0, 10), 13)).isEqualTo(Verdict.FENCED);
    }

    @Test
    void anEventSaysWhatItWasWrittenFrom() {
        Bytes event = new Bytes();
        Events.produced(event, of(1, 3, 5_000_000_000L), 77, null);
        Events.produced(event, of(2, 0, 1), 78, TRANSACTION);
        ByteBuffer in = ByteBuffer.wrap(event.copy());
        Events.produced(in, producers);
        Events.produced(in, producers);

        assertThat(in.hasRemaining()).isFalse();
        List<Origin> logged = new ArrayList<>();
        producers.forEachLogged((last, usedMs) -> {
            logged.add(last);
            assertThat(usedMs).isEqualTo(77);
        });
        assertThat(logged).containsExactly(of(1, 3, 5_000_000_000L));
        assertThat(verdict(of(2, 0, 1), 79)).isEqualTo(Verdict.UNDECIDED);
    }
}
