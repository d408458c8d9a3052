package org.waybill.shard;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.waybill.config.TransactionSettings;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.spi.Branches;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.Consumer;
import org.waybill.spi.ConsumerHandler;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.NodeKind;
import org.waybill.spi.Producer;
import org.waybill.spi.ProducerHandler;
import org.waybill.spi.ProducerSpec;
import org.waybill.spi.SessionHandler;
import org.waybill.spi.Transaction;
import org.waybill.spi.XaCode;
import org.waybill.spi.Xid;

/** A connection that does one thing after the other without waiting, until it is ended. */
final class TransactionClient implements SessionHandler, ProducerHandler, ConsumerHandler {
    final TransactionRun run;
    final LocalSession session;
    final Producer producer;
    final List<String> texts = new ArrayList<>();
    final @Nullable Consumer consumer;
    private int taken;
    boolean gone;
    boolean drained;

    TransactionClient(TransactionRun run, int stockOf) {
        this.run = run;
        this.session = new LocalSession(
                run.network.shards, run.network.clients, "client", TransactionSettings.defaults(), this);
        this.producer = session.openProducer(new ProducerSpec(null, NodeKind.QUEUE), this);
        if (stockOf < 0) {
            consumer = null;
        } else {
            consumer = session.openConsumer(
                    new ConsumerSpec(
                            TransactionRun.queue("stock", stockOf),
                            NodeKind.QUEUE,
                            false,
                            false,
                            Outcome.RELEASED,
                            null),
                    this);
            consumer.credit(2, false);
        }
        session.flush();
    }

    void browse(String queue) {
        Consumer browser = session.openConsumer(
                new ConsumerSpec(queue, NodeKind.QUEUE, true, false, Outcome.RELEASED, null), this);
        browser.credit(1_000_000, true);
        session.flush();
    }

    void local() {
        TransactionRun.Known known = run.begin();
        Transaction work = session.begin();
        work(known, work);
        if (run.random.nextInt(10) == 0) {
            known.committed = false;
            work.rollback(done -> {});
        } else {
            work.commit(result -> {
                boolean done = result instanceof Reply.Done<Boolean>;
                run.count(done ? "local OK" : "local refused");
                known.committed = done;
            });
        }
        session.flush();
    }

    private void work(TransactionRun.Known known, Transaction work) {
        int first = run.random.nextInt(TransactionRun.SHARDS);
        int count = 1 + run.random.nextInt(TransactionRun.SHARDS);
        for (int i = 0; i < count; i++) {
            int shard = (first + i) % TransactionRun.SHARDS;
            if (known.sentTo.add(shard)) {
                producer.send(CoreFixture.message(true, 4, 0, TransactionRun.queue("q", shard), known.text), work);
            }
        }
        if (run.random.nextInt(10) == 0) {
            String full = TransactionRun.queue(ShardNetwork.FULL, run.random.nextInt(TransactionRun.SHARDS));
            producer.send(CoreFixture.message(true, 4, 0, full, known.text), work);
        }
        if (consumer != null && taken < texts.size() && run.random.nextBoolean()) {
            run.count("taken");
            known.taken.add(texts.get(taken));
            consumer.settle(taken, taken, Outcome.ACCEPTED, work, true);
            taken++;
            consumer.credit(taken + 2, false);
        }
    }

    void branch() {
        TransactionRun.Known known = run.begin();
        Xid xid = BranchClient.xid(run.random.nextInt(TransactionRun.SHARDS), TransactionRun.SHARDS, run.all.size());
        known.xid = xid;
        begin(known, Branches.Start.NEW);
        session.flush();
    }

    private void begin(TransactionRun.Known known, Branches.Start how) {
        session.branches().start(known.xid(), how, begun -> {
            if (begun.code() != XaCode.OK) {
                return;
            }
            Transaction work = ShardNetwork.present(begun.value());
            work(known, work);
            session.branches().end(work, Branches.End.SUCCESS, ended -> {
                if (ended.code() == XaCode.OK) {
                    goOn(known, how);
                }
            });
            session.flush();
        });
        session.flush();
    }

    private void goOn(TransactionRun.Known known, Branches.Start how) {
        TransactionClient other = run.any();
        if (how == Branches.Start.NEW && run.random.nextInt(3) == 0 && !other.gone) {
            other.begin(known, Branches.Start.JOIN);
            return;
        }
        TransactionClient manager = run.random.nextBoolean() ? this : run.manager();
        if (run.random.nextInt(3) == 0) {
            known.onePhaseAsked = true;
            manager.session.branches().commit(known.xid(), true, result -> {
                run.count("one phase " + result.code());
                if (result.code() != XaCode.UNAVAILABLE) {
                    known.committed = result.code() == XaCode.OK;
                }
            });
        } else {
            known.prepareAsked = true;
            manager.session.branches().prepare(known.xid(), result -> {
                run.count("prepare " + result.code());
                known.promised = result.code() == XaCode.OK;
                if (result.code() != XaCode.UNAVAILABLE && result.code() != XaCode.OK) {
                    known.committed = false;
                }
            });
        }
        manager.session.flush();
    }

    void leaveSometimes() {
        if (run.random.nextInt(4) == 0) {
            leave();
        }
    }

    void leave() {
        if (!gone) {
            gone = true;
            session.close();
        }
    }

    @Override
    public void closed(BrokerError error) {
        leave();
    }

    @Override
    public void deliver(long token, Message message, byte @Nullable [] head) {
        texts.add(CoreFixture.text(message));
    }

    @Override
    public void drained(long limitToken) {
        drained = true;
    }

    @Override
    public void batchEnd() {}

    @Override
    public void opened() {}

    @Override
    public void settled(long firstToken, long lastToken, Outcome outcome) {}

    @Override
    public void settled(long firstToken, long lastToken) {}

    @Override
    public void refused(long token, BrokerError error) {
        throw new AssertionError(error);
    }

    @Override
    public void blocked(String reason) {}

    @Override
    public void unblocked() {}
}
