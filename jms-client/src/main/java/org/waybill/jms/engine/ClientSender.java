package org.waybill.jms.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Outcome;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.Conditions;
import org.waybill.amqp.engine.SenderLink;
import org.waybill.amqp.engine.SenderListener;

/**
 * Sends messages to one address, or through the anonymous relay. Any thread may use it; messages leave in the order of the calls.
 */
public final class ClientSender implements AutoCloseable {
    /** Sends without an outcome, at most; the next one waits. */
    public static final int MAX_UNSETTLED = 8192;

    private static final Symbol[] OUTCOMES = {
        Accepted.DESCRIPTOR_SYMBOL, Rejected.DESCRIPTOR_SYMBOL, Released.DESCRIPTOR_SYMBOL, Modified.DESCRIPTOR_SYMBOL
    };

    private final ClientSession session;
    private final Driver driver;
    private final LinkState state;
    private final SenderLink link;
    private final PendingSends pending = new PendingSends();
    /** Sends whose future is not completed yet; a little more than what is pending. */
    private int unsettled;

    /** Callers that are sending, or waiting to. */
    private int sending;

    /** With the driver's lock held. */
    ClientSender(ClientSession session, Driver driver, @Nullable String address) {
        this.session = session;
        this.driver = driver;
        this.state = new LinkState(session, driver, "the sender to", address);
        this.link = session.engine().sender(session.connection().linkName(), new Events());
    }

    void attach() {
        Source source = new Source();
        source.setAddress(session.connection().options().containerId());
        source.setOutcomes(OUTCOMES);
        Target target = new Target();
        target.setAddress(state.address());
        Attach attach = new Attach();
        attach.setSource(source);
        attach.setTarget(target);
        attach.setSndSettleMode(SenderSettleMode.UNSETTLED);
        attach.setRcvSettleMode(ReceiverSettleMode.FIRST);
        state.attach(link, attach);
    }

    /**
     * Sends and waits: for credit, then for the outcome.
     *
     * @param message an encoded message ({@link MessageCodec#encode}); may be used again afterwards unless this timed out
     * @throws ClientException {@code NOT_ACCEPTED} if the server did not take it; after {@code TIMEOUT} or {@code LOST} it may have
     */
    public void send(byte[] message) {
        CompletableFuture<@Nullable Void> outcome = sendAsync(message);
        try {
            outcome.get(state.timeoutMs(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ClientException reason
                    ? reason.rethrown()
                    : ClientException.of(ClientException.Kind.LOST, Line.reason(e), e);
        } catch (TimeoutException e) {
            throw state.timeout("heard nothing of the message's outcome", state.timeoutMs());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ClientException.of(
                    ClientException.Kind.INTERRUPTED, "interrupted while waiting for a message's outcome", e);
        }
    }

    /**
     * Sends, and waits for credit and room only.
     *
     * @param message an encoded message; must not change until the future is done
     * @return done once the server took the message, or completed exceptionally with a {@link ClientException}. It is completed on
     *     the connection's thread: what depends on it must neither block nor wait for this connection
     * @throws ClientException if it could not be sent at all
     */
    public CompletableFuture<@Nullable Void> sendAsync(byte[] message) {
        CompletableFuture<@Nullable Void> outcome = new CompletableFuture<>();
        driver.lock();
        sending++;
        try {
            state.check();
            checkSize(message.length);
            awaitRoom();
            unsettled++;
            link.send(pending.add(outcome), null, 0, false, null, null, 0, 0, message, 0, message.length);
            driver.touch();
        } finally {
            sending--;
            answerDrain();
            driver.unlock();
        }
        return outcome;
    }

    private void checkSize(int bytes) {
        long max = link.remoteMaxMessageBytes();
        if (max > 0 && bytes > max) {
            throw ClientException.of(
                    ClientException.Kind.NOT_ACCEPTED,
                    state + " cannot send the message",
                    state.address(),
                    Conditions.error(
                            Conditions.MESSAGE_SIZE_EXCEEDED, bytes + " bytes, where the server takes " + max));
        }
    }

    private void awaitRoom() {
        if (!hasRoom() && !state.await(driver.room(), state.timeoutMs(), this::hasRoom)) {
            throw state.timeout(
                    link.credit() == 0 ? "got no credit from the server" : "found the server too slow",
                    state.timeoutMs());
        }
    }

    private boolean hasRoom() {
        return link.credit() > 0
                && unsettled < MAX_UNSETTLED
                && !driver.isCongested()
                && !session.engine().isBlocked();
    }

    /** Gives credit back that nobody here has a use for. */
    private void answerDrain() {
        if (sending == 0 && link.isDraining()) {
            link.drained();
            driver.touch();
        }
    }

    /**
     * Waits until every message sent so far has its outcome, whatever it is, and its future is done.
     *
     * @throws ClientException if it takes longer than {@code timeoutMs}
     */
    public void awaitSettled(long timeoutMs) {
        driver.lock();
        try {
            if (!driver.await(driver.room(), timeoutMs, () -> unsettled == 0)) {
                throw state.timeout("has " + unsettled + " messages whose outcome did not come", timeoutMs);
            }
        } finally {
            driver.unlock();
        }
    }

    /** How many messages have been sent and have no outcome yet. */
    public int unsettled() {
        driver.lock();
        try {
            return unsettled;
        } finally {
            driver.unlock();
        }
    }

    /** Messages the server is ready to take now. */
    public int credit() {
        driver.lock();
        try {
            return link.credit();
        } finally {
            driver.unlock();
        }
    }

    /** Where it sends to; null for the anonymous relay. */
    public @Nullable String address() {
        driver.lock();
        try {
            return state.address();
        } finally {
            driver.unlock();
        }
    }

    /** The largest message the server takes, in bytes, or 0 if it states no limit. */
    public long maxMessageBytes() {
        driver.lock();
        try {
            return link.remoteMaxMessageBytes();
        } finally {
            driver.unlock();
        }
    }

    /**
     * Detaches; waits for the answer, no longer than the time limit. Sends without an outcome are completed exceptionally. Never
     * throws; does nothing the second time.
     */
    @Override
    public void close() {
        driver.lock();
        try {
            state.closeAndWait(link);
            failPending();
        } finally {
            driver.unlock();
        }
    }

    private void failPending() {
        settle(pending.first(), pending.next() - 1, state.failure());
        driver.room().signalAll();
    }

    /** Has the futures of these completed once the lock is free. */
    private void settle(long firstToken, long lastToken, @Nullable ClientException reason) {
        List<CompletableFuture<@Nullable Void>> outcomes = new ArrayList<>();
        for (long token = firstToken; token <= lastToken; token++) {
            CompletableFuture<@Nullable Void> outcome = pending.remove(token);
            if (outcome != null) {
                outcomes.add(outcome);
            }
        }
        driver.afterwards(() -> complete(outcomes, reason), () -> {
            unsettled -= outcomes.size();
            driver.room().signalAll();
        });
    }

    private static void complete(List<CompletableFuture<@Nullable Void>> outcomes, @Nullable ClientException reason) {
        for (CompletableFuture<@Nullable Void> outcome : outcomes) {
            if (reason == null) {
                outcome.complete(null);
            } else {
                outcome.completeExceptionally(reason);
            }
        }
    }

    /** Why a message with this outcome was not accepted; null if it was. */
    private @Nullable ClientException refusal(@Nullable DeliveryState outcome) {
        if (outcome instanceof Accepted) {
            return null;
        }
        String how = outcome instanceof Rejected
                ? "was rejected"
                : outcome instanceof Released
                        ? "was given back"
                        : outcome instanceof Modified
                                ? "was given back as undeliverable"
                                : "was settled without an outcome";
        ErrorCondition error = outcome instanceof Rejected rejected ? rejected.getError() : null;
        return ClientException.of(
                ClientException.Kind.NOT_ACCEPTED, "a message of " + state + " " + how, state.address(), error);
    }

    /** What the engine tells, with the lock held. */
    private final class Events implements SenderListener {
        @Override
        public void onAttach(SenderLink sender, Attach attach) {
            state.attached(attach.getTarget() != null, null);
        }

        @Override
        public void onFlow(SenderLink sender, boolean drain, boolean echo, @Nullable Map<Symbol, Object> properties) {
            driver.room().signalAll();
            answerDrain();
        }

        @Override
        public void onDisposition(
                SenderLink sender,
                long firstId,
                long lastId,
                long firstToken,
                long lastToken,
                boolean settled,
                @Nullable DeliveryState outcome) {
            if (settled || outcome instanceof Outcome) {
                if (!settled) {
                    sender.settle(firstId, lastId, outcome);
                }
                settle(firstToken, lastToken, refusal(outcome));
            }
        }

        @Override
        public void onDetach(SenderLink sender, boolean closed, @Nullable ErrorCondition error) {
            state.detached(error);
            failPending();
        }

        @Override
        public void onLost(SenderLink sender, @Nullable ErrorCondition error) {
            state.lost(error);
            failPending();
        }
    }

    /** Hears the end of a link that the server wanted and did not get. */
    static final class Unwanted implements SenderListener {
        @Override
        public void onFlow(SenderLink sender, boolean drain, boolean echo, @Nullable Map<Symbol, Object> properties) {}

        @Override
        public void onDisposition(
                SenderLink sender,
                long firstId,
                long lastId,
                long firstToken,
                long lastToken,
                boolean settled,
                @Nullable DeliveryState outcome) {}

        @Override
        public void onDetach(SenderLink sender, boolean closed, @Nullable ErrorCondition error) {}

        @Override
        public void onLost(SenderLink sender, @Nullable ErrorCondition error) {}
    }
}
