package org.waybill.amqp.adapter;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.Conditions;

/** The transactions of one connection that are not discharged yet, by their txn-id (AMQP 1.0 part 4, section 4.3). */
final class Transactions {
    /** Transactions a connection may have open. */
    static final int MAX_OPEN = 1_024;

    private final AmqpConnection connection;
    private final Map<Long, OpenTransaction> open = new HashMap<>(0);
    private long nextId;

    Transactions(AmqpConnection connection) {
        this.connection = connection;
    }

    /** Begins a transaction; null when there are too many. */
    @Nullable
    OpenTransaction declare(CoordinatorLink coordinator) {
        if (open.size() == MAX_OPEN) {
            return null;
        }
        long id = nextId++;
        Binary wireId = new Binary(ByteBuffer.allocate(Long.BYTES).putLong(id).array());
        OpenTransaction begun = new OpenTransaction(wireId, connection.session().begin(), coordinator);
        open.put(id, begun);
        return begun;
    }

    /** The transaction of a txn-id; null when there is none, or none any more. */
    @Nullable
    OpenTransaction find(@Nullable Binary txnId) {
        return txnId == null || txnId.getLength() != Long.BYTES ? null : open.get(key(txnId));
    }

    /** Says that {@link #find} found nothing. */
    static ErrorCondition unknown(@Nullable Binary txnId) {
        String named = "a transaction without an id";
        if (txnId != null) {
            int shown = Math.min(txnId.getLength(), Long.BYTES * 2);
            String hex =
                    HexFormat.of().formatHex(txnId.getArray(), txnId.getArrayOffset(), txnId.getArrayOffset() + shown);
            named = "transaction " + hex + (shown < txnId.getLength() ? "..." : "");
        }
        return Conditions.error(Symbols.TRANSACTION_UNKNOWN_ID, named + " is not open on this connection");
    }

    /** Takes a transaction out, because it is about to be discharged. */
    void remove(OpenTransaction ended) {
        open.remove(key(ended.txnId()));
    }

    /** Rolls back what a coordinator link declared and did not discharge: the link is gone. */
    void abandon(CoordinatorLink coordinator) {
        open.values().removeIf(each -> {
            if (each.coordinator() != coordinator) {
                return false;
            }
            each.rollback(reply -> {});
            return true;
        });
    }

    private static Long key(Binary txnId) {
        return ByteBuffer.wrap(txnId.getArray(), txnId.getArrayOffset(), Long.BYTES)
                .getLong();
    }
}
