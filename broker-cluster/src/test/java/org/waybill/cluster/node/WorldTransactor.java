package org.waybill.cluster.node;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
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
import org.waybill.spi.Transaction;
import org.waybill.spi.XaCode;

/** Sends and takes messages in transactions, its own and those of a transaction manager, one at a time. */
final class WorldTransactor extends WorldClient {
    private static final int CREDIT = 2;

    private final WorldManager manager;
    private @Nullable Open open;
    private boolean finishing;

    /** What it has on one connection. */
    private final class Open implements ProducerHandler {
        private final Link link;
        private final Producer producer;
        private final List<Stock> stocks = new ArrayList<>();
        private boolean isOpen;
        private boolean isBusy;
        private @Nullable WorldBranch worksIn;
        /** What it is at, for who asks why it is not done. */
        private String at = "";

        Open(Link link) {
            this.link = link;
            this.producer = link.session().openProducer(new ProducerSpec(null, NodeKind.QUEUE), this);
            for (String queue : world.clients().stocks()) {
                stocks.add(new Stock(this, queue));
            }
        }

        @Override
        public void opened() {
            isOpen = true;
        }

        @Override
        public void closed(BrokerError error) {
            throw new AssertionError(name + " is refused: " + error);
        }

        @Override
        public void settled(long firstToken, long lastToken, Outcome outcome) {
            throw new AssertionError("what is sent in a transaction has no outcome of its own");
        }

        @Override
        public void refused(long token, BrokerError error) {
            throw new AssertionError(error.message());
        }

        @Override
        public void blocked(String reason) {
            // transactions are refused at their commit
        }

        @Override
        public void unblocked() {
            // see above
        }

        private void local() {
            WorldHistory.Work known = world.history().begin(null);
            Transaction work = link.session().begin();
            work(known, work);
            isBusy = true;
            at = known.name;
            if (world.random().nextInt(10) == 0) {
                work.rollback(done -> isBusy = false);
                return;
            }
            known.commitAsked = true;
            work.commit(result -> {
                if (!link.isLost()) {
                    isBusy = false;
                    boolean committed = result instanceof Reply.Done<Boolean>;
                    world.trace(() -> name + ": " + known.name + " is " + (committed ? "committed" : "undone"));
                    world.history().count(committed ? "committed" : "not committed");
                    known.ended(committed);
                }
            });
        }

        /** Sends something, and takes something. */
        private void work(WorldHistory.Work known, Transaction work) {
            List<String> queues = new ArrayList<>(world.clients().targets());
            for (int n = 1 + world.random().nextInt(3); n > 0; n--) {
                String queue = queues.remove(world.random().nextInt(queues.size()));
                WorldHistory.Sent sent = world.history().send(known.name, queue, known);
                known.sentTo.add(sent.text);
                producer.send(WorldMessages.message(queue, sent.text, null, 0, 0), work);
            }
            for (Stock stock : stocks) {
                if (world.random().nextBoolean()) {
                    stock.take(known, work);
                }
            }
        }

        private void branch(WorldBranch branch, Branches.Start how) {
            isBusy = true;
            worksIn = branch;
            at = branch + " " + how;
            link.session().branches().start(branch.xid, how, begun -> {
                Transaction work = begun.value();
                if (link.isLost()) {
                    return;
                }
                if (work == null) {
                    over(branch, begun.code());
                    return;
                }
                work(branch.work, work);
                Branches.End end = world.random().nextInt(12) == 0 ? Branches.End.FAIL : Branches.End.SUCCESS;
                at = branch + " end";
                link.session().branches().end(work, end, ended -> {
                    if (!link.isLost()) {
                        over(branch, end == Branches.End.FAIL ? XaCode.ROLLED_BACK : ended.code());
                    }
                });
                link.session().flush();
            });
        }

        private void over(WorldBranch branch, XaCode code) {
            isBusy = false;
            worksIn = null;
            world.trace(() -> name + ": " + branch + " ended with " + code);
            if (branch.state != WorldBranch.State.OPEN) {
                return;
            }
            if (code != XaCode.OK) {
                branch.state = WorldBranch.State.ROLLING_BACK;
            } else if (world.random().nextInt(3) > 0 || !world.clients().join(branch)) {
                branch.state = WorldBranch.State.IDLE;
            }
        }
    }

    /** A queue that transactions take from. */
    private final class Stock implements ConsumerHandler {
        private final Open of;
        private final String queue;
        private final Consumer consumer;
        private final ArrayDeque<WorldHistory.Sent> held = new ArrayDeque<>();
        private long taken;

        Stock(Open of, String queue) {
            this.of = of;
            this.queue = queue;
            this.consumer = of.link
                    .session()
                    .openConsumer(new ConsumerSpec(queue, NodeKind.QUEUE, false, false, Outcome.RELEASED, null), this);
            consumer.credit(CREDIT, false);
        }

        private void take(WorldHistory.Work known, Transaction work) {
            WorldHistory.Sent sent = held.poll();
            if (sent != null) {
                sent.takers.add(known);
                world.trace(() -> name + " takes " + sent.text + " in " + known.name);
                consumer.settle(taken, taken, Outcome.ACCEPTED, work, true);
                taken++;
                consumer.credit(taken + CREDIT, false);
                world.history().count("taken");
            }
        }

        @Override
        public void opened() {
            // credit was given before
        }

        @Override
        public void closed(BrokerError error) {
            throw new AssertionError(queue + " is refused: " + error);
        }

        @Override
        public void deliver(long token, Message message, byte @Nullable [] head) {
            if (!of.link.isLost()) {
                held.add(of.link.delivered(queue, WorldMessages.textOf(message)));
                consumer.consumed(message.size());
            }
        }

        @Override
        public void drained(long limitToken) {
            // it does not ask for that
        }

        @Override
        public void settled(long firstToken, long lastToken) {
            // the transaction's outcome says it
        }
    }

    WorldTransactor(World world, String name, WorldManager manager) {
        super(world, name);
        this.manager = manager;
        every(60, this::work);
    }

    private void work() {
        Open on = open;
        if (on != null) {
            on.link.run(() -> {
                if (finishing || !on.isOpen || on.isBusy) {
                    return;
                }
                if (world.random().nextBoolean()) {
                    on.local();
                } else {
                    on.branch(manager.begin(), Branches.Start.NEW);
                }
            });
        }
    }

    /** Works in a branch that somebody has begun, if it has nothing else to do. */
    boolean join(WorldBranch branch) {
        Open on = open;
        if (on == null || !on.isOpen || on.isBusy) {
            return false;
        }
        on.isBusy = true;
        on.worksIn = branch;
        on.link.run(() -> on.branch(branch, Branches.Start.JOIN));
        return true;
    }

    @Override
    void connected(Link made) {
        open = new Open(made);
    }

    @Override
    void disconnected() {
        Open lost = open;
        open = null;
        WorldBranch branch = lost == null || !lost.isBusy ? null : lost.worksIn;
        if (branch != null && branch.state == WorldBranch.State.OPEN) {
            branch.state = WorldBranch.State.ROLLING_BACK;
        }
    }

    @Override
    void finish() {
        finishing = true;
    }

    @Override
    boolean isDone() {
        Open on = open;
        return on == null || !on.isBusy;
    }

    @Override
    String describe() {
        Open on = open;
        return name + " waits for " + (on == null || !on.isBusy ? "nothing" : on.at);
    }
}
