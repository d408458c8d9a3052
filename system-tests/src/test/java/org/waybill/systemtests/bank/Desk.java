package org.waybill.systemtests.bank;

import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.TransactionManager;
import java.sql.Connection;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.sql.XAConnection;
import javax.transaction.xa.XAResource;

/** One thread that makes transfers, one after the other, over lines of its own that it opens anew when they fail. */
final class Desk implements Runnable {
    private static final Duration BEFORE_ANOTHER_LINE = Duration.ofMillis(100);

    private final TransactionManager transactions;
    private final Office office;
    private final AtomicInteger looks = new AtomicInteger();
    private volatile boolean idle;
    private volatile boolean closing;

    Desk(TransactionManager transactions, Office office) {
        this.transactions = transactions;
        this.office = office;
    }

    /** Whether its last look for an order found none. */
    boolean isIdle() {
        return idle;
    }

    /** How often it has looked for an order, and come to the end of what it found. */
    int looks() {
        return looks.get();
    }

    /** Makes it end after the transfer it is at. */
    void close() {
        closing = true;
    }

    @Override
    public void run() {
        while (!closing) {
            try (Post post = office.openPost()) {
                work(post);
            } catch (Exception lineFailed) {
                idle = false;
                Teller.tell(lineFailed);
                LockSupport.parkNanos(BEFORE_ANOTHER_LINE.toNanos());
            }
        }
    }

    /** One handle to the connection for all transfers: H2 rolls back when a handle is closed, in the middle of a branch too. */
    private void work(Post post) throws Exception {
        XAConnection line = office.accounts().connect();
        try (Connection accounts = line.getConnection()) {
            while (!closing) {
                transfer(post, line.getXAResource(), accounts);
                looks.incrementAndGet();
            }
        } finally {
            line.close();
        }
    }

    private void transfer(Post post, XAResource branch, Connection accounts) throws Exception {
        transactions.begin();
        try {
            enlist(office.watched(branch, Fault.Side.DATABASE));
            enlist(office.watched(post.resource(), Fault.Side.MESSAGES));
            Optional<String> order = post.take();
            idle = order.isEmpty();
            if (order.isEmpty()) {
                transactions.rollback();
                return;
            }
            Accounts.apply(accounts, Transfer.parse(order.get()));
            post.confirm(order.get());
        } catch (Exception e) {
            rollBack(e);
            throw e;
        }
        commit();
    }

    private void enlist(WatchedResource resource) throws Exception {
        if (!transactions.getTransaction().enlistResource(resource)) {
            throw new IllegalStateException("a resource was not enlisted");
        }
    }

    private void rollBack(Exception cause) {
        try {
            if (transactions.getStatus() != Status.STATUS_NO_TRANSACTION) {
                transactions.rollback();
            }
        } catch (SystemException | RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    /** Neither side may ever decide by itself; a failed rollback leaves work that recovery undoes. */
    private void commit() throws Exception {
        try {
            transactions.commit();
            Teller.say("moved");
        } catch (HeuristicMixedException | HeuristicRollbackException e) {
            Teller.say("heuristic " + e);
            throw e;
        }
    }
}
