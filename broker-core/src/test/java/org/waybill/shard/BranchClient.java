package org.waybill.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.waybill.message.Outcome;
import org.waybill.shard.CoreFixture.TestConsumer;
import org.waybill.shard.CoreFixture.TestProducer;
import org.waybill.shard.CoreFixture.TestSession;
import org.waybill.spi.BranchReply;
import org.waybill.spi.Branches;
import org.waybill.spi.Branches.End;
import org.waybill.spi.Branches.Page;
import org.waybill.spi.Branches.Start;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.Operation;
import org.waybill.spi.Operation.Target;
import org.waybill.spi.Transaction;
import org.waybill.spi.XaCode;
import org.waybill.spi.Xid;

/** A connection that works in branches, and waits for each answer. */
final class BranchClient {
    final TestSession session;
    final Branches branches;
    private final TestProducer anonymous;

    BranchClient(CoreFixture core) {
        this(core, "client");
    }

    BranchClient(CoreFixture core, String containerId) {
        this.session = core.session(containerId);
        this.branches = session.session.branches();
        this.anonymous = session.producer(null);
    }

    /** A branch whose coordinator is this shard. */
    static Xid xid(int coordinator, int shards, int number) {
        for (int i = 0; ; i++) {
            byte[] gtrid = {(byte) (number >> 8), (byte) number, (byte) i, (byte) (i >> 8)};
            Xid xid = new Xid(32, gtrid, new byte[] {9});
            if (Placement.shardOf(xid, shards) == coordinator) {
                return xid;
            }
        }
    }

    <T> BranchReply<T> ask(Consumer<Consumer<BranchReply<T>>> verb) {
        List<BranchReply<T>> replies = new ArrayList<>();
        verb.accept(replies::add);
        session.session.flush();
        session.core.loop.until(() -> !replies.isEmpty());
        return replies.get(0);
    }

    BranchReply<Transaction> start(Xid xid, Start how) {
        return ask(reply -> branches.start(xid, how, reply));
    }

    Transaction start(Xid xid) {
        return Objects.requireNonNull(start(xid, Start.NEW).value());
    }

    Transaction join(Xid xid) {
        return Objects.requireNonNull(start(xid, Start.JOIN).value());
    }

    BranchReply<Void> end(Transaction work, End how) {
        return ask(reply -> branches.end(work, how, reply));
    }

    XaCode end(Transaction work) {
        return end(work, End.SUCCESS).code();
    }

    void send(String to, String text, Transaction work) {
        send(true, to, text, work);
    }

    void send(boolean durable, String to, String text, Transaction work) {
        anonymous.producer.send(CoreFixture.message(durable, 4, 0, to, text), work);
    }

    /** Takes the first message of a queue in a branch. */
    TestConsumer take(String queue, Transaction work) {
        TestConsumer consumer = session.consumer(queue);
        consumer.receive(1);
        consumer.consumer.settle(0, 0, Outcome.ACCEPTED, work, true);
        session.session.flush();
        return consumer;
    }

    /** Sends in a branch of its own, which is IDLE then. */
    void work(Xid xid, String... queues) {
        Transaction work = start(xid);
        for (String queue : queues) {
            send(queue, "in " + xid, work);
        }
        end(work);
    }

    XaCode prepare(Xid xid) {
        return this.<Void>ask(reply -> branches.prepare(xid, reply)).code();
    }

    XaCode commit(Xid xid) {
        return this.<Void>ask(reply -> branches.commit(xid, false, reply)).code();
    }

    XaCode commitAtOnce(Xid xid) {
        return this.<Void>ask(reply -> branches.commit(xid, true, reply)).code();
    }

    XaCode rollback(Xid xid) {
        return this.<Void>ask(reply -> branches.rollback(xid, reply)).code();
    }

    XaCode forget(Xid xid) {
        return this.<Void>ask(reply -> branches.forget(xid, reply)).code();
    }

    Branches.@Nullable Outcome outcome(Xid xid) {
        return this.<Branches.Outcome>ask(reply -> branches.outcome(xid, reply)).value();
    }

    /** All that recover lists, in pages of this size. */
    List<Xid> recover(int max) {
        List<Xid> found = new ArrayList<>();
        byte[] cursor = null;
        do {
            byte[] from = cursor;
            Page page = Objects.requireNonNull(
                    this.<Page>ask(reply -> branches.recover(from, max, reply)).value());
            if (page.xids().size() > max) {
                throw new AssertionError(page.xids().size() + " xids in a page of " + max);
            }
            found.addAll(page.xids());
            cursor = page.next();
        } while (cursor != null);
        return found;
    }

    /** What a consumer would get, which browsers see too even if it is held. */
    List<String> available(String queue) {
        TestConsumer consumer = session.consumer(queue);
        List<String> texts = consumer.drain();
        consumer.consumer.close();
        session.session.flush();
        session.core.loop.settle();
        return texts;
    }

    List<String> browse(String queue) {
        return session.browser(queue, null).drain();
    }

    Reply<List<Map<String, Object>>> manage(Operation operation) {
        List<Reply<List<Map<String, Object>>>> replies = new ArrayList<>();
        session.session.manage(operation, replies::add);
        session.session.flush();
        session.core.loop.until(() -> !replies.isEmpty());
        return replies.get(0);
    }

    Reply<List<Map<String, Object>>> decide(Xid xid, Operation.Decision decision) {
        return manage(new Operation.EndBranch(new Target(Operation.Type.BRANCH, xid.toString()), decision));
    }
}
