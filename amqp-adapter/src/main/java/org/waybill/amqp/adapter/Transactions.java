package org.waybill.amqp.adapter;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.qpid.proton.amqp.Binary;
import org.jspecify.annotations.Nullable;
import org.waybill.spi.BrokerSession;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.Transaction;

/** The open transactions of a connection, by the id its client knows them by. On the connection's loop. */
final class Transactions {
    /** How many a connection may have open at once. */
    static final int MAX_OPEN = 1_024;

    private final BrokerSession session;
    private final Map<Binary, Open> open = new HashMap<>(0);
    private long lastId;

    Transactions(BrokerSession session) {
        this.session = session;
    }

    /** A transaction and the coordinator link it was declared on, with which it ends. */
    private record Open(Transaction transaction, CoordinatorLink by) {}

    /** Begins one; null when too many are open. */
    @Nullable
    Binary declare(CoordinatorLink by) {
        if (open.size() >= MAX_OPEN) {
            return null;
        }
        Binary id = new Binary(ByteBuffer.allocate(Long.BYTES).putLong(++lastId).array());
        open.put(id, new Open(session.begin(), by));
        return id;
    }

    /** The transaction of an id, or null when there is none. */
    @Nullable
    Transaction find(@Nullable Binary id) {
        Open found = id == null ? null : open.get(id);
        return found == null ? null : found.transaction;
    }

    /** Ends one, which is there. */
    void discharge(Binary id, boolean fail, Consumer<Reply<Boolean>> reply) {
        Open ended = java.util.Objects.requireNonNull(open.remove(id));
        if (fail) {
            ended.transaction.rollback(reply);
        } else {
            ended.transaction.commit(reply);
        }
    }

    /** The coordinator link is gone: what was declared on it is rolled back. */
    void rollBackAll(CoordinatorLink by) {
        Iterator<Open> all = open.values().iterator();
        while (all.hasNext()) {
            Open next = all.next();
            if (next.by == by) {
                all.remove();
                next.transaction.rollback(reply -> {});
            }
        }
    }
}
