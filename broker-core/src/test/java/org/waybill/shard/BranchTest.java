package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.config.AddressSettings;
import org.waybill.config.TransactionSettings;
import org.waybill.io.CrashDisk;
import org.waybill.message.Outcome;
import org.waybill.shard.CoreFixture.TestConsumer;
import org.waybill.spi.BranchReply;
import org.waybill.spi.Branches;
import org.waybill.spi.Branches.End;
import org.waybill.spi.Branches.Start;
import org.waybill.spi.BrokerError.Code;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.Operation;
import org.waybill.spi.Operation.Decision;
import org.waybill.spi.Operation.Target;
import org.waybill.spi.Transaction;
import org.waybill.spi.XaCode;
import org.waybill.spi.Xid;

/** Branches over queues on three shards, with loops of their own. */
class BranchTest {
    private static final int SHARDS = 3;
    private static final String[] Q = queues();

    private CrashDisk disk = new CrashDisk();
    private CoreFixture core = open();
    private BranchClient one = new BranchClient(core, "one");
    private BranchClient two = new BranchClient(core, "two");

    private CoreFixture open() {
        return new CoreFixture(disk, SHARDS, 64L << 20, 1 << 20, name -> AddressSettings.defaults(), true);
    }

    @AfterEach
    void close() {
        core.close();
    }

    /** A queue on each shard. */
    private static String[] queues() {
        String[] names = new String[SHARDS];
        for (int shard = 0; shard < SHARDS; shard++) {
            int on = shard;
            names[shard] = IntStream.range(0, 1_000)
                    .mapToObj(i -> "q" + i)
                    .filter(name -> Placement.shardOf(name, SHARDS) == on)
                    .findFirst()
                    .orElseThrow();
        }
        return names;
    }

    private static Xid xid(int coordinator, int number) {
        return BranchClient.xid(coordinator, SHARDS, number);
    }

    private void killAndRestart() {
        core.close();
        disk = disk.afterKill();
        restarted();
    }

    /** With a checkpoint, which there is only if something was written. */
    private void stopAndRestart() {
        one.session.producer("written").sendDurable(0, 1);
        core.stop();
        restarted();
    }

    private void restarted() {
        core = open();
        core.loop.settle();
        one = new BranchClient(core, "one");
        two = new BranchClient(core, "two");
    }

    private void checkNothingIsKept() {
        core.loop.settle();
        for (Shard shard : core.shards) {
            assertThat(shard.state().ledger().isEmpty()).isTrue();
            assertThat(shard.coordinator().all()).isEmpty();
        }
    }

    // ---- the way of a branch

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void commitsWhatWasPreparedOnAllShards(int coordinator) {
        one.session.producer(Q[0]).sendDurable(0, 1);
        Xid xid = xid(coordinator, 1);
        Transaction work = one.start(xid);
        one.send(Q[1], "a", work);
        one.send(Q[2], "b", work);
        one.take(Q[0], work);
        assertThat(one.end(work)).isEqualTo(XaCode.OK);
        assertThat(two.prepare(xid)).isEqualTo(XaCode.OK);
        assertThat(two.browse(Q[1])).isEmpty();
        assertThat(two.recover(10)).containsExactly(xid);
        assertThat(two.outcome(xid)).isEqualTo(Branches.Outcome.PREPARED);
        assertThat(two.commit(xid)).isEqualTo(XaCode.OK);
        assertThat(two.browse(Q[0])).isEmpty();
        assertThat(two.browse(Q[1])).containsExactly("a");
        assertThat(two.browse(Q[2])).containsExactly("b");
        assertThat(two.recover(10)).isEmpty();
        assertThat(two.outcome(xid)).isEqualTo(Branches.Outcome.COMMITTED);
        checkNothingIsKept();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void rollsBackPreparedOrNot(boolean prepared) {
        one.session.producer(Q[0]).sendDurable(0, 1);
        Xid xid = xid(1, 1);
        Transaction work = one.start(xid);
        one.send(Q[1], "a", work);
        one.send(Q[2], "b", work);
        one.take(Q[0], work);
        one.end(work);
        if (prepared) {
            assertThat(one.prepare(xid)).isEqualTo(XaCode.OK);
        }
        assertThat(one.rollback(xid)).isEqualTo(XaCode.OK);
        core.loop.settle();
        assertThat(one.browse(Q[0])).containsExactly("m0");
        assertThat(one.browse(Q[1])).isEmpty();
        assertThat(one.browse(Q[2])).isEmpty();
        assertThat(one.outcome(xid)).isEqualTo(Branches.Outcome.ROLLED_BACK);
        checkNothingIsKept();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "01", "12", "012"})
    void commitsInOnePhase(String shards) {
        Xid xid = xid(0, 1);
        one.work(xid, shards.chars().mapToObj(c -> Q[c - '0']).toArray(String[]::new));
        assertThat(one.commitAtOnce(xid)).isEqualTo(XaCode.OK);
        shards.chars().forEach(c -> assertThat(one.browse(Q[c - '0'])).hasSize(1));
        assertThat(one.commitAtOnce(xid)).isEqualTo(XaCode.OK);
        checkNothingIsKept();
        killAndRestart();
        assertThat(one.outcome(xid)).isEqualTo(Branches.Outcome.COMMITTED);
        assertThat(one.commitAtOnce(xid)).isEqualTo(XaCode.OK);
    }

    @Test
    void aBranchThatDidNothingIsReadOnlyAndOver() {
        Xid xid = xid(0, 1);
        one.end(one.start(xid));
        assertThat(one.prepare(xid)).isEqualTo(XaCode.READ_ONLY);
        assertThat(one.prepare(xid)).isEqualTo(XaCode.READ_ONLY);
        assertThat(one.commit(xid)).isEqualTo(XaCode.UNKNOWN);
        assertThat(one.recover(10)).isEmpty();
        checkNothingIsKept();
    }

    @Test
    void twoConnectionsWorkInOneBranch() {
        one.session.producer(Q[0]).sendDurable(0, 2);
        Xid xid = xid(2, 1);
        Transaction first = one.start(xid);
        Transaction second = two.join(xid);
        one.send(Q[1], "a", first);
        two.send(Q[1], "b", second);
        one.take(Q[0], first);
        two.take(Q[0], second);
        assertThat(one.end(first)).isEqualTo(XaCode.OK);
        assertThat(one.prepare(xid)).isEqualTo(XaCode.OUT_OF_ORDER);
        assertThat(two.end(second)).isEqualTo(XaCode.OK);
        assertThat(one.prepare(xid)).isEqualTo(XaCode.OK);
        assertThat(one.commit(xid)).isEqualTo(XaCode.OK);
        assertThat(one.browse(Q[0])).isEmpty();
        assertThat(one.browse(Q[1])).containsExactly("a", "b");
        checkNothingIsKept();
    }

    @Test
    void suspendsAndResumes() {
        Xid xid = xid(1, 1);
        Transaction first = one.start(xid);
        one.send(Q[0], "a", first);
        assertThat(one.end(first, End.SUSPEND).code()).isEqualTo(XaCode.OK);
        assertThat(one.prepare(xid)).isEqualTo(XaCode.OUT_OF_ORDER);
        assertThat(two.start(xid, Start.RESUME).code()).isEqualTo(XaCode.OUT_OF_ORDER);
        Transaction second = one.start(xid, Start.RESUME).value();
        one.send(Q[0], "b", second);
        assertThat(one.end(first)).isEqualTo(XaCode.OUT_OF_ORDER);
        assertThat(one.end(second)).isEqualTo(XaCode.OK);
        assertThat(one.commitAtOnce(xid)).isEqualTo(XaCode.OK);
        assertThat(one.browse(Q[0])).containsExactly("a", "b");
        checkNothingIsKept();
    }

    @Test
    void suspendedWorkCanBeEnded() {
        Xid xid = xid(1, 1);
        Transaction work = one.start(xid);
        one.send(Q[0], "a", work);
        one.end(work, End.SUSPEND);
        assertThat(one.end(work)).isEqualTo(XaCode.OK);
        assertThat(one.prepare(xid)).isEqualTo(XaCode.OK);
        assertThat(one.commit(xid)).isEqualTo(XaCode.OK);
        assertThat(one.browse(Q[0])).containsExactly("a");
    }

    @Test
    void verbsMayBeSentBeforeTheEndIsAnswered() {
        Xid xid = xid(0, 1);
        Transaction work = one.start(xid);
        one.send(Q[1], "a", work);
        one.send(Q[2], "b", work);
        one.branches.end(work, End.SUCCESS, end -> {});
        assertThat(one.prepare(xid)).isEqualTo(XaCode.OK);
        one.branches.commit(xid, false, commit -> {});
        assertThat(one.commit(xid)).isEqualTo(XaCode.OK);
        assertThat(one.browse(Q[1])).containsExactly("a");
    }

    // ---- verbs out of order, and verbs that are repeated

    @Test
    void nobodyKnowsAnUnknownBranch() {
        Xid xid = xid(1, 1);
        assertThat(one.prepare(xid)).isEqualTo(XaCode.UNKNOWN);
        assertThat(one.commit(xid)).isEqualTo(XaCode.UNKNOWN);
        assertThat(one.commitAtOnce(xid)).isEqualTo(XaCode.UNKNOWN);
        assertThat(one.rollback(xid)).isEqualTo(XaCode.UNKNOWN);
        assertThat(one.forget(xid)).isEqualTo(XaCode.UNKNOWN);
        assertThat(one.start(xid, Start.JOIN).code()).isEqualTo(XaCode.UNKNOWN);
        assertThat(one.start(xid, Start.RESUME).code()).isEqualTo(XaCode.UNKNOWN);
        assertThat(one.outcome(xid)).isEqualTo(Branches.Outcome.UNKNOWN);
        assertThat(one.end(one.session.session.begin())).isEqualTo(XaCode.OUT_OF_ORDER);
    }

    @Test
    void verbsOutOfOrderLeaveTheBranchAsItWas() {
        Xid xid = xid(1, 1);
        Transaction work = one.start(xid);
        one.send(Q[0], "a", work);
        assertThat(two.start(xid, Start.NEW).code()).isEqualTo(XaCode.DUPLICATE);
        assertThat(one.prepare(xid)).isEqualTo(XaCode.OUT_OF_ORDER);
        assertThat(one.commit(xid)).isEqualTo(XaCode.OUT_OF_ORDER);
        assertThat(one.commitAtOnce(xid)).isEqualTo(XaCode.OUT_OF_ORDER);
        assertThat(one.rollback(xid)).isEqualTo(XaCode.OUT_OF_ORDER);
        assertThat(one.forget(xid)).isEqualTo(XaCode.OUT_OF_ORDER);
        one.end(work);
        assertThat(one.commit(xid)).isEqualTo(XaCode.OUT_OF_ORDER);
        assertThat(one.start(xid, Start.RESUME).code()).isEqualTo(XaCode.OUT_OF_ORDER);
        assertThat(one.prepare(xid)).isEqualTo(XaCode.OK);
        assertThat(one.start(xid, Start.NEW).code()).isEqualTo(XaCode.DUPLICATE);
        assertThat(one.start(xid, Start.JOIN).code()).isEqualTo(XaCode.OUT_OF_ORDER);
        assertThat(one.commitAtOnce(xid)).isEqualTo(XaCode.OUT_OF_ORDER);
        assertThat(one.forget(xid)).isEqualTo(XaCode.OUT_OF_ORDER);
        assertThat(one.recover(1)).containsExactly(xid);
        assertThat(one.commit(xid)).isEqualTo(XaCode.OK);
        assertThat(one.browse(Q[0])).containsExactly("a");
    }

    @Test
    void verbsCanBeRepeatedOverARestart() {
        Xid committed = xid(1, 1);
        Xid rolledBack = xid(1, 2);
        one.work(committed, Q[0], Q[1]);
        one.work(rolledBack, Q[0], Q[1]);
        one.prepare(committed);
        one.prepare(rolledBack);
        one.commit(committed);
        one.rollback(rolledBack);
        for (int restarts = 0; restarts < 3; restarts++) {
            assertThat(one.commit(committed)).isEqualTo(XaCode.OK);
            assertThat(one.rollback(committed)).isEqualTo(XaCode.OUT_OF_ORDER);
            assertThat(one.prepare(committed)).isEqualTo(XaCode.OUT_OF_ORDER);
            assertThat(one.rollback(rolledBack)).isEqualTo(XaCode.OK);
            assertThat(one.commit(rolledBack)).isEqualTo(XaCode.ROLLED_BACK);
            assertThat(one.prepare(rolledBack)).isEqualTo(XaCode.ROLLED_BACK);
            assertThat(one.forget(committed)).isEqualTo(XaCode.OK);
            assertThat(one.outcome(rolledBack)).isEqualTo(Branches.Outcome.ROLLED_BACK);
            if (restarts == 0) {
                killAndRestart();
            } else {
                stopAndRestart();
            }
        }
        assertThat(one.browse(Q[0])).hasSize(1);
    }

    @Test
    void aNameCanBeUsedAgainAfterTheEnd() {
        Xid xid = xid(0, 1);
        one.work(xid, Q[0], Q[1]);
        one.prepare(xid);
        one.rollback(xid);
        one.work(xid, Q[0], Q[1]);
        assertThat(one.prepare(xid)).isEqualTo(XaCode.OK);
        killAndRestart();
        assertThat(one.recover(10)).containsExactly(xid);
        assertThat(one.commit(xid)).isEqualTo(XaCode.OK);
        assertThat(one.browse(Q[0])).hasSize(1);
    }

    // ---- failures

    @Test
    void theWorkOfALostConnectionIsUndoneAtOnce() {
        one.session.producer(Q[0]).sendDurable(0, 2);
        Xid xid = xid(1, 1);
        Transaction first = one.start(xid);
        Transaction second = two.join(xid);
        one.take(Q[0], first);
        two.take(Q[0], second);
        two.end(second);
        one.send(Q[2], "a", first);
        one.session.close();
        core.loop.settle();
        assertThat(two.available(Q[0])).containsExactly("m0", "m1");
        assertThat(two.prepare(xid)).isEqualTo(XaCode.ROLLED_BACK_CONNECTION_LOST);
        assertThat(two.rollback(xid)).isEqualTo(XaCode.OK);
        checkNothingIsKept();
    }

    @Test
    void suspendedWorkOfALostConnectionIsUndoneToo() {
        Xid xid = xid(1, 1);
        Transaction work = one.start(xid);
        one.send(Q[0], "a", work);
        one.branches.end(work, End.SUSPEND, end -> {});
        one.session.session.close();
        core.loop.settle();
        assertThat(two.commitAtOnce(xid)).isEqualTo(XaCode.ROLLED_BACK_CONNECTION_LOST);
        checkNothingIsKept();
        assertThat(core.memory.bytes()).isZero();
    }

    @Test
    void endedWorkOutlivesItsConnection() {
        one.session.producer(Q[0]).sendDurable(0, 1);
        Xid xid = xid(1, 1);
        Transaction work = one.start(xid);
        one.take(Q[0], work);
        one.send(Q[2], "a", work);
        one.end(work);
        one.session.close();
        core.loop.settle();
        assertThat(two.available(Q[0])).isEmpty();
        assertThat(two.prepare(xid)).isEqualTo(XaCode.OK);
        assertThat(two.commit(xid)).isEqualTo(XaCode.OK);
        assertThat(two.browse(Q[0])).isEmpty();
        assertThat(two.browse(Q[2])).containsExactly("a");
        checkNothingIsKept();
    }

    @Test
    void workThatFailedMakesTheBranchRollBackOnly() {
        Xid xid = xid(1, 1);
        Transaction first = one.start(xid);
        Transaction second = two.join(xid);
        one.send(Q[0], "a", first);
        two.send(Q[0], "b", second);
        assertThat(one.end(first, End.FAIL).code()).isEqualTo(XaCode.OK);
        assertThat(one.start(xid, Start.JOIN).code()).isEqualTo(XaCode.ROLLED_BACK);
        assertThat(two.end(second)).isEqualTo(XaCode.ROLLED_BACK);
        assertThat(two.commitAtOnce(xid)).isEqualTo(XaCode.ROLLED_BACK);
        assertThat(two.rollback(xid)).isEqualTo(XaCode.OK);
        assertThat(two.browse(Q[0])).isEmpty();
        checkNothingIsKept();
    }

    @Test
    void aSendThatIsRefusedRollsTheBranchBackWithTheReason() {
        Xid xid = xid(1, 1);
        one.work(xid, Q[1], Q[2], "not/allowed\u0000");
        BranchReply<Void> reply = one.ask(answer -> one.branches.prepare(xid, answer));
        assertThat(reply.code()).isEqualTo(XaCode.ROLLED_BACK);
        assertThat(reply.error()).isNotBlank();
        assertThat(one.browse(Q[1])).isEmpty();
        assertThat(one.browse(Q[2])).isEmpty();
        checkNothingIsKept();
    }

    @Test
    void aMessageWithoutAnAddressRollsTheBranchBack() {
        Xid xid = xid(1, 1);
        Transaction work = one.start(xid);
        one.send(Q[0], "a", work);
        one.session.producer(null).producer.send(CoreFixture.message(true, "nowhere"), work);
        assertThat(one.end(work)).isEqualTo(XaCode.ROLLED_BACK);
        assertThat(one.rollback(xid)).isEqualTo(XaCode.OK);
        checkNothingIsKept();
        assertThat(core.memory.bytes()).isZero();
    }

    @Test
    void whatIsDoneAfterTheEndOfTheWorkIsNotLostSilently() {
        Xid xid = xid(1, 1);
        Transaction work = one.start(xid);
        one.send(Q[0], "a", work);
        one.end(work, End.SUSPEND);
        one.send(Q[0], "b", work);
        assertThat(one.end(work)).isEqualTo(XaCode.ROLLED_BACK);
        assertThat(one.browse(Q[0])).isEmpty();
    }

    @Test
    void aTransactionManagersBranchCannotBeDischarged() {
        Transaction work = one.start(xid(1, 1));
        Reply<?>[] replies = new Reply<?>[2];
        work.commit(reply -> replies[0] = reply);
        work.rollback(reply -> replies[1] = reply);
        core.loop.settle();
        for (Reply<?> reply : replies) {
            assertThat(((Reply.Refused<?>) reply).error().code()).isEqualTo(Code.NOT_ALLOWED);
        }
    }

    // ---- time and bounds

    @Test
    void branchesThatAreNotPreparedEndByTimeAndPreparedOnesNever() {
        one.session.producer(Q[0]).sendDurable(0, 2);
        one.branches.timeoutS(5);
        assertThat(one.branches.timeoutS()).isEqualTo(5);
        Xid active = xid(0, 1);
        Xid idle = xid(1, 2);
        Xid prepared = xid(2, 3);
        Transaction work = one.start(active);
        one.take(Q[0], work);
        one.send(Q[1], "a", work);
        one.work(idle, Q[1], Q[2]);
        one.work(prepared, Q[1], Q[2]);
        one.prepare(prepared);
        pass(5_001);
        assertThat(two.available(Q[0])).hasSize(2);
        assertThat(two.prepare(idle)).isEqualTo(XaCode.ROLLED_BACK_TIMEOUT);
        assertThat(one.end(work)).isEqualTo(XaCode.ROLLED_BACK_TIMEOUT);
        assertThat(one.rollback(active)).isEqualTo(XaCode.OK);
        pass(400_000);
        assertThat(one.commit(prepared)).isEqualTo(XaCode.OK);
        assertThat(one.browse(Q[1])).hasSize(1);
        checkNothingIsKept();
    }

    private void pass(long ms) {
        core.loop.settle();
        core.clock.epochMs += ms;
        core.loops.forEach(loop -> loop.fire(ms * 1_000_000));
        core.loop.pass(ms * 1_000_000);
        core.loop.settle();
    }

    @Test
    void theSettingsLimitTimeAndNumber() {
        core.loop.settle();
        for (Shard shard : core.shards) {
            shard.coordinator().limit(new TransactionSettings(0, 2_000, 3));
        }
        core.transactions = new TransactionSettings(0, 2_000, 3);
        BranchClient limited = new BranchClient(core);
        assertThat(limited.branches.timeoutS()).isEqualTo(2);
        Xid first = xid(0, 1);
        limited.work(first, Q[0]);
        assertThat(limited.start(xid(0, 2), Start.NEW).code()).isEqualTo(XaCode.ERROR);
        limited.work(xid(1, 3), Q[0]);
        pass(2_001);
        assertThat(limited.commitAtOnce(first)).isEqualTo(XaCode.ROLLED_BACK_TIMEOUT);
        limited.work(xid(0, 2), Q[0]);
    }

    @Test
    void aSessionWorksInAsManyBranchesAsItMay() {
        for (int i = 0; i < LocalBranches.MAX_WORK; i++) {
            one.start(xid(i % SHARDS, i));
        }
        assertThat(one.start(xid(0, 9_999), Start.NEW).code()).isEqualTo(XaCode.ERROR);
        one.session.close();
        checkNothingIsKept();
    }

    // ---- recovery

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsPreparedOutlivesARestart(boolean inOrder) {
        one.session.producer(Q[0]).sendDurable(0, 2);
        Xid xid = xid(1, 1);
        Transaction work = one.start(xid);
        one.take(Q[0], work);
        one.send(Q[1], "a", work);
        one.send(Q[2], "b", work);
        one.end(work);
        one.prepare(xid);
        one.work(xid(1, 2), Q[1], Q[2]);
        for (int i = 0; i < 2; i++) {
            if (inOrder) {
                stopAndRestart();
            } else {
                killAndRestart();
            }
            assertThat(two.recover(10)).containsExactly(xid);
            assertThat(two.available(Q[0])).containsExactly("m1");
            assertThat(two.available(Q[1])).isEmpty();
        }
        assertThat(two.commit(xid)).isEqualTo(XaCode.OK);
        assertThat(two.browse(Q[1])).containsExactly("a");
        assertThat(two.browse(Q[2])).containsExactly("b");
        checkNothingIsKept();
        killAndRestart();
        assertThat(two.recover(10)).isEmpty();
        assertThat(two.browse(Q[0])).containsExactly("m1");
        assertThat(two.browse(Q[1])).containsExactly("a");
    }

    @Test
    void aPromiseIsRecordedOnlyWhenAllItsPartsAreForced() {
        Xid xid = xid(0, 1);
        one.work(xid, Q[1]);
        List<BranchReply<Void>> replies = new ArrayList<>();
        one.branches.prepare(xid, replies::add);
        one.session.session.flush();
        TestLoop coordinator = core.loops.get(0);
        coordinator.drain();
        core.loops.get(1).one();
        coordinator.drain();
        force();
        assertThat(replies).isEmpty();
        killAndRestart();
        assertThat(one.recover(1)).isEmpty();
        assertThat(one.browse(Q[1])).isEmpty();
        checkNothingIsKept();
    }

    @Test
    void aDecisionIsForgottenOnlyWhenAllItsPartsAreForced() {
        Xid xid = xid(0, 1);
        one.work(xid, Q[1]);
        one.prepare(xid);
        core.loop.settle();
        one.branches.commit(xid, false, reply -> {});
        one.session.session.flush();
        TestLoop coordinator = core.loops.get(0);
        coordinator.drain();
        force();
        coordinator.drain();
        core.loops.get(1).one();
        coordinator.drain();
        force();
        killAndRestart();
        assertThat(one.outcome(xid)).isEqualTo(Branches.Outcome.COMMITTED);
        assertThat(one.browse(Q[1])).hasSize(1);
        checkNothingIsKept();
    }

    /** The disk has what was appended so far. */
    private void force() {
        boolean busy = true;
        while (busy) {
            boolean appended = core.steps.append();
            busy = core.steps.work() || appended;
        }
    }

    @Test
    void recoverListsAllInPages() {
        int count = 40;
        for (int i = 0; i < count; i++) {
            Xid xid = xid(i % SHARDS, i);
            one.work(xid, Q[0]);
            one.prepare(xid);
        }
        for (int size : new int[] {1, 7, 40, 100}) {
            assertThat(two.recover(size)).doesNotHaveDuplicates().hasSize(count);
        }
        assertThat(two.<Branches.Page>ask(reply -> two.branches.recover(new byte[] {1}, 5, reply))
                        .code())
                .isEqualTo(XaCode.INVALID);
        assertThat(two.<Branches.Page>ask(reply -> two.branches.recover(null, 0, reply))
                        .code())
                .isEqualTo(XaCode.INVALID);
    }

    @Test
    void whatIsNotDurableIsCommittedWithoutRecords() {
        one.session.producer(Q[0]);
        one.session.producer(Q[1]);
        Xid xid = xid(0, 1);
        Transaction work = one.start(xid);
        one.send(false, Q[0], "a", work);
        one.send(false, Q[1], "b", work);
        one.end(work);
        core.loop.settle();
        long before = core.journal.counters().appendedBytes();
        assertThat(one.prepare(xid)).isEqualTo(XaCode.OK);
        assertThat(one.recover(1)).containsExactly(xid);
        assertThat(one.commit(xid)).isEqualTo(XaCode.OK);
        assertThat(core.journal.counters().appendedBytes()).isEqualTo(before);
        assertThat(one.browse(Q[0])).containsExactly("a");
        assertThat(one.browse(Q[1])).containsExactly("b");
        checkNothingIsKept();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void onOneShardEachPhaseIsOneForce(int phases) {
        try (CoreFixture single = new CoreFixture(new CrashDisk())) {
            BranchClient client = new BranchClient(single);
            client.session.producer("q").sendDurable(0, 1);
            Xid xid = BranchClient.xid(0, 1, 1);
            Transaction work = client.start(xid);
            client.take("q", work);
            client.send("r", "a", work);
            client.send("s", "b", work);
            client.end(work);
            single.loop.settle();
            long before = single.disk.forces();
            if (phases == 2) {
                assertThat(client.prepare(xid)).isEqualTo(XaCode.OK);
                assertThat(client.commit(xid)).isEqualTo(XaCode.OK);
            } else {
                assertThat(client.commitAtOnce(xid)).isEqualTo(XaCode.OK);
            }
            assertThat(single.disk.forces() - before).isEqualTo(phases);
        }
    }

    // ---- administration

    @Test
    void administratorsSeeEveryBranch() {
        one.session.producer(Q[0]).sendDurable(0, 1);
        Xid xid = xid(1, 1);
        Transaction work = one.start(xid);
        one.take(Q[0], work);
        one.send(Q[1], "a", work);
        one.send(Q[2], "b", work);
        one.end(work);
        one.prepare(xid);
        killAndRestart();
        one.start(xid(2, 2));
        core.clock.epochMs += 1_000;
        core.shards[1].execute(() -> {});
        core.loop.settle();
        List<Map<String, Object>> rows = rows(two.manage(new Operation.Query(Operation.Type.BRANCH, 0, 10)));
        assertThat(rows).hasSize(2);
        Map<String, Object> row = rows(two.manage(
                        new Operation.Read(new Target(Operation.Type.BRANCH, xid.toString()))))
                .get(0);
        assertThat(rows).contains(row);
        assertThat(row)
                .containsEntry("name", xid.toString())
                .containsEntry("format-id", 32)
                .containsEntry("bqual", "09")
                .containsEntry("state", "prepared")
                .containsEntry("owner", "one")
                .containsEntry("rollback-only", false)
                .containsEntry("messages-sent", 2L)
                .containsEntry("messages-held", 1L);
        assertThat((Long) row.get("age-ms")).isGreaterThanOrEqualTo(1_000L);
        assertThat(refusal(two.manage(new Operation.Read(new Target(Operation.Type.BRANCH, "x")))))
                .isEqualTo(Code.INVALID_FIELD);
        assertThat(refusal(two.manage(new Operation.Read(new Target(Operation.Type.BRANCH, "1:01:")))))
                .isEqualTo(Code.NOT_FOUND);
        assertThat(refusal(two.manage(new Operation.Delete(new Target(Operation.Type.BRANCH, xid.toString())))))
                .isEqualTo(Code.NOT_IMPLEMENTED);
    }

    private static List<Map<String, Object>> rows(Reply<List<Map<String, Object>>> reply) {
        return ((Reply.Done<List<Map<String, Object>>>) reply).value();
    }

    private static Code refusal(Reply<List<Map<String, Object>>> reply) {
        return ((Reply.Refused<List<Map<String, Object>>>) reply).error().code();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anAdministratorsDecisionIsToldUntilItIsForgotten(boolean committed) {
        Xid xid = xid(1, 1);
        one.work(xid, Q[0], Q[1], Q[2]);
        Decision decision = committed ? Decision.COMMIT : Decision.ROLL_BACK;
        assertThat(refusal(two.decide(xid, decision))).isEqualTo(Code.PRECONDITION_FAILED);
        one.prepare(xid);
        assertThat(refusal(two.decide(xid, Decision.FORGET))).isEqualTo(Code.PRECONDITION_FAILED);
        assertThat(rows(two.decide(xid, decision)).get(0))
                .containsEntry("state", committed ? "heuristically-committed" : "heuristically-rolled-back");
        XaCode told = committed ? XaCode.HEURISTIC_COMMITTED : XaCode.HEURISTIC_ROLLED_BACK;
        for (int i = 0; i < 3; i++) {
            assertThat(two.browse(Q[0])).hasSize(committed ? 1 : 0);
            assertThat(two.browse(Q[2])).hasSize(committed ? 1 : 0);
            assertThat(one.recover(5)).containsExactly(xid);
            assertThat(one.commit(xid)).isEqualTo(told);
            assertThat(one.rollback(xid)).isEqualTo(told);
            assertThat(refusal(two.decide(xid, Decision.COMMIT))).isEqualTo(Code.PRECONDITION_FAILED);
            if (i == 0) {
                killAndRestart();
            } else {
                stopAndRestart();
            }
        }
        assertThat(one.forget(xid)).isEqualTo(XaCode.OK);
        assertThat(one.forget(xid)).isEqualTo(XaCode.OK);
        killAndRestart();
        assertThat(one.recover(5)).isEmpty();
        assertThat(one.outcome(xid)).isEqualTo(committed ? Branches.Outcome.COMMITTED : Branches.Outcome.ROLLED_BACK);
        checkNothingIsKept();
    }

    @Test
    void deliveriesOfABranchSettleForTheirConsumersWithTheCommit() {
        one.session.producer(Q[0]).sendDurable(0, 1);
        Xid xid = xid(1, 1);
        Transaction work = one.start(xid);
        TestConsumer consumer = one.session.consumer(Q[0]);
        consumer.receive(1);
        consumer.consumer.settle(0, 0, Outcome.ACCEPTED, work, false);
        one.end(work);
        two.prepare(xid);
        assertThat(consumer.confirmed).isEqualTo(-1);
        two.commit(xid);
        core.loop.settle();
        assertThat(consumer.confirmed).isZero();
    }
}
