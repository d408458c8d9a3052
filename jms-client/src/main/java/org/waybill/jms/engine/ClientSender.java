package org.waybill.jms.engine;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.DeleteOnClose;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Outcome;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.messaging.TerminusExpiryPolicy;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
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

    /** What a frame spends on other than the message, at most, apart from a transaction's id. */
    private static final int MAX_TRANSFER_BYTES = 128;

    private static final SendListener NOBODY = (attachment, refusal) -> {};

    private final ClientSession session;
    private final Driver driver;
    private final SenderOptions options;
    private final LinkState state;
    private final SenderLink link;
    private final PendingSends pending = new PendingSends();
    /** Sends whose listener was not told yet; a little more than what is pending. */
    private int unsettled;

    /** Callers that are sending, or waiting to. */
    private int sending;

    /** With the driver's lock held. */
    ClientSender(ClientSession session, Driver driver, SenderOptions options) {
        this.session = session;
        this.driver = driver;
        this.options = options;
        this.state = new LinkState(session, driver, "the sender to", options.address());
        String name = options.linkName();
        this.link = session.engine().sender(name == null ? session.connection().linkName() : name, new Events());
    }

    void attach() {
        Target target = new Target();
        if (options.dynamic()) {
            target.setDynamic(true);
            target.setExpiryPolicy(TerminusExpiryPolicy.LINK_DETACH);
            target.setDynamicNodeProperties(Map.of(ClientReceiver.LIFETIME, DeleteOnClose.getInstance()));
        } else {
            target.setAddress(options.address());
        }
        target.setCapabilities(RemoteMaps.symbols(options.capabilities()));
        attach(target, SenderSettleMode.MIXED);
    }

    /** Attaches to this target and waits for the answer. */
    void attach(org.apache.qpid.proton.amqp.transport.Target target, SenderSettleMode mode) {
        Source source = new Source();
        source.setAddress(session.connection().options().containerId());
        source.setOutcomes(OUTCOMES);
        Attach attach = new Attach();
        attach.setSource(source);
        attach.setTarget(target);
        attach.setSndSettleMode(mode);
        attach.setRcvSettleMode(ReceiverSettleMode.FIRST);
        attach.setDesiredCapabilities(RemoteMaps.symbols(options.desiredCapabilities()));
        state.attach(link, attach);
    }

    /**
     * Sends and waits: for credit, then for the outcome.
     *
     * @param message an encoded message ({@link MessageCodec#encode}), the caller's again when this returns
     * @throws ClientException {@code NOT_ACCEPTED} if the server did not take it; after {@code TIMEOUT} or {@code LOST} it may have
     */
    public void send(byte[] message) {
        send(message, 0, message.length, null);
    }

    /**
     * Sends, in a transaction if one is given, and waits: for credit, then for the outcome.
     *
     * @param buffer holds an encoded message; the caller's again when this returns
     * @throws ClientException {@code NOT_ACCEPTED} if the server did not take it; after {@code TIMEOUT} or {@code LOST} it may have
     */
    public void send(byte[] buffer, int offset, int length, @Nullable ClientTransaction transaction) {
        driver.checkMayWait();
        SendWait outcome = new SendWait();
        send(buffer, offset, length, false, transaction, outcome, null);
        if (!outcome.await(sendTimeoutMs())) {
            throw state.timeout("heard nothing of the message's outcome", sendTimeoutMs());
        }
    }

    /**
     * Sends, and waits for credit and room only.
     *
     * @param message an encoded message, the caller's again when this returns
     * @return done once the server took the message, or completed exceptionally with a {@link ClientException}. It is completed on
     *     the connection's loop: what depends on it must neither block nor wait for this connection
     * @throws ClientException if it could not be sent at all
     */
    public CompletableFuture<@Nullable Void> sendAsync(byte[] message) {
        CompletableFuture<@Nullable Void> outcome = new CompletableFuture<>();
        SendListener completion = (attachment, refusal) -> {
            if (refusal == null) {
                outcome.complete(null);
            } else {
                outcome.completeExceptionally(refusal);
            }
        };
        send(message, 0, message.length, false, null, completion, null);
        return outcome;
    }

    /**
     * Sends, and waits for credit and room only, no longer than the time limit.
     *
     * @param buffer holds an encoded message; the caller's again when this returns
     * @param settled whether nobody is to hear of its fate; the listener is told at once that it was sent
     * @param transaction the transaction that it belongs to, or null
     * @param listener who hears of its outcome, or null if nobody does
     * @param attachment what the listener is given, for it to know which message it was
     * @throws ClientException if it could not be sent at all; the listener is not told then
     */
    public void send(
            byte[] buffer,
            int offset,
            int length,
            boolean settled,
            @Nullable ClientTransaction transaction,
            @Nullable SendListener listener,
            @Nullable Object attachment) {
        driver.lock();
        sending++;
        try {
            state.check();
            checkSize(length);
            awaitRoom();
            SendListener told = listener == null ? NOBODY : listener;
            long token = -1;
            if (!settled) {
                token = pending.add(told, attachment);
                unsettled++;
            } else if (listener != null) {
                driver.afterwards(() -> {
                    told.onOutcome(attachment, null);
                    told.onRunEnd();
                });
            }
            write(token, buffer, offset, length, settled, transaction);
        } finally {
            sending--;
            answerDrain();
            driver.unlock();
        }
    }

    /** Hands a message to the engine; a copy of it if the server's window will hold it up, so that the array is the caller's again. */
    private void write(
            long token,
            byte[] buffer,
            int offset,
            int length,
            boolean settled,
            @Nullable ClientTransaction transaction) {
        int overhead = MAX_TRANSFER_BYTES + (transaction == null ? 0 : transaction.length());
        int perFrame = Math.max(1, driver.engine().remoteMaxFrameBytes() - overhead);
        boolean fits = length / perFrame < session.engine().remoteIncomingWindow();
        byte[] body = fits ? buffer : Arrays.copyOfRange(buffer, offset, offset + length);
        driver.settleFirst();
        link.send(
                token,
                null,
                0,
                settled,
                transaction == null ? null : transaction.sent(),
                null,
                0,
                0,
                body,
                fits ? offset : 0,
                length);
        driver.touch();
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
        if (!hasRoom() && !state.await(driver.room(), sendTimeoutMs(), this::hasRoom)) {
            throw state.timeout(
                    link.credit() == 0 ? "got no credit from the server" : "found the server too slow",
                    sendTimeoutMs());
        }
    }

    private long sendTimeoutMs() {
        return options.sendTimeoutMs() == 0 ? state.timeoutMs() : options.sendTimeoutMs();
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

    /** Whether the server offered this capability on the link. */
    public boolean offered(String capability) {
        driver.lock();
        try {
            Attach remote = link.remoteAttach();
            return remote != null && RemoteMaps.contains(remote.getOfferedCapabilities(), capability);
        } finally {
            driver.unlock();
        }
    }

    /**
     * Has this told when the link ends by anything but {@link #close}: once, on the connection's loop, without its lock. If it has
     * ended already, soon. What is told must not wait for the connection.
     */
    public void onEnd(Consumer<ClientException> listener) {
        driver.lock();
        try {
            state.ends().add(listener);
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
     * Detaches; waits for the answer, no longer than the time limit. Who waits for an outcome is told that there is none. Never
     * throws; does nothing the second time.
     */
    @Override
    public void close() {
        close(state.timeoutMs());
    }

    /** As {@link #close()}, with this time limit; 0 for no wait. */
    public void close(long limitMs) {
        driver.lock();
        try {
            state.closeAndWait(link, true, limitMs);
            failPending();
        } finally {
            driver.unlock();
        }
    }

    private void failPending() {
        ClientException failure = state.failure();
        settle(pending.first(), pending.next() - 1, null, failure, failure);
        driver.room().signalAll();
    }

    /** Has the listeners of these told once the lock is free. */
    private void settle(
            long firstToken,
            long lastToken,
            @Nullable DeliveryState outcome,
            @Nullable ClientException failure,
            @Nullable ClientException refusal) {
        if (firstToken == lastToken && pending.listener(firstToken) instanceof SendWait waiting) {
            pending.remove(firstToken);
            waiting.onOutcome(null, refusal);
            unsettled--;
            driver.room().signalAll();
            return;
        }
        Settled settled = new Settled(pending, firstToken, lastToken, outcome, failure, refusal);
        driver.afterwards(settled, () -> {
            unsettled -= settled.count();
            driver.room().signalAll();
        });
    }

    /** Why a message with this outcome was not accepted; null if it was. */
    private @Nullable ClientException refusal(@Nullable DeliveryState told) {
        Object outcome = told instanceof TransactionalState provisional ? provisional.getOutcome() : told;
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
            state.attached(
                    attach.getTarget() != null,
                    options.dynamic() && attach.getTarget() != null
                            ? attach.getTarget().getAddress()
                            : null);
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
            if (settled || outcome instanceof Outcome || outcome instanceof TransactionalState) {
                if (!settled) {
                    sender.settle(firstId, lastId, outcome);
                }
                settle(firstToken, lastToken, outcome, null, refusal(outcome));
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
