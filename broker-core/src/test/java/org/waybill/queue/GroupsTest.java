package org.waybill.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.waybill.message.Outcome;
import org.waybill.queue.DispatchFixture.Client;

/** Message groups of a queue. */
class GroupsTest {
    private final DispatchFixture q = new DispatchFixture();

    @Test
    void aGroupSticksToAConsumerAndGroupsAreSpread() {
        Client first = q.consumer().credit(100);
        Client second = q.consumer().credit(100);
        q.send("a", "b", "a", "b", "a", "c", "d", "c", "b");
        assertThat(first.got).containsExactly(1L, 3L, 5L, 7L);
        assertThat(second.got).containsExactly(2L, 4L, 6L, 8L, 9L);
        first.settleAll(Outcome.ACCEPTED);
        second.settleAll(Outcome.ACCEPTED);
        q.send("b", "b", "a");
        assertThat(second.got).endsWith(10L, 11L);
        assertThat(first.got).endsWith(12L);
    }

    @Test
    void aGroupWhoseConsumerHasNoCreditHoldsNobodyUp() {
        Client first = q.consumer().credit(1);
        Client second = q.consumer().credit(100);
        q.send("a", "b", "a", "a");
        q.send(1);
        q.send("b", "c");
        assertThat(first.got).containsExactly(1L);
        assertThat(second.got).containsExactly(2L, 5L, 6L, 7L);
        assertThat(first.credit(9).got).containsExactly(1L, 3L, 4L);
    }

    @Test
    void whatAClosedConsumerHeldGoesFirstAndInOrder() {
        Client first = q.consumer().credit(2);
        Client second = q.consumer().credit(100);
        q.send("a", "a", "a", "a");
        first.close();
        assertThat(second.got).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void aDeliveryInATransactionKeepsItsGroup() {
        Client first = q.consumer().credit(1);
        Client second = q.consumer().credit(100);
        q.send("a", "a");
        q.queue.outcomes().take(first.consumer, 0, 0, (token, block, index) -> {
            first.close();
            q.send("a", "b");
            assertThat(second.got).containsExactly(4L);
            q.queue.outcomes().concludeTaken(first.consumer, block, index, Outcome.RELEASED);
        });
        q.dispatch();
        assertThat(second.got).containsExactly(4L, 1L, 2L, 3L);
    }

    @Test
    void groupsAreSpreadAgainWhenAConsumerComesButMoveOnlyDrained() {
        Client first = q.consumer().credit(4);
        q.send("a", "b", "a", "b");
        Client second = q.consumer().credit(100);
        q.send("a", "b");
        assertThat(second.got).isEmpty();
        first.settle(0, Outcome.ACCEPTED);
        assertThat(second.got).isEmpty();
        first.settle(2, Outcome.ACCEPTED);
        assertThat(second.got).containsExactly(5L);
        first.settleAll(Outcome.ACCEPTED);
        first.credit(100);
        assertThat(first.got).containsExactly(1L, 2L, 3L, 4L, 6L);
        q.send("a", "b");
        assertThat(first.got).endsWith(8L);
        assertThat(second.got).endsWith(7L);
    }

    @Test
    void theLastOfAGroupEndsIt() {
        Client first = q.consumer().credit(100);
        q.consumer().credit(1);
        q.store(4, 0, "a", 1);
        q.store(4, 0, "b", 1);
        q.store(4, 0, "a", DispatchFixture.ENDS_GROUP);
        q.reveal();
        assertThat(first.consumer.groups).isEqualTo(1);
        first.settleAll(Outcome.ACCEPTED);
        assertThat(first.consumer.groups).isZero();
    }

    @Test
    void aSelectorThatDoesNotWantAMessageOfItsGroupLeavesItToOthers() {
        Client selecting = q.consumer("n = 1").credit(100);
        q.store(4, 1, "a", 0);
        q.reveal();
        Client other = q.consumer("n = 2").credit(100);
        q.store(4, 2, "a", 0);
        q.store(4, 1, "a", 0);
        q.reveal();
        assertThat(selecting.got).containsExactly(1L, 3L);
        assertThat(other.got).containsExactly(2L);
    }

    @Test
    void anOrdinaryQueueKnowsNoGroups() {
        q.consumer().credit(100);
        q.consumer().credit(100);
        q.send(1, 2, 3);
        assertThat(new Groups().of(DispatchFixture.message(1, 4, 1, null, 0))).isNull();
        assertThat(new Groups().of(DispatchFixture.message(1, 4, 1, "", 0))).isNull();
    }

    @Test
    void forgetsIdleGroupsBeyondABound() {
        Groups groups = new Groups();
        List<Group> first = new ArrayList<>();
        for (int i = 0; i < Groups.MOST_REMEMBERED + 10; i++) {
            first.add(groups.of(DispatchFixture.message(1, 4, 1, "g" + i, 0)));
        }
        assertThat(groups.of(DispatchFixture.message(1, 4, 1, "g10", 0))).isSameAs(first.get(10));
        assertThat(groups.of(DispatchFixture.message(1, 4, 1, "g9", 0))).isNotSameAs(first.get(9));
    }

    @Test
    void groupsWaitInTheJournalToo() {
        q.memoryFull = true;
        Client first = q.consumer().credit(1);
        Client second = q.consumer().credit(3);
        q.send("a", "b", "a", "b", "a", "b", "a", "b");
        first.settleAll(Outcome.ACCEPTED);
        assertThat(first.credit(10).got).containsExactly(1L, 3L, 5L, 7L);
        assertThat(second.credit(10).got).containsExactly(2L, 4L, 6L, 8L);
    }

    @Test
    void aGroupWithMoreWaitingThanIsNotedStaysInOrder() {
        DispatchFixture many = new DispatchFixture(new Bounds(12, 10));
        Client first = many.consumer().credit(1);
        Client second = many.consumer().credit(1_000);
        List<Long> expected = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            many.send("a", "b");
            expected.add(2L * i + 1);
        }
        assertThat(second.got).hasSize(500);
        first.settle(0, Outcome.RELEASED);
        assertThat(first.credit(100).got.subList(1, 101)).isEqualTo(expected.subList(0, 100));
        first.settleAll(Outcome.RELEASED);
        first.close();
        assertThat(second.got.subList(500, 1_000)).isEqualTo(expected);
    }
}
