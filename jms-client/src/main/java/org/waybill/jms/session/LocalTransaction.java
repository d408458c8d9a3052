package org.waybill.jms.session;

import jakarta.jms.JMSException;
import jakarta.jms.TransactionRolledBackException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.engine.ClientCoordinator;
import org.waybill.jms.engine.ClientException;
import org.waybill.jms.engine.ClientSession;
import org.waybill.jms.engine.ClientTransaction;

/**
 * The local transactions of a session, one after the other (JMS 6.2.7; AMQP 1.0 part 4). One is declared when there is work for it; the
 * next one together with the discharge of the one before, so that work goes on without waiting for an answer.
 *
 * <pre>{@code
 *  IDLE   | first work                 | ACTIVE
 *  ACTIVE | commit, rollback           | IDLE
 *         | connection lost            | DOOMED
 *         | a message was not taken    | DOOMED
 *  DOOMED | commit (fails), rollback   | IDLE
 * }</pre>
 */
final class LocalTransaction implements SessionTransaction {
    /** How the names of all conditions begin by which a coordinator says that it has rolled back (AMQP part 4, 4.5.8). */
    private static final String TRANSACTION_CONDITIONS = "amqp:transaction:";

    private final SessionWork session;
    /** On the connection that the session is on now; null before it is needed. */
    private @Nullable ClientCoordinator coordinator;

    private @Nullable ClientTransaction current;
    private @Nullable CompletableFuture<ClientTransaction> next;
    private boolean worked;
    private volatile @Nullable Exception doom;
    /** Whether the connection that {@link #current} was declared on is gone. */
    private volatile boolean lost;

    LocalTransaction(SessionWork session) {
        this.session = session;
    }

    @Override
    public @Nullable ClientTransaction transaction() throws JMSException {
        worked = true;
        dropLost();
        ClientTransaction active = current;
        if (active == null) {
            // A doomed one goes on in another, so that all that is still given to it can be undone.
            active = session.call("cannot begin a transaction", this::begin);
            current = active;
        }
        return active;
    }

    private ClientTransaction begin(ClientSession engine) {
        ClientCoordinator coordinating = coordinator;
        if (coordinating == null) {
            coordinating = engine.coordinator();
            coordinator = coordinating;
        }
        CompletableFuture<ClientTransaction> declared = next;
        next = null;
        if (declared != null) {
            try {
                return declared.get(session.settings().timeouts().requestMs(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException | TimeoutException e) {
                // It is asked for again, and what is wrong will show then.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return coordinating.declare();
    }

    @Override
    public void doom(ClientTransaction transaction, Exception why) {
        if (transaction == current && doom == null) {
            doom = why;
        }
    }

    @Override
    public void interrupted(Exception why) {
        if (worked && doom == null) {
            doom = why;
        }
        lost = true;
    }

    private void dropLost() {
        if (lost) {
            lost = false;
            current = null;
        }
    }

    /** Whether something was done that a commit would make lasting. */
    boolean hasWorked() {
        return worked;
    }

    /** The session is on another connection now. */
    void restored() {
        coordinator = null;
        next = null;
    }

    /**
     * Commits, if there is something to commit.
     *
     * @throws TransactionRolledBackException if nothing of it has happened
     * @throws TransactionInDoubtException if nobody can say
     */
    void commit() throws JMSException {
        if (!worked) {
            return;
        }
        dropLost();
        ClientTransaction active = current;
        ClientCoordinator coordinating = coordinator;
        session.sends().awaitRefusals();
        Exception reason = doom;
        if (reason != null || active == null || coordinating == null) {
            session.rollBack();
            throw rolledBack(reason);
        }
        try {
            CompletableFuture<@Nullable Void> answer = coordinating.dischargeAsync(active, false);
            next = coordinating.declareAsync(null);
            answer.get(session.settings().timeouts().requestMs(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ClientException answer ? notCommitted(answer) : inDoubt(e);
        } catch (ClientException e) {
            throw notCommitted(e);
        } catch (TimeoutException e) {
            throw inDoubt(late(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw inDoubt(e);
        } finally {
            reset();
        }
    }

    private ClientException late(TimeoutException e) {
        ClientSession engine = session.links().engine();
        return ClientException.of(
                ClientException.Kind.TIMEOUT,
                "the server"
                        + (engine == null ? "" : " at " + engine.connection().options()) + " did not answer within "
                        + session.settings().timeouts().requestMs() + " ms",
                e);
    }

    /** Has the server undo what was done. */
    void undo() throws JMSException {
        dropLost();
        ClientTransaction active = current;
        ClientCoordinator coordinating = coordinator;
        reset();
        if (active == null || coordinating == null) {
            return;
        }
        try {
            coordinating.discharge(active, true);
        } catch (ClientException e) {
            // Refused or lost, the server has rolled it back by itself.
            if (e.kind() == ClientException.Kind.TIMEOUT || e.kind() == ClientException.Kind.INTERRUPTED) {
                throw Failures.of("cannot roll back", e);
            }
        }
    }

    private void reset() {
        current = null;
        worked = false;
        doom = null;
    }

    /** A refusal says that nothing has happened only if it is one of the transaction, and not the end of a connection or link. */
    private static JMSException notCommitted(ClientException e) {
        String condition = e.condition();
        boolean undone = e.kind() == ClientException.Kind.NOT_ACCEPTED
                || e.kind() == ClientException.Kind.REFUSED
                        && condition != null
                        && condition.startsWith(TRANSACTION_CONDITIONS);
        return undone ? rolledBack(e) : inDoubt(e);
    }

    private static TransactionInDoubtException inDoubt(Exception why) {
        return new TransactionInDoubtException(
                "the transaction may be committed or rolled back, for the answer to its commit did not come ("
                        + why.getMessage() + "): find out by what it was to change",
                why);
    }

    private static TransactionRolledBackException rolledBack(@Nullable Exception reason) {
        String message = "the transaction was rolled back"
                + (reason == null ? "" : ": " + reason.getMessage())
                + "; do its work again";
        TransactionRolledBackException exception = new TransactionRolledBackException(message, "rolled-back");
        return reason == null ? exception : Failures.withCause(exception, reason);
    }
}
