package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.waybill.shard.ShardMessage.EndWanted;
import org.waybill.shard.ShardMessage.Prepare;
import org.waybill.shard.ShardMessage.Promised;
import org.waybill.spi.Branches;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.Transaction;
import org.waybill.spi.XaCode;
import org.waybill.tx.TransactionId;

/**
 * Transactions over shards whose messages are lost, doubled and late and whose leaders crash one at a time: local ones and branches, of
 * one connection and of two, committed in one phase and in two, with messages sent and messages taken. Each is done as a whole or not
 * at all (I11), as its client was told; what was promised is listed until it is decided, and every decision is carried out (I12).
 */
class ShardSimulationTest {
    private static final int SEEDS = Integer.getInteger("waybill.simulation.seeds", 200);
    private static final long FIRST_SEED = Long.getLong("waybill.simulation.first", 1);

    private final Map<String, Integer> counts = new TreeMap<>();

    @Test
    void everyTransactionIsDoneOrNotAndWhatWasPromisedIsKept() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            try {
                new TransactionRun(new Random(seed), counts).run();
            } catch (AssertionError | RuntimeException wrong) {
                throw new AssertionError("seed " + seed, wrong);
            }
        }
        assertThat(counts.keySet())
                .contains(
                        "local OK",
                        "local refused",
                        "prepare OK",
                        "prepare ROLLED_BACK",
                        "one phase ROLLED_BACK",
                        "commit OK",
                        "roll back OK",
                        "one phase OK",
                        "outcome COMMITTED",
                        "outcome UNKNOWN",
                        "recover OK",
                        "recover UNAVAILABLE",
                        "taken");
    }

    @Test
    void aVerbWhoseParticipantCannotBeReachedSaysSoAndIsCarriedOutLater() {
        TransactionRun run = new TransactionRun(new Random(1), counts);
        TransactionRun.Known known = run.branch(0, 0, 1);
        TransactionClient manager = new TransactionClient(run, -1);
        assertThat(run.prepare(manager, known)).containsExactly(XaCode.OK);

        run.network.crash(1);
        run.network.passWithoutRecovery(6);
        List<XaCode> codes = new ArrayList<>();
        manager.session.branches().recover(null, 10, result -> codes.add(result.code()));
        manager.session.branches().commit(known.xid(), false, result -> codes.add(result.code()));
        manager.session.flush();
        run.network.passWithoutRecovery(20);
        assertThat(codes)
                .as("a decision is final when it is recorded; a list is whole or there is none")
                .containsExactlyInAnyOrder(XaCode.OK, XaCode.UNAVAILABLE);
        run.network.settle(5);
        assertThat(run.browse(TransactionRun.queue("q", 0))).containsExactly(known.text);
        assertThat(run.browse(TransactionRun.queue("q", 1))).containsExactly(known.text);
    }

    @Test
    void whatALostLeadWasAskedToDecideComesBackAtOnce() {
        TransactionRun run = new TransactionRun(new Random(1), counts);
        List<Boolean> done = commitOverTwoShards(run, 0, 1);
        run.network.crash(0);
        run.network.passWithoutRecovery(2);
        assertThat(run.network.shard(1).parts().isEmpty()).as("it waits").isFalse();
        run.network.settle(3);
        assertThat(run.network.shard(1).parts().isEmpty()).as("it is concluded").isTrue();
        assertThat(done).isEmpty();
        assertThat(run.browse(TransactionRun.queue("q", 0))).isEmpty();
        assertThat(run.browse(TransactionRun.queue("q", 1))).isEmpty();
    }

    @Test
    void aParticipantThatIsAskedAfterTheCoordinatorWasLostDoesNotWaitEither() {
        TransactionRun run = new TransactionRun(new Random(1), counts);
        List<Boolean> done = commitOverTwoShards(run, 0, 1);
        run.network.crash(0);
        run.network.recover(0);
        run.network.settle(1);
        assertThat(run.network.shard(1).parts().isEmpty()).isTrue();
        assertThat(done).isEmpty();
        assertThat(run.browse(TransactionRun.queue("q", 1))).isEmpty();
    }

    @Test
    void aLaterLeadRefusesToDecideWhatItsPredecessorWasAskedFor() {
        TransactionRun run = new TransactionRun(new Random(1), counts);
        run.network.crash(0);
        run.network.settle(1);
        TransactionClient client = new TransactionClient(run, -1);
        long before = client.session.term(0) - 1;
        CommitPlan plan = new CommitPlan(TransactionId.local(UUID.randomUUID()), 0, before, new int[] {1});
        List<Boolean> done = new ArrayList<>();
        Consumer<Reply<Boolean>> reply = result -> done.add(result instanceof Reply.Done<Boolean>);
        Outgoing own = new Outgoing(client.session, 0, client.session.nextShareId());
        client.session.lane(0).add(Batch.Kind.PREPARE, own, 0, 0, plan, reply);
        client.session.flush();
        run.network.shard(0).receive(1, ShardMessages.encode(new Promised(plan.id(), 0, before + 1, true, 1, 0)));
        run.network.settle(1);
        assertThat(done).containsExactly(false);
    }

    /** Asks for the commit of a transaction that the first shard coordinates; what is asked has come to neither of them. */
    private static List<Boolean> commitOverTwoShards(TransactionRun run, int coordinator, int participant) {
        List<Boolean> done = new ArrayList<>();
        TransactionClient client = new TransactionClient(run, -1);
        Transaction work = client.session.begin();
        send(client, work, coordinator, "a");
        send(client, work, coordinator, "b");
        send(client, work, participant, "c");
        work.commit(result -> done.add(result instanceof Reply.Done<Boolean>));
        client.session.flush();
        return done;
    }

    private static void send(TransactionClient client, Transaction work, int shard, String text) {
        client.producer.send(CoreFixture.message(true, 4, 0, TransactionRun.queue("q", shard), text), work);
    }

    @Test
    void aPromiseThatCannotBeAskedForIsNotPromised() {
        TransactionRun run = new TransactionRun(new Random(1), counts);
        TransactionRun.Known known = run.branch(0, 0, 1);
        run.network.crash(1);
        TransactionClient manager = new TransactionClient(run, -1);
        List<XaCode> codes = run.prepare(manager, known);
        run.network.shard(0).receive(1, ShardMessages.encode(new Promised(known.id(), 1, 0, true, 1, 0)));
        run.network.passWithoutRecovery(3);
        assertThat(codes).as("an old answer answers no new question").isEmpty();
        run.network.passWithoutRecovery(20);
        assertThat(codes).containsExactly(XaCode.UNAVAILABLE);
        run.network.settle(5);
        assertThat(run.prepare(manager, known)).containsExactly(XaCode.ROLLED_BACK);
        assertThat(run.browse(TransactionRun.queue("q", 0))).isEmpty();
    }

    @Test
    void workThatCameInTwoTermsOfAShardIsNotAWhole() {
        TransactionRun run = new TransactionRun(new Random(1), counts);
        TransactionRun.Known known = run.branch(0, 1);
        run.network.crash(1);
        run.network.settle(1);
        List<XaCode> codes = run.work(new TransactionClient(run, -1), known, Branches.Start.JOIN, 1);
        assertThat(codes).containsExactly(XaCode.ROLLED_BACK);
    }

    @Test
    void aShardDoesNotPromiseWorkOfAnotherTerm() {
        TransactionRun run = new TransactionRun(new Random(1), counts);
        TransactionRun.Known known = run.branch(0, 1);
        run.network.shard(1).receive(0, ShardMessages.encode(new Prepare(known.id(), 0, 1)));
        run.network.settle(0);
        assertThat(run.network.shard(1).parts().isPromised(known.id())).isFalse();
        assertThat(run.prepare(new TransactionClient(run, -1), known)).containsExactly(XaCode.ROLLED_BACK);
    }

    @Test
    void whatACoordinatorDoesNotKnowIsNotCommittedLater() {
        TransactionRun run = new TransactionRun(new Random(1), counts);
        TransactionRun.Known known = run.branch(0, 1);
        run.network.shard(1).receive(0, ShardMessages.encode(new EndWanted(known.id())));
        run.network.settle(1);
        List<XaCode> codes = new ArrayList<>();
        TransactionClient manager = new TransactionClient(run, -1);
        manager.session.branches().commit(known.xid(), true, result -> codes.add(result.code()));
        manager.session.flush();
        run.network.settle(1);
        assertThat(codes).containsExactly(XaCode.ROLLED_BACK);
        assertThat(run.browse(TransactionRun.queue("q", 1))).isEmpty();
    }
}
