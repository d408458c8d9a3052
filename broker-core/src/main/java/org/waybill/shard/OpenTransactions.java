package org.waybill.shard;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.waybill.config.TransactionSettings;
import org.waybill.io.Cancellable;
import org.waybill.io.Clock;
import org.waybill.io.Loop;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerError.Code;

/**
 * The transactions of a session that are not ended: bounds their number and their age. On the session's loop.
 *
 * <p>A transaction's age counts from the first thing done in it, because clients keep one open while they wait for messages. There
 * is one timer for all, set for the oldest, and none while nothing has been done in any of them.
 */
final class OpenTransactions {
    /** Transactions that a session may have open. */
    static final int MAX_OPEN = 1_024;

    private static final long NS_A_MS = 1_000_000;

    private final LocalSession session;
    private final Loop loop;
    private final Clock clock;
    private final long timeoutMs;
    private final Set<LocalTransaction> open = new LinkedHashSet<>(0);
    private final Set<LocalTransaction> atWork = new LinkedHashSet<>(0);
    private @Nullable Cancellable timer;

    OpenTransactions(LocalSession session, Loop loop, Clock clock, TransactionSettings settings) {
        this.session = session;
        this.loop = loop;
        this.clock = clock;
        this.timeoutMs = settings.timeoutMs();
    }

    /** What a transaction is called that nobody else's is. */
    UUID newName() {
        return clock.newName();
    }

    LocalTransaction begin() {
        LocalTransaction begun = new LocalTransaction(session, this);
        if (open.size() == MAX_OPEN) {
            begun.breaks(new BrokerError(
                    Code.RESOURCE_LIMIT,
                    "the session has " + MAX_OPEN + " transactions open already, no more are allowed"));
        } else {
            open.add(begun);
        }
        return begun;
    }

    /** Something is done in a transaction for the first time. */
    void works(LocalTransaction transaction) {
        if (timeoutMs > 0 && open.contains(transaction)) {
            transaction.beganNs = clock.nanoTime();
            atWork.add(transaction);
            if (timer == null) {
                timer = loop.schedule(timeoutMs * NS_A_MS, this::ring);
            }
        }
    }

    void ended(LocalTransaction transaction) {
        open.remove(transaction);
        atWork.remove(transaction);
    }

    private void ring() {
        timer = null;
        long now = clock.nanoTime();
        Iterator<LocalTransaction> oldestFirst = atWork.iterator();
        while (oldestFirst.hasNext() && timer == null) {
            LocalTransaction oldest = oldestFirst.next();
            long leftNs = timeoutMs * NS_A_MS - (now - oldest.beganNs);
            if (leftNs <= 0) {
                oldestFirst.remove();
                oldest.expire(new BrokerError(
                        Code.TRANSACTION_TIMEOUT,
                        "the transaction was rolled back, because it was open for more than " + timeoutMs
                                + " ms (transactions.timeout-ms)"));
            } else {
                timer = loop.schedule(leftNs, this::ring);
            }
        }
        session.flush();
    }

    /** The session ends: rolls all of them back. */
    void close() {
        if (timer != null) {
            timer.cancel();
        }
        List.copyOf(open).forEach(LocalTransaction::abandon);
    }
}
