package org.waybill.jms.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.transaction.Coordinator;
import org.apache.qpid.proton.amqp.transaction.Declare;
import org.apache.qpid.proton.amqp.transaction.Declared;
import org.apache.qpid.proton.amqp.transaction.Discharge;
import org.apache.qpid.proton.amqp.transaction.GlobalTxId;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.apache.qpid.proton.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * A link to the server's coordinator of transactions (AMQP 1.0 part 4). Any thread may use it. When it is closed or lost, the server
 * rolls back what it declared and did not discharge.
 */
public final class ClientCoordinator implements AutoCloseable {
    private static final Symbol[] CAPABILITIES = {
        Symbol.valueOf("amqp:local-transactions"), Symbol.valueOf("amqp:multi-ssns-per-txn")
    };

    private final ClientSession session;
    private final Driver driver;
    private final ClientSender sender;

    /** With the driver's lock held. */
    ClientCoordinator(ClientSession session, Driver driver) {
        this.session = session;
        this.driver = driver;
        this.sender = new ClientSender(session, driver, SenderOptions.to(null));
    }

    /** The session it belongs to. */
    public ClientSession session() {
        return session;
    }

    void attach() {
        Coordinator target = new Coordinator();
        target.setCapabilities(CAPABILITIES);
        sender.attach(target, SenderSettleMode.UNSETTLED);
    }

    /**
     * Begins a transaction; waits for the answer.
     *
     * @throws ClientException if the server refuses or does not answer in time
     */
    public ClientTransaction declare() {
        return await(declareAsync(null), "declare a transaction");
    }

    /**
     * Begins a transaction, as a part of a global one if an id of that is given. Waits for credit only.
     *
     * @param globalId the id, which must also be a described type that proton-j encodes; null for a local transaction
     * @return completed on the connection's loop; exceptionally with a {@link ClientException}
     */
    public CompletableFuture<ClientTransaction> declareAsync(@Nullable GlobalTxId globalId) {
        Declare declare = new Declare();
        declare.setGlobalId(globalId);
        CompletableFuture<ClientTransaction> answer = new CompletableFuture<>();
        send(declare, (state, failure) -> {
            if (state instanceof Declared declared) {
                answer.complete(ClientTransaction.of(declared.getTxnId().getArray(), session.connection()));
            } else {
                answer.completeExceptionally(refusal("declare a transaction", state, failure));
            }
        });
        return answer;
    }

    /**
     * Ends a transaction; waits for the answer.
     *
     * @param fail whether to roll it back
     * @throws ClientException {@code NOT_ACCEPTED} if the server says that it could not commit, and has rolled it back; after {@code
     *     TIMEOUT} or {@code LOST} it may have been committed
     */
    public void discharge(ClientTransaction transaction, boolean fail) {
        await(dischargeAsync(transaction, fail), fail ? "roll a transaction back" : "commit a transaction");
    }

    /**
     * Ends a transaction. Waits for credit only.
     *
     * @param fail whether to roll it back
     * @return completed on the connection's loop; exceptionally with a {@link ClientException}
     */
    public CompletableFuture<@Nullable Void> dischargeAsync(ClientTransaction transaction, boolean fail) {
        Discharge discharge = new Discharge();
        discharge.setTxnId(transaction.sent().getTxnId());
        discharge.setFail(fail);
        CompletableFuture<@Nullable Void> answer = new CompletableFuture<>();
        send(discharge, (state, failure) -> {
            if (state instanceof Accepted) {
                answer.complete(null);
            } else {
                answer.completeExceptionally(
                        refusal(fail ? "roll a transaction back" : "commit a transaction", state, failure));
            }
        });
        return answer;
    }

    private void send(Object request, StateListener listener) {
        Message message = Message.Factory.create();
        message.setBody(new AmqpValue(request));
        byte[] encoded = MessageCodec.encode(message);
        sender.send(encoded, 0, encoded.length, false, null, listener, null);
    }

    private ClientException refusal(String what, @Nullable DeliveryState state, @Nullable ClientException failure) {
        if (failure != null) {
            return failure;
        }
        ErrorCondition error = state instanceof Rejected rejected ? rejected.getError() : null;
        return ClientException.of(
                ClientException.Kind.NOT_ACCEPTED,
                "the server at " + session.connection().options() + " did not " + what,
                null,
                error);
    }

    private <T> T await(CompletableFuture<T> answer, String what) {
        driver.checkMayWait();
        try {
            return answer.get(session.connection().options().timeoutMs(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ClientException reason
                    ? reason.rethrown()
                    : ClientException.of(ClientException.Kind.LOST, "could not " + what, e);
        } catch (TimeoutException e) {
            throw session.connection().timeout("did not " + what);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ClientException.of(ClientException.Kind.INTERRUPTED, "interrupted while waiting to " + what, e);
        }
    }

    /** Detaches; waits for the answer. What is not discharged is rolled back. Never throws; does nothing the second time. */
    @Override
    public void close() {
        sender.close();
    }
}
