package org.waybill.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.waybill.config.TransactionSettings;
import org.waybill.message.Outcome;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.NodeKind;
import org.waybill.spi.Producer;
import org.waybill.spi.ProducerHandler;
import org.waybill.spi.ProducerSpec;
import org.waybill.spi.SessionHandler;
import org.waybill.spi.Transaction;

/** A promise of a participant counts from when its record is committed, however long that takes and however often it asks. */
class PromiseTest {
    private static final int SHARDS = 2;
    private static final String COORDINATOR = ShardNetwork.queue("q", 0, SHARDS);
    private static final String PARTICIPANT = ShardNetwork.queue("q", 1, SHARDS);

    /** Long enough for a participant to ask twice, and not so long that the coordinator gives up. */
    private static final long ASKED_S = 6;

    private final ShardNetwork network = new ShardNetwork(SHARDS, new Random(1));
    private final List<Reply<Boolean>> replies = new ArrayList<>();

    @Test
    void thatIsNotCommittedIsNotCountedHoweverOftenItsShardAsks() {
        Client client = commit();
        network.passWithoutRecovery(ASKED_S);
        assertThat(replies).as("nothing is promised yet").isEmpty();

        network.crash(1);
        network.settle(30);
        assertThat(replies).noneMatch(reply -> reply instanceof Reply.Done<Boolean>);
        client.session.close();
        assertThat(browse(COORDINATOR)).isEmpty();
        assertThat(browse(PARTICIPANT)).isEmpty();
        checkNothingIsUndecided();
    }

    @Test
    void countsOnceItIsCommitted() {
        Client client = commit();
        network.passWithoutRecovery(ASKED_S);
        network.stall(1, false);
        network.settle(5);
        assertThat(replies).hasSize(1).allMatch(reply -> reply instanceof Reply.Done<Boolean>);
        client.session.close();
        assertThat(browse(COORDINATOR)).containsExactly("a", "b");
        assertThat(browse(PARTICIPANT)).containsExactly("c");
        checkNothingIsUndecided();
    }

    /** Asks for a commit while nothing that the participant records is forced. */
    private Client commit() {
        Client client = new Client();
        network.settle(1);
        network.stall(1, true);
        Transaction transaction = client.session.begin();
        client.send(COORDINATOR, "a", transaction);
        client.send(COORDINATOR, "b", transaction);
        client.send(PARTICIPANT, "c", transaction);
        transaction.commit(replies::add);
        client.session.flush();
        return client;
    }

    private List<String> browse(String queue) {
        List<String> texts = new ArrayList<>();
        CoreFixture.browse(network.shards, network.clients, queue, texts);
        network.settle(1);
        return texts;
    }

    private void checkNothingIsUndecided() {
        for (int shard = 0; shard < SHARDS; shard++) {
            assertThat(network.shard(shard).state().ledger().isEmpty()).isTrue();
            assertThat(network.shard(shard).parts().isEmpty()).isTrue();
        }
    }

    /** Sends, and may be ended. */
    private final class Client implements SessionHandler, ProducerHandler {
        final LocalSession session =
                new LocalSession(network.shards, network.clients, "client", TransactionSettings.defaults(), this);
        private final Producer producer = session.openProducer(new ProducerSpec(null, NodeKind.QUEUE), this);

        void send(String to, String text, Transaction transaction) {
            producer.send(CoreFixture.message(true, 4, 0, to, text), transaction);
        }

        @Override
        public void batchEnd() {}

        @Override
        public void closed(BrokerError error) {
            session.close();
        }

        @Override
        public void opened() {}

        @Override
        public void settled(long firstToken, long lastToken, Outcome outcome) {}

        @Override
        public void refused(long token, BrokerError error) {
            throw new AssertionError(error);
        }

        @Override
        public void blocked(String reason) {}

        @Override
        public void unblocked() {}
    }
}
