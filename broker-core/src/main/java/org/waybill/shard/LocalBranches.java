package org.waybill.shard;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.waybill.config.TransactionSettings;
import org.waybill.io.Invariant;
import org.waybill.shard.BranchRequest.Verb;
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
    private final int shardCount;
    private final TransactionSettings settings;
    private final UUID name;
    private final Set<BranchWork> works = new LinkedHashSet<>(0);
    private final Map<Long, Pending> pending = new LinkedHashMap<>(0);
    private long timeoutS;
    private int lastWork;
    private long lastRequest;

    /** Who waits for what a shard says. */
    private record Pending(int shard, Consumer<BranchReply<?>> reply) {}

    /** @param name that no other session has */
    LocalBranches(LocalSession session, int shardCount, TransactionSettings settings, UUID name) {
        this.session = session;
        this.name = name;
        this.shardCount = shardCount;
        this.settings = settings;
    }

    // ---- requests

    private int coordinator(Xid xid) {
        return Placement.shardOf(xid, shardCount);
    }

    private void ask(int shard, BranchRequest request, Consumer<BranchReply<?>> reply) {
        pending.put(++lastRequest, new Pending(shard, reply));
        session.lane(shard).add(Batch.Kind.BRANCH, request, lastRequest, 0, null, null);
    }

    /** A coordinator has answered. */
    void answered(long request, Object reply) {
        Pending asked = pending.remove(request);
        if (asked != null) {
            asked.reply.accept((BranchReply<?>) reply);
        }
    }

    /** A shard cannot be asked: whoever waits for it has this for an answer, and what it does with what it was asked is not known. */
    void unavailable(int shard) {
        for (Map.Entry<Long, Pending> entry : List.copyOf(pending.entrySet())) {
            if (entry.getValue().shard == shard) {
                answered(
                        entry.getKey(),
                        BranchReply.of(XaCode.UNAVAILABLE, "shard " + shard + " of the broker cannot be asked now"));
            }
        }
    }

    private static Consumer<BranchReply<?>> plain(Consumer<BranchReply<Void>> reply) {
        return result -> reply.accept(new BranchReply<>(result.code(), result.error(), null));
    }

    // ---- work

    @Override
    public void start(Xid xid, Start how, Consumer<BranchReply<Transaction>> reply) {
        BranchWork before = how == Start.RESUME ? suspended(xid) : null;
        if (before == null && works.size() == MAX_WORK) {
            session.answerLater(() -> reply.accept(BranchReply.of(
                    XaCode.ERROR, "the session works in " + MAX_WORK + " branches already, no more are allowed")));
            return;
        }
        BranchWork work = new BranchWork(session, this, xid, new WorkId(name, ++lastWork));
        works.add(work);
        long timeoutMs = timeoutS > 0 ? timeoutS * MS_A_S : settings.branchTimeoutMs();
        WorkId resumed = before == null ? null : before.id;
        BranchRequest request = new BranchRequest.Start(BranchEvents.id(xid), work.id, how, resumed, timeoutMs);
        ask(coordinator(xid), request, result -> {
            started(work, before, result);
            reply.accept(new BranchReply<>(result.code(), result.error(), result.code() == XaCode.OK ? work : null));
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

    private void started(BranchWork work, @Nullable BranchWork before, BranchReply<?> result) {
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
        int coordinator = coordinator(work.xid);
        TransactionId id = BranchEvents.id(work.xid);
        Arrival arrival = new Arrival(id, coordinator, work.id);
        for (Outgoing share : shares) {
            session.lane(share.shard).add(Batch.Kind.ARRIVE, share, 0, 0, arrival, null);
        }
        int[] shards = shares.stream().mapToInt(share -> share.shard).toArray();
        ask(coordinator, new BranchRequest.End(id, work.id, how, shards), plain(reply));
        if (how == End.SUSPEND) {
            work.state = BranchWork.State.SUSPENDED;
        } else {
            work.state = BranchWork.State.ENDED;
            works.remove(work);
        }
    }

    /** Something done in a branch failed. */
    void broken(BranchWork work, BrokerError why) {
        BranchRequest request = new BranchRequest.Broken(work.id, why.message());
        session.lane(coordinator(work.xid)).add(Batch.Kind.BRANCH, request, 0, 0, null, null);
    }

    /** A branch can only be rolled back. */
    void doomed(int work) {
        for (BranchWork one : List.copyOf(works)) {
            if (one.id.number() == work) {
                one.doomed();
            }
        }
    }

    /** The session ends: the shards roll back what it works in when they hear of it. */
    void close() {
        for (BranchWork work : works) {
            work.dropSends();
            work.state = BranchWork.State.ENDED;
        }
        works.clear();
    }

    // ---- verbs

    @Override
    public void prepare(Xid xid, Consumer<BranchReply<Void>> reply) {
        ask(xid, Verb.PREPARE, plain(reply));
    }

    @Override
    public void commit(Xid xid, boolean onePhase, Consumer<BranchReply<Void>> reply) {
        ask(xid, onePhase ? Verb.COMMIT_AT_ONCE : Verb.COMMIT, plain(reply));
    }

    @Override
    public void rollback(Xid xid, Consumer<BranchReply<Void>> reply) {
        ask(xid, Verb.ROLL_BACK, plain(reply));
    }

    @Override
    public void forget(Xid xid, Consumer<BranchReply<Void>> reply) {
        ask(xid, Verb.FORGET, plain(reply));
    }

    @Override
    public void outcome(Xid xid, Consumer<BranchReply<Outcome>> reply) {
        ask(
                xid,
                Verb.OUTCOME,
                result -> reply.accept(new BranchReply<>(result.code(), result.error(), (Outcome) result.value())));
    }

    private void ask(Xid xid, Verb verb, Consumer<BranchReply<?>> reply) {
        ask(coordinator(xid), new BranchRequest.Whole(BranchEvents.id(xid), verb), reply);
    }

    @Override
    public void timeoutS(long seconds) {
        timeoutS = Math.max(0, Math.min(seconds, MAX_TIMEOUT_S));
    }

    @Override
    public long timeoutS() {
        return timeoutS > 0 ? timeoutS : settings.branchTimeoutMs() / MS_A_S;
    }

    // ---- recover

    /** A page's cursor: the shard as an i32, and the last name that was listed there; no name for its first page. */
    @Override
    public void recover(byte @Nullable [] cursor, int max, Consumer<BranchReply<Page>> reply) {
        int shard = cursor == null
                ? 0
                : cursor.length < Integer.BYTES ? -1 : ByteBuffer.wrap(cursor).getInt();
        if (shard < 0 || shard >= shardCount || max < 1) {
            session.answerLater(() -> reply.accept(BranchReply.of(
                    XaCode.INVALID, max < 1 ? "a page has at least one xid" : "this cursor was not given by recover")));
            return;
        }
        byte[] after = cursor == null ? Bytes.NONE : Arrays.copyOfRange(cursor, Integer.BYTES, cursor.length);
        recover(shard, after, max, new ArrayList<>(), reply);
    }

    private void recover(int shard, byte[] after, int max, List<Xid> found, Consumer<BranchReply<Page>> reply) {
        ask(shard, new BranchRequest.Recover(after, max - found.size()), result -> {
            if (result.code() != XaCode.OK) {
                reply.accept(new BranchReply<>(result.code(), result.error(), null));
                return;
            }
            List<TransactionId> ids = ids(result.value());
            ids.forEach(id -> found.add(BranchEvents.xid(id)));
            if (found.size() == max) {
                byte[] last = ids.isEmpty() ? after : ids.get(ids.size() - 1).bytes();
                reply.accept(BranchReply.of(new Page(found, cursor(shard, last))));
            } else if (shard + 1 < shardCount) {
                recover(shard + 1, Bytes.NONE, max, found, reply);
            } else {
                reply.accept(BranchReply.of(new Page(found, null)));
            }
        });
    }

    @SuppressWarnings("unchecked")
    private static List<TransactionId> ids(@Nullable Object value) {
        return (List<TransactionId>) Invariant.present(value);
    }

    private static byte[] cursor(int shard, byte[] last) {
        return ByteBuffer.allocate(Integer.BYTES + last.length)
                .putInt(shard)
                .put(last)
                .array();
    }
}
