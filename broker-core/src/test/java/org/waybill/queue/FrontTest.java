package org.waybill.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.message.Outcome;
import org.waybill.queue.DispatchFixture.Client;

/** Who gets what of a queue: selectors, priorities of consumers, browsers, exclusive queues. */
class FrontTest {
    private final DispatchFixture q = new DispatchFixture();

    @Test
    void aSelectorTakesWhatItMatchesAndLeavesTheRest() {
        q.send(1, 2, 1, 2, 3);
        Client one = q.consumer("n = 1").credit(10);
        Client two = q.consumer("n = 2").credit(10);
        q.send(2, 1, 3);
        assertThat(one.got).containsExactly(1L, 3L, 7L);
        assertThat(two.got).containsExactly(2L, 4L, 6L);
        assertThat(q.consumer().credit(10).got).containsExactly(5L, 8L);
    }

    @Test
    void whoHasNoCreditCostsOthersNothingAndGetsItsOwnInOrderLater() {
        Client slow = q.consumer("n = 1").credit(1);
        Client quick = q.consumer("n = 2").credit(100);
        q.send(1, 1, 2, 1, 2);
        assertThat(slow.got).containsExactly(1L);
        assertThat(quick.got).containsExactly(3L, 5L);
        q.send(1, 2);
        assertThat(slow.credit(2).got).containsExactly(1L, 2L, 4L);
        assertThat(slow.credit(10).got).containsExactly(1L, 2L, 4L, 6L);
        assertThat(quick.got).containsExactly(3L, 5L, 7L);
    }

    @Test
    void aSelectorAmongOthersGetsItsTurns() {
        Client plain = q.consumer().credit(100);
        Client selecting = q.consumer("n = 1").credit(100);
        q.send(1, 1, 1, 1, 2, 2);
        assertThat(selecting.got).hasSize(2);
        assertThat(plain.got).hasSize(4).contains(5L, 6L);
    }

    @Test
    void equalSelectorsTakeTurns() {
        Client first = q.consumer("n = 1").credit(100);
        Client second = q.consumer("n = 1").credit(100);
        q.send(1, 2, 1, 1, 1);
        assertThat(first.got).containsExactly(1L, 4L);
        assertThat(second.got).containsExactly(3L, 5L);
    }

    @Test
    void looksAtEachMessageOnceHoweverManySelect() {
        List<Client> clients = new java.util.ArrayList<>();
        for (int n = 0; n < 50; n++) {
            clients.add(q.consumer("n = " + n).credit(1));
        }
        q.consumer("n = 99").credit(1);
        for (int i = 0; i < 1_000; i++) {
            q.send(i % 50);
        }
        q.shed();
        q.readEntries = 0;
        clients.get(7).credit(100);
        assertThat(clients.get(7).got).hasSize(20).contains(8L, 58L, 958L);
        // what it was known to want, and nothing else
        assertThat(q.readEntries).isEqualTo(19);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 64, 1_000_000})
    void findsWhatWasTooMuchToNote(int mostAside) {
        DispatchFixture many = new DispatchFixture(new Bounds(mostAside, 100));
        Client slow = many.consumer("n = 1").credit(0);
        Client quick = many.consumer("n = 2").credit(1_000_000);
        Client plain = many.consumer("n < 9", -1).credit(0);
        for (int i = 0; i < 3_000; i++) {
            many.send(1 + i % 3);
        }
        assertThat(quick.got).hasSize(1_000);
        assertThat(slow.credit(400).got).hasSize(400).isSorted();
        assertThat(plain.credit(700).got).hasSize(700).isSorted().doesNotContainAnyElementsOf(slow.got);
        assertThat(slow.credit(5_000).got).isSorted().doesNotContainAnyElementsOf(plain.got);
        plain.credit(5_000);
        assertThat(slow.got.size() + plain.got.size()).isEqualTo(2_000);
    }

    @Test
    void whatComesBackIsOfferedAtItsPlaceToWhoWantsIt() {
        Client one = q.consumer("n = 1").credit(2);
        q.send(2, 1, 2, 1, 1);
        assertThat(one.got).containsExactly(2L, 4L);
        one.settle(0, Outcome.RELEASED);
        assertThat(one.credit(2).got).containsExactly(2L, 4L, 2L, 5L);
        assertThat(q.consumer().credit(9).got).containsExactly(1L, 3L);
    }

    @Test
    void higherPriorityOfMessagesGoesFirstFromABacklogToo() {
        Client slow = q.consumer("n = 1").credit(0);
        q.consumer("n = 2").credit(1);
        q.store(4, 1, null, 0);
        q.reveal();
        q.store(9, 1, null, 0);
        q.reveal();
        assertThat(slow.credit(1).got).containsExactly(2L);
        assertThat(slow.credit(1).got).containsExactly(2L, 1L);
    }

    @Test
    void neverGivesBackToWhoRefusedAndForgetsItsRefusals() {
        Client first = q.consumer().credit(3);
        q.send(1, 2);
        first.settle(0, new Outcome.Modified(false, true, null));
        assertThat(first.got).containsExactly(1L, 2L);
        assertThat(first.consumer.selection.refuses(1)).isTrue();
        Client second = q.consumer().credit(1);
        assertThat(second.got).containsExactly(1L);
        second.settleAll(Outcome.ACCEPTED);
        assertThat(first.consumer.selection.refuses(1)).isFalse();
        q.send(3);
        assertThat(first.got).containsExactly(1L, 2L, 3L);
    }

    @Test
    void higherConsumersAreServedFirstAsLongAsTheyHaveCredit() {
        Client low = q.consumer(null, -5).credit(100);
        Client high = q.consumer(null, 5).credit(2);
        Client selecting = q.consumer("n = 1", 7).credit(1);
        Client equal = q.consumer(null, 5).credit(2);
        q.send(2, 2, 1, 1, 2, 2, 1);
        assertThat(selecting.got).containsExactly(3L);
        assertThat(high.got).containsExactly(1L, 4L);
        assertThat(equal.got).containsExactly(2L, 5L);
        assertThat(low.got).containsExactly(6L, 7L);
        high.credit(1);
        q.send(2);
        assertThat(high.got).containsExactly(1L, 4L, 8L);
    }

    @Test
    void aBrowserSeesWhatWasThereWhenItAsked() {
        q.send(1, 2, 3);
        Client browser = q.browser().credit(1);
        Client taker = q.consumer().credit(1);
        taker.settleAll(Outcome.ACCEPTED);
        q.send(4);
        browser.drain();
        assertThat(browser.got).containsExactly(1L, 2L, 3L);
        browser.drain();
        assertThat(browser.got).containsExactly(1L, 2L, 3L, 4L);
        assertThat(taker.credit(9).got).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void anExclusiveQueueServesTheOldestAndThenTheNext() {
        q.queue.makeExclusive();
        Client first = q.consumer().credit(3);
        Client second = q.consumer().credit(10);
        q.send(1, 2, 3, 4, 5);
        assertThat(first.got).containsExactly(1L, 2L, 3L);
        assertThat(second.got).isEmpty();
        first.settle(1, Outcome.ACCEPTED);
        first.close();
        assertThat(second.got).containsExactly(1L, 3L, 4L, 5L);
    }

    @Test
    void aHigherConsumerTakesAnExclusiveQueueOverWhenNothingIsHeld() {
        q.queue.makeExclusive();
        Client low = q.consumer(null, 0).credit(10);
        q.send(1, 2);
        Client high = q.consumer(null, 1).credit(10);
        q.send(3);
        assertThat(low.got).containsExactly(1L, 2L);
        assertThat(high.got).isEmpty();
        low.settle(0, Outcome.ACCEPTED);
        low.settle(1, Outcome.RELEASED);
        assertThat(high.got).containsExactly(2L, 3L);
        high.close();
        assertThat(low.got).containsExactly(1L, 2L, 2L, 3L);
    }

    @Test
    void whoStandsByIsToldThatThereIsNothing() {
        q.queue.makeExclusive();
        q.consumer();
        Client second = q.consumer();
        q.send(1);
        second.drain();
        assertThat(second.got).isEmpty();
    }

    @Test
    void aTransactionOfAClosedConsumerKeepsAnExclusiveQueue() {
        q.queue.makeExclusive();
        Client first = q.consumer().credit(2);
        Client second = q.consumer().credit(10);
        q.send(1, 2, 3);
        q.queue.outcomes().take(first.consumer, 0, 0, (token, block, index) -> {
            first.close();
            assertThat(second.got).isEmpty();
            q.queue.outcomes().concludeTaken(first.consumer, block, index, Outcome.RELEASED);
        });
        q.dispatch();
        assertThat(second.got).containsExactly(1L, 2L, 3L);
    }
}
