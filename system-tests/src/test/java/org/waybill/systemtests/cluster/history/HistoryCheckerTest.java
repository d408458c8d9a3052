package org.waybill.systemtests.cluster.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Histories made by hand: the checker passes the good ones and catches each kind of breach. Each note is 10 ns after the one before. */
final class HistoryCheckerTest {
    private static final String NONE = "";

    private final AtomicLong clock = new AtomicLong();
    private final History history = new History(() -> clock.addAndGet(10));
    private final ClientNotes sender = history.client("s");
    private final ClientNotes taker = history.client("t");
    private final ClientNotes drain = history.client("drain");

    @Test
    void passesSendsThatWereSettledAndTakenOnceInOrder() {
        settled(1);
        settled(2);
        settled(3);
        taken(taker, 1);
        taken(taker, 2);
        taken(drain, 3);
        good();
    }

    @Test
    void passesSendsOfUnknownOutcomeWhetherTheyCameOrNot() {
        sending(1);
        sending(2);
        taken(drain, 2);
        good();
    }

    @Test
    void passesAnAcknowledgementOfUnknownOutcomeWhetherTheMessageComesAgainOrNot() {
        settled(1);
        settled(2);
        received(taker, 1);
        taker.acknowledging(copy(1));
        received(taker, 2);
        taker.acknowledging(copy(2));
        taken(drain, 2);
        good();
    }

    @Test
    void findsASettledSendThatNeverCame() {
        settled(1);
        settled(2);
        taken(drain, 2);
        bad("lost: q:s/1 was settled and never came");
    }

    @Test
    void findsASettledSendThatDidNotComeBackWhenItWasReturned() {
        settled(1);
        received(taker, 1);
        bad("lost: q:s/1 was settled and did not come back when it was returned");
    }

    @Test
    void findsASendOfACommittedTransactionThatNeverCame() {
        sender.sending(copy(1), true, "x1");
        sender.sending(new Copy("r", "s", 1), true, "x1");
        sender.committing("x1");
        sender.committed("x1");
        taken(drain, 1);
        bad("lost: r:s/1 was settled and never came");
    }

    @Test
    void findsAReceiptOfARolledBackTransactionThatDoesNotComeBack() {
        settled(1);
        taker.received(copy(1), clock.get(), "x1");
        taker.rolledBack("x1");
        bad("lost: q:s/1 was settled and did not come back when it was returned");
    }

    @Test
    void findsAMessageThatNobodySent() {
        taken(drain, 1);
        bad("ghost: q:s/1 was received and never sent");
    }

    @Test
    void findsARefusedMessageThatCame() {
        sending(1);
        sender.refused(copy(1));
        taken(drain, 1);
        bad("ghost: q:s/1 was received though it was refused");
    }

    @Test
    void findsAMessageOfARolledBackTransaction() {
        sender.sending(copy(1), true, "x1");
        sender.committing("x1");
        sender.rolledBack("x1");
        taken(drain, 1);
        bad("ghost: q:s/1 was received though it was sent in a transaction without commit");
    }

    @Test
    void findsAMessageOfATransactionWhoseCommitWasNeverAskedFor() {
        sender.sending(copy(1), true, "x1");
        taken(drain, 1);
        bad("ghost: q:s/1 was received though it was sent in a transaction without commit");
    }

    @Test
    void findsAMessageThatWasStoredTwice() {
        settled(1);
        long since = clock.get();
        taken(taker, 1);
        drain.received(copy(1), since, NONE);
        drain.acknowledging(copy(1));
        drain.acknowledged(copy(1));
        bad("doubled: q:s/1 was consumed for good 2 times");
    }

    @Test
    void passesARepetitionOfASendThatMayBeStoredTwice() {
        sender.sending(copy(1), false, NONE);
        sender.sending(copy(1), false, NONE);
        sender.settled(copy(1));
        taken(taker, 1);
        taken(drain, 1);
        good();
    }

    @Test
    void findsADeliveryAfterASettledAcknowledgement() {
        settled(1);
        taken(taker, 1);
        received(drain, 1);
        bad("came back: q:s/1 was delivered after its settled acknowledgement");
    }

    @Test
    void findsADeliveryAfterACommittedReceipt() {
        settled(1);
        taker.received(copy(1), clock.get(), "x1");
        taker.committing("x1");
        taker.committed("x1");
        received(drain, 1);
        bad("came back: q:s/1 was delivered after its settled acknowledgement");
    }

    @Test
    void passesAMessageThatAClientHeldBeforeAnotherOneTookIt() {
        settled(1);
        long since = clock.get();
        taken(taker, 1);
        history.client("frozen").received(copy(1), since, NONE);
        good();
    }

    @Test
    void findsFirstDeliveriesOutOfOrder() {
        settled(1);
        settled(2);
        taken(taker, 2);
        taken(taker, 1);
        bad("order: q:s/1 came first after 2");
    }

    @Test
    void passesRedeliveriesOutOfOrderAndConsumersSideBySide() {
        settled(1);
        settled(2);
        received(taker, 1);
        received(taker, 2);
        taken(taker, 1);
        taken(taker, 2);
        Copy other = new Copy("r", "s", 1);
        Copy later = new Copy("r", "s", 2);
        sender.sending(other, true, NONE);
        sender.sending(later, true, NONE);
        taken(taker, new Copy("r", "s", 2));
        taken(drain, other);
        taker.received(later, 0, NONE);
        good();
    }

    @Test
    void passesATransactionInDoubtThatHappened() {
        moveInDoubt();
        taken(drain, new Copy("r", "t", 1));
        taken(drain, new Copy("p", "t", 1));
        good();
    }

    @Test
    void passesATransactionInDoubtThatDidNotHappen() {
        moveInDoubt();
        taken(drain, 1);
        good();
    }

    @Test
    void findsATransactionInDoubtWhoseSendsReachedOneQueueOfTwo() {
        moveInDoubt();
        taken(drain, new Copy("r", "t", 1));
        bad("torn: transaction x1 happened in part: send of r:t/1 and 1 more, but not send of p:t/1");
    }

    @Test
    void findsATransactionInDoubtWhoseReceiptCameAgainBesideItsSends() {
        moveInDoubt();
        taken(drain, 1);
        taken(drain, new Copy("r", "t", 1));
        taken(drain, new Copy("p", "t", 1));
        bad("torn: transaction x1 happened in part: send of r:t/1 and 1 more, but not receipt of q:s/1");
    }

    @Test
    void findsATransactionInDoubtThatTookAndSentNothing() {
        moveInDoubt();
        bad("torn: transaction x1 happened in part: receipt of q:s/1, but not send of r:t/1 and 1 more");
    }

    @Test
    void passesOnWhatClientsComplainOf() {
        taker.offence("a text was damaged");
        bad("t: a text was damaged");
    }

    @Test
    void measuresTheLongestPauseBetweenSettledSends() {
        settled(1);
        long fromNs = clock.get();
        clock.addAndGet(500);
        settled(2);
        settled(3);
        clock.addAndGet(300);
        assertThat(history.longestPauseNs("s", fromNs, clock.get())).isEqualTo(520);
        clock.addAndGet(400);
        assertThat(history.longestPauseNs("s", fromNs, clock.get())).isEqualTo(700);
    }

    /** Takes one message and sends two; nobody knows whether that was committed. */
    private void moveInDoubt() {
        settled(1);
        taker.received(copy(1), clock.get(), "x1");
        taker.sending(new Copy("r", "t", 1), true, "x1");
        taker.sending(new Copy("p", "t", 1), true, "x1");
        taker.committing("x1");
    }

    private static Copy copy(long number) {
        return new Copy("q", "s", number);
    }

    private void sending(long number) {
        sender.sending(copy(number), true, NONE);
    }

    private void settled(long number) {
        sending(number);
        sender.settled(copy(number));
    }

    private void received(ClientNotes client, long number) {
        client.received(copy(number), clock.get(), NONE);
    }

    private void taken(ClientNotes client, long number) {
        taken(client, copy(number));
    }

    private void taken(ClientNotes client, Copy copy) {
        client.received(copy, clock.get(), NONE);
        client.acknowledging(copy);
        client.acknowledged(copy);
    }

    private void good() {
        assertThat(HistoryChecker.offences(history)).isEmpty();
    }

    private void bad(String... offences) {
        assertThat(HistoryChecker.offences(history)).containsExactly(offences);
    }
}
