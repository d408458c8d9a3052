package org.waybill.shard;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.waybill.config.TransactionSettings;
import org.waybill.spi.BranchReply;
import org.waybill.spi.Branches;
import org.waybill.spi.BrokerError;
import org.waybill.spi.Transaction;
import org.waybill.spi.XaCode;
import org.waybill.spi.Xid;
import org.waybill.tx.TransactionId;

/**
 * The branches of a session, on its loop: knows what the session works in, and asks the coordinators about everything else. Its
 * commands go with the session's others, so that they come after what the session did before.
 */
final class LocalBranches implements Branches {
    /** Branches that a session may work in at a time, suspended ones included. */
    static final int MAX_WORK = 1_024;

    /** A year: as long as the settings allow. */
    private static final long MAX_TIMEOUT_S = 365 * 86_400L;

    private static final long MS_A_S = 1_000;

    private final LocalSession session;
    private final Shards shards;
    private final TransactionSettings settings;
    private final Set<BranchWork> works = new LinkedHashSet<>(0);
    private long timeoutS;

    LocalBranches(LocalSession session, TransactionSettings settings) {
        this.session = session;
        this.shards = session.shards();
        this.settings = settings;
    }

    // ---- work

    @Override
    public void start(Xid xid, Start how, Consumer<BranchReply<Transaction>> reply) {
        BranchWork work = new BranchWork(session, this, xid);
        BranchWork before = how == Start.RESUME ? suspended(xid) : null;
        if (before == null && works.size() == MAX_WORK) {
            session.answerLater(() -> reply.accept(BranchReply.of(
                    XaCode.ERROR, "the session works in " + MAX_WORK + " branches already, no more are allowed")));
            return;
        }
        works.add(work);
        Asker<Transaction> asker = new Asker<>(session, result -> {
            started(work, before, result);
            reply.accept(result);
        });
        Coordinator coordinator = coordinator(xid);
        long timeoutMs = timeoutS > 0 ? timeoutS * MS_A_S : settings.branchTimeoutMs();
        ask(
                xid,
                switch (how) {
                    case NEW -> () -> coordinator.start(xid, work.association, timeoutMs, work, asker);
                    case JOIN -> () -> coordinator.join(xid, work.association, work, asker);
                    case RESUME -> () -> coordinator.resume(
                            xid, before == null ? null : before.association, work.association, work, asker);
                });
    }

    /** The work in this branch that the session suspended last and is not resuming, or null. */
    private @Nullable BranchWork suspended(Xid xid) {
        BranchWork last = null;
        for (BranchWork work : works) {
            if (work.state == BranchWork.State.SUSPENDED && work.xid.equals(xid)) {
                last = work;
            }
        }
        return last;
    }

    private void started(BranchWork work, @Nullable BranchWork before, BranchReply<Transaction> result) {
        if (result.code() != XaCode.OK) {
            work.state = BranchWork.State.ENDED;
            works.remove(work);
            return;
        }
        work.state = BranchWork.State.ACTIVE;
        if (before != null) {
            before.state = BranchWork.State.ENDED;
            works.remove(before);
        }
    }

    @Override
    public void end(Transaction transaction, End how, Consumer<BranchReply<Void>> reply) {
        if (!(transaction instanceof BranchWork work)
                || !works.contains(work)
                || work.state == BranchWork.State.STARTING
                || work.state == BranchWork.State.SUSPENDED && how == End.SUSPEND) {
            session.answerLater(() -> reply.accept(BranchReply.of(
                    XaCode.OUT_OF_ORDER, "this is not work in a branch, or it has ended or was suspended already")));
            return;
        }
        List<Outgoing> shares = work.takeShares();
        Coordinator coordinator = coordinator(work.xid);
        TransactionId id = BranchEvents.id(work.xid);
        for (Outgoing share : shares) {
            session.lane(share.shard)
                    .add(Batch.Kind.BRANCH, (Runnable) () -> arrive(id, share, coordinator, work), 0, 0, null, null);
        }
        Asker<Void> asker = new Asker<>(session, reply);
        ask(work.xid, () -> coordinator.end(work.association, how, shares.size(), asker));
        if (how == End.SUSPEND) {
            work.state = BranchWork.State.SUSPENDED;
        } else {
            work.state = BranchWork.State.ENDED;
            works.remove(work);
        }
    }

    /** On the loop of the share's shard, behind everything the session did there. */
    private void arrive(TransactionId id, Outgoing outgoing, Coordinator coordinator, BranchWork work) {
        Share share = shards.here(outgoing.shard).outbox(session).take(outgoing);
        int sent = share.size();
        int held = share.part.held();
        boolean kept = shards.here(outgoing.shard).parts().arrive(id, share);
        coordinator.execute(
                outgoing.shard, () -> coordinator.arrived(work.association, kept ? outgoing.shard : -1, sent, held));
    }

    /** Something done in a branch failed. */
    void broken(BranchWork work, BrokerError why) {
        Coordinator coordinator = coordinator(work.xid);
        ask(work.xid, () -> coordinator.broken(work.association, why.message()));
    }

    /** The session ends: what it works in is rolled back. */
    void close() {
        for (BranchWork work : List.copyOf(works)) {
            work.undo();
            work.state = BranchWork.State.ENDED;
            Coordinator coordinator = coordinator(work.xid);
            ask(work.xid, () -> coordinator.lost(work.association));
        }
        works.clear();
    }

    // ---- verbs

    @Override
    public void prepare(Xid xid, Consumer<BranchReply<Void>> reply) {
        ask(xid, Verbs::prepare, reply);
    }

    @Override
    public void commit(Xid xid, boolean onePhase, Consumer<BranchReply<Void>> reply) {
        Coordinator coordinator = coordinator(xid);
        Asker<Void> asker = new Asker<>(session, reply);
        TransactionId id = BranchEvents.id(xid);
        ask(xid, () -> coordinator.verbs().commit(id, onePhase, asker));
    }

    @Override
    public void rollback(Xid xid, Consumer<BranchReply<Void>> reply) {
        ask(xid, Verbs::rollback, reply);
    }

    @Override
    public void forget(Xid xid, Consumer<BranchReply<Void>> reply) {
        ask(xid, Verbs::forget, reply);
    }

    @Override
    public void outcome(Xid xid, Consumer<BranchReply<Outcome>> reply) {
        Coordinator coordinator = coordinator(xid);
        Asker<Outcome> asker = new Asker<>(session, reply);
        TransactionId id = BranchEvents.id(xid);
        ask(xid, () -> coordinator.verbs().outcome(id, asker));
    }

    @Override
    public void timeoutS(long seconds) {
        timeoutS = Math.max(0, Math.min(seconds, MAX_TIMEOUT_S));
    }

    @Override
    public long timeoutS() {
        return timeoutS > 0 ? timeoutS : settings.branchTimeoutMs() / MS_A_S;
    }

    private Coordinator coordinator(Xid xid) {
        return shards.here(Placement.shardOf(xid, shards.count())).coordinator();
    }

    private void ask(Xid xid, Verb verb, Consumer<BranchReply<Void>> reply) {
        Coordinator coordinator = coordinator(xid);
        Asker<Void> asker = new Asker<>(session, reply);
        TransactionId id = BranchEvents.id(xid);
        ask(xid, () -> verb.carryOut(coordinator.verbs(), id, asker));
    }

    private void ask(Xid xid, Runnable what) {
        session.lane(Placement.shardOf(xid, shards.count())).add(Batch.Kind.BRANCH, what, 0, 0, null, null);
    }

    /** What is asked of a coordinator, on its loop. */
    private interface Verb {
        void carryOut(Verbs verbs, TransactionId id, Asker<Void> asker);
    }

    // ---- recover

    /** A page's cursor: the shard as an i32, and the last name that was listed there; no name for its first page. */
    @Override
    public void recover(byte @Nullable [] cursor, int max, Consumer<BranchReply<Page>> reply) {
        int shard = cursor == null
                ? 0
                : cursor.length < Integer.BYTES ? -1 : ByteBuffer.wrap(cursor).getInt();
        if (shard < 0 || shard >= shards.count() || max < 1) {
            session.answerLater(() -> reply.accept(BranchReply.of(
                    XaCode.INVALID, max < 1 ? "a page has at least one xid" : "this cursor was not given by recover")));
            return;
        }
        byte[] after = cursor == null ? Bytes.NONE : Arrays.copyOfRange(cursor, Integer.BYTES, cursor.length);
        recover(shard, after, max, new ArrayList<>(), reply);
    }

    private void recover(int shard, byte[] after, int max, List<Xid> found, Consumer<BranchReply<Page>> reply) {
        Coordinator coordinator = shards.here(shard).coordinator();
        Asker<List<TransactionId>> asker = new Asker<>(session, result -> {
            List<TransactionId> ids = result.value() == null ? List.of() : result.value();
            ids.forEach(id -> found.add(BranchEvents.xid(id)));
            if (found.size() == max) {
                byte[] last = ids.isEmpty() ? after : ids.get(ids.size() - 1).bytes();
                reply.accept(BranchReply.of(new Page(found, cursor(shard, last))));
            } else if (shard + 1 < shards.count()) {
                recover(shard + 1, Bytes.NONE, max, found, reply);
            } else {
                reply.accept(BranchReply.of(new Page(found, null)));
            }
        });
        Runnable list = () -> coordinator.verbs().list(after, max - found.size(), asker);
        session.lane(shard).add(Batch.Kind.BRANCH, list, 0, 0, null, null);
    }

    private static byte[] cursor(int shard, byte[] last) {
        return ByteBuffer.allocate(Integer.BYTES + last.length)
                .putInt(shard)
                .put(last)
                .array();
    }
}
