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

    private static SequenceRun run(int producer, int epoch, long sequence) {
        return SequenceRun.of(of(producer, epoch, sequence));
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
        producers.promised(run(1, 0, 5), true, 7, TRANSACTION);
        assertThat(verdict(of(1, 0, 5), 8)).isEqualTo(Verdict.UNDECIDED);
        assertThat(verdict(of(1, 0, 6), 8)).isEqualTo(Verdict.STORE);
        assertThat(producers.verdict(of(1, 0, 5), 8, TRANSACTION)).isEqualTo(Verdict.DUPLICATE);

        producers.concluded(TRANSACTION, true);

        assertThat(verdict(of(1, 0, 5), 8)).isEqualTo(Verdict.DUPLICATE);
    }

    @Test
    void aPromiseThatIsRolledBackLeavesNothing() {
        producers.promised(run(1, 0, 5), true, 7, TRANSACTION);
        producers.keepPromises(id -> false);
        assertThat(verdict(of(1, 0, 5), 8)).isEqualTo(Verdict.STORE);
        producers.concluded(TRANSACTION, true);
        assertThat(verdict(of(1, 0, 5), 8)).isEqualTo(Verdict.STORE);
    }

    @Test
    void anOlderMessageIsStoredUnlessItWasStored() {
        producers.stored(of(1, 0, 4), true, 1);
        producers.stored(of(1, 0, 6), false, 2);
        producers.stored(of(1, 0, 7), true, 3);
        assertThat(verdict(of(1, 0, 5), 4)).isEqualTo(Verdict.STORE);
        assertThat(verdict(of(1, 0, 6), 4)).isEqualTo(Verdict.DUPLICATE);

        List<SequenceRun> logged = new ArrayList<>();
        producers.forEachLogged((run, usedMs) -> logged.add(run));
        assertThat(logged).containsExactly(run(1, 0, 4), run(1, 0, 7));
    }

    @Test
    void aTransactionPromisesWhatItSentAndNothingElse() {
        producers.promised(run(1, 0, 5), true, 7, TRANSACTION);
        producers.promised(run(1, 0, 6), true, 7, TRANSACTION);
        producers.promised(run(1, 0, 9), true, 7, TRANSACTION);
        assertThat(verdict(of(1, 0, 6), 8)).isEqualTo(Verdict.UNDECIDED);
        assertThat(verdict(of(1, 0, 8), 8)).isEqualTo(Verdict.STORE);
        List<Bytes> events = new ArrayList<>();
        producers.forEachPromised(events::add);
        assertThat(events).hasSize(2);

        producers.concluded(TRANSACTION, true);

        assertThat(verdict(of(1, 0, 6), 8)).isEqualTo(Verdict.DUPLICATE);
        assertThat(verdict(of(1, 0, 9), 8)).isEqualTo(Verdict.DUPLICATE);
        assertThat(verdict(of(1, 0, 8), 8)).isEqualTo(Verdict.STORE);
    }

    @Test
    void aCommitDoesNotSetALaterMessageBack() {
        producers.promised(run(1, 0, 5), true, 7, TRANSACTION);
        producers.stored(of(1, 0, 9), true, 8);
        producers.concluded(TRANSACTION, true);
        assertThat(verdict(of(1, 0, 9), 9)).isEqualTo(Verdict.DUPLICATE);
    }

    @Test
    void whatTheLogSaysTwiceOrLateChangesNothing() {
        producers.found(run(1, 0, 9), 10);
        producers.found(run(1, 0, 5), 5);
        assertThat(verdict(of(1, 0, 9), 11)).isEqualTo(Verdict.DUPLICATE);
        producers.found(run(1, 1, 1), 12);
        assertThat(verdict(of(1, 1, 2), 13)).isEqualTo(Verdict.STORE);
        assertThat(verdict(of(1, 0, 10), 13)).isEqualTo(Verdict.FENCED);
    }

    @Test
    void anEventSaysWhatItWasWrittenFrom() {
        Bytes event = new Bytes();
        SequenceRun three = new SequenceRun(new UUID(0, 1), 3, 5_000_000_000L, 5_000_000_300L);
        Events.produced(event, three, 77, null);
        Events.produced(event, run(2, 0, 1), 78, TRANSACTION);
        ByteBuffer in = ByteBuffer.wrap(event.copy());
        Events.produced(in, producers);
        Events.produced(in, producers);

        assertThat(in.hasRemaining()).isFalse();
        List<SequenceRun> logged = new ArrayList<>();
        producers.forEachLogged((run, usedMs) -> {
            logged.add(run);
            assertThat(usedMs).isEqualTo(77);
        });
        assertThat(logged).containsExactly(three);
        assertThat(verdict(of(2, 0, 1), 79)).isEqualTo(Verdict.UNDECIDED);
    }
}
