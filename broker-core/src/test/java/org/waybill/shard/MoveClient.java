package org.waybill.shard;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.waybill.config.TransactionSettings;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.Consumer;
import org.waybill.spi.ConsumerHandler;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.NodeKind;
import org.waybill.spi.Operation;
import org.waybill.spi.Producer;
import org.waybill.spi.ProducerHandler;
import org.waybill.spi.ProducerSpec;
import org.waybill.spi.SessionHandler;

/** A connection that sends, consumes well and badly, and moves messages without waiting for anything, until it is ended. */
final class MoveClient implements SessionHandler, ProducerHandler, ConsumerHandler {
    private static final Operation.Selection ALL = new Operation.Selection(List.of(), null, null);

    private final MoveRun run;
    private final LocalSession session;
    private final Producer producer;
    private final Map<Long, MoveRun.Sent> sent = new HashMap<>();
    private final Map<Long, MoveRun.Sent> accepted = new HashMap<>();
    private final List<String> texts = new ArrayList<>();
    private @Nullable Consumer consumer;
    private int settled;
    boolean gone;
    boolean drained;

    MoveClient(MoveRun run) {
        this.run = run;
        this.session = new LocalSession(
                run.network.shards, run.network.clients, "client", TransactionSettings.defaults(), this);
        this.producer = session.openProducer(new ProducerSpec(null, NodeKind.QUEUE), this);
        session.flush();
    }

    /** What nobody else is called. */
    String name() {
        return "c" + session.id() + "s";
    }

    /** What it has received. */
    List<String> texts() {
        return texts;
    }

    void send(String prefix, int shard, String text, boolean durable, int ttlMs) {
        long token = sent.size();
        sent.put(token, run.begin(text, durable));
        producer.send(CoreFixture.message(durable, 4, ttlMs, MoveRun.queue(prefix, shard), text), token);
        session.flush();
    }

    void consume(int shard) {
        consumer = open(MoveRun.queue(ShardNetwork.FRAGILE, shard), false);
    }

    void browse(String queue) {
        open(queue, true).credit(1_000_000, true);
        session.flush();
    }

    private Consumer open(String queue, boolean browse) {
        return session.openConsumer(
                new ConsumerSpec(queue, NodeKind.QUEUE, browse, false, Outcome.RELEASED, null), this);
    }

    void credit(int limit) {
        ShardNetwork.present(consumer).credit(limit, false);
        session.flush();
    }

    void settle(int token, Outcome outcome) {
        ShardNetwork.present(consumer).settle(token, token, outcome, true);
        session.flush();
    }

    /** Does something with the oldest message that it holds. */
    void settleNext() {
        if (consumer == null || settled >= texts.size()) {
            return;
        }
        int token = settled++;
        switch (run.random.nextInt(6)) {
            case 0 -> {
                String text = texts.get(token);
                run.all.stream().filter(each -> each.text.equals(text)).forEach(each -> {
                    each.mayBeConsumed = true;
                    accepted.put((long) token, each);
                });
                settle(token, Outcome.ACCEPTED);
            }
            case 1 -> settle(token, Outcome.RELEASED);
            case 2, 3 -> settle(token, new Outcome.Rejected(null, null));
            default -> settle(token, Outcome.FAILED);
        }
        credit(settled + 3);
    }

    /** Moves messages; the list gets the answer. */
    List<Map<String, Object>> move(String from, int fromShard, String to, int toShard, int count) {
        List<Map<String, Object>> answers = new ArrayList<>();
        Operation.Target in = new Operation.Target(Operation.Type.QUEUE, MoveRun.queue(from, fromShard));
        session.manage(new Operation.MoveMessages(in, ALL, count, MoveRun.queue(to, toShard)), reply -> {
            if (reply instanceof Reply.Done<List<Map<String, Object>>> done) {
                answers.addAll(done.value());
                run.count("moved");
            } else {
                run.count("not moved");
            }
        });
        session.flush();
        return answers;
    }

    /** Moves a queue of this home to another shard. */
    void moveQueue(String prefix, int home, int to) {
        Operation.Target queue = new Operation.Target(Operation.Type.QUEUE, MoveRun.queue(prefix, home));
        session.manage(
                new Operation.MoveQueue(queue, to),
                reply -> run.count(reply instanceof Reply.Done<?> ? "queue moves" : "queue does not move"));
        session.flush();
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
    public void settled(long firstToken, long lastToken, Outcome outcome) {
        for (long token = firstToken; token <= lastToken; token++) {
            ShardNetwork.present(sent.get(token)).isStored = true;
        }
    }

    @Override
    public void settled(long firstToken, long lastToken) {
        for (long token = firstToken; token <= lastToken; token++) {
            MoveRun.Sent done = accepted.get(token);
            if (done != null) {
                done.isConsumed = true;
            }
        }
    }

    @Override
    public void batchEnd() {}

    @Override
    public void opened() {}

    @Override
    public void refused(long token, BrokerError error) {}

    @Override
    public void blocked(String reason) {}

    @Override
    public void unblocked() {}
}
