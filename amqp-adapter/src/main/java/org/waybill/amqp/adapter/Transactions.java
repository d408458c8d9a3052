package org.waybill.amqp.adapter;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.Conditions;
import org.waybill.spi.BranchReply;
import org.waybill.spi.Branches;
import org.waybill.spi.BrokerError;
import org.waybill.spi.Transaction;
import org.waybill.spi.XaCode;
import org.waybill.spi.Xid;

/**
 * The txn-ids of one connection: its local transactions that are not discharged yet (AMQP 1.0 part 4, section 4.3), and its
 * associations with branches that have not ended (docs/xa-over-amqp.md).
 */
final class Transactions {
    /** Transactions and associations a connection may have open. */
    static final int MAX_OPEN = 1_024;

    private final AmqpConnection connection;
    private final Map<Long, OpenTransaction> open = new TreeMap<>();
    private int starting;
    private long branchTimeoutS;
    private long nextId;

    Transactions(AmqpConnection connection) {
        this.connection = connection;
    }

    /** Begins a transaction; null when there are too many. */
    @Nullable
    OpenTransaction declare(CoordinatorLink coordinator) {
        return isFull() ? null : add(connection.session().begin(), coordinator, null);
    }

    private OpenTransaction add(Transaction work, @Nullable CoordinatorLink coordinator, @Nullable Xid branch) {
        long id = nextId++;
        Binary wireId = new Binary(ByteBuffer.allocate(Long.BYTES).putLong(id).array());
        OpenTransaction begun = new OpenTransaction(wireId, work, coordinator, branch);
        open.put(id, begun);
        return begun;
    }

    /** Whether nothing is open. */
    boolean isEmpty() {
        return open.isEmpty() && starting == 0;
    }

    private boolean isFull() {
        return open.size() + starting >= MAX_OPEN;
    }

    static String tooMany() {
        return MAX_OPEN + " transactions are open on this connection, no more are allowed";
    }

    /**
     * Begins to work in a branch.
     *
     * @param timeoutS after how many seconds a new branch is rolled back if it is not prepared; 0 for what the settings say
     * @param coordinator the link it was declared on; null when it was started by a request
     * @param reply gets the txn-id of the association
     */
    void start(
            Xid xid,
            Branches.Start how,
            long timeoutS,
            @Nullable CoordinatorLink coordinator,
            Consumer<BranchReply<Binary>> reply) {
        if (isFull()) {
            reply.accept(BranchReply.of(XaCode.ERROR, tooMany()));
            return;
        }
        starting++;
        Branches branches = connection.session().branches();
        branches.timeoutS(timeoutS);
        branches.start(xid, how, started -> {
            starting--;
            Transaction work = started.value();
            if (work == null) {
                reply.accept(new BranchReply<>(started.code(), started.error(), null));
                return;
            }
            if (coordinator != null && coordinator.isOver()) {
                connection.session().branches().end(work, Branches.End.FAIL, ended -> {});
                return;
            }
            if (how == Branches.Start.RESUME) {
                dropSuspended(xid);
            }
            reply.accept(BranchReply.of(add(work, coordinator, xid).txnId()));
        });
    }

    /** The time limit of branches that are started without one of their own; 0 for what the settings say. */
    long branchTimeoutS() {
        return branchTimeoutS;
    }

    void branchTimeoutS(long seconds) {
        branchTimeoutS = seconds;
    }

    /** The broker resumes what was suspended last. */
    private void dropSuspended(Xid xid) {
        Long last = null;
        for (Map.Entry<Long, OpenTransaction> each : open.entrySet()) {
            if (each.getValue().isOf(xid) && !each.getValue().isActive()) {
                last = each.getKey();
            }
        }
        if (last != null) {
            open.remove(last);
        }
    }

    /**
     * Stops working in a branch. What was refused meanwhile without its client having had to hear of it makes this a failure.
     *
     * @param txnId of an association, active or suspended
     */
    void end(Binary txnId, Branches.End how, Consumer<BranchReply<Void>> reply) {
        OpenTransaction ended = known(txnId);
        if (ended == null || ended.isLocal()) {
            throw new InvalidField(named(txnId) + " is no association of this connection with a branch");
        }
        if (how == Branches.End.SUSPEND && !ended.isActive()) {
            reply.accept(BranchReply.of(XaCode.OUT_OF_ORDER, named(txnId) + " is suspended already"));
            return;
        }
        BrokerError failure = ended.failure();
        ended.stop();
        if (how != Branches.End.SUSPEND || failure != null) {
            remove(ended);
        }
        Branches branches = connection.session().branches();
        if (failure == null) {
            branches.end(ended.work(), how, reply);
        } else {
            branches.end(
                    ended.work(),
                    Branches.End.FAIL,
                    done -> reply.accept(BranchReply.of(
                            done.code() == XaCode.OK ? XaCode.ROLLED_BACK : done.code(), failure.message())));
        }
    }

    /** What can be done something in by a txn-id; null when there is no such thing, or not any more. */
    @Nullable
    OpenTransaction find(@Nullable Binary txnId) {
        OpenTransaction found = known(txnId);
        return found != null && found.isActive() ? found : null;
    }

    private @Nullable OpenTransaction known(@Nullable Binary txnId) {
        return txnId == null || txnId.getLength() != Long.BYTES ? null : open.get(key(txnId));
    }

    /** Says that {@link #find} found nothing. */
    static ErrorCondition unknown(@Nullable Binary txnId) {
        return Conditions.error(Symbols.TRANSACTION_UNKNOWN_ID, named(txnId) + " is not open on this connection");
    }

    private static String named(@Nullable Binary txnId) {
        if (txnId == null) {
            return "a transaction without an id";
        }
        int shown = Math.min(txnId.getLength(), Long.BYTES * 2);
        String hex = HexFormat.of().formatHex(txnId.getArray(), txnId.getArrayOffset(), txnId.getArrayOffset() + shown);
        return "transaction " + hex + (shown < txnId.getLength() ? "..." : "");
    }

    /** Takes a transaction out, because it is about to be discharged. */
    void remove(OpenTransaction ended) {
        ended.stop();
        open.remove(key(ended.txnId()));
    }

    /** Rolls back what a coordinator link declared and did not discharge: the link is gone. */
    void abandon(CoordinatorLink coordinator) {
        Iterator<OpenTransaction> all = open.values().iterator();
        while (all.hasNext()) {
            OpenTransaction each = all.next();
            if (each.isOf(coordinator)) {
                all.remove();
                each.stop();
                if (each.isLocal()) {
                    each.rollback(reply -> {});
                } else {
                    connection.session().branches().end(each.work(), Branches.End.FAIL, reply -> {});
                }
            }
        }
    }

    private static Long key(Binary txnId) {
        return ByteBuffer.wrap(txnId.getArray(), txnId.getArrayOffset(), Long.BYTES)
                .getLong();
    }
}
