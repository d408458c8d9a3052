package org.waybill.amqp.adapter;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Open;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.Conditions;
import org.waybill.amqp.engine.ConnectionEngine;
import org.waybill.amqp.engine.ConnectionListener;
import org.waybill.amqp.engine.SessionEngine;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerSession;
import org.waybill.spi.SessionHandler;
import org.waybill.spi.SessionSpec;

/**
 * One client's connection: its engine, its broker session and its socket, and the turns in which they are flushed.
 *
 * <pre>
 *  state      input                 becomes
 *  HANDSHAKE  open                          OPEN, or CLOSING when refused
 *  HANDSHAKE  deadline                      CLOSED
 *  OPEN       close from either side        CLOSING  the broker session is closed
 *  CLOSING    both closed, or LINGER_MS     CLOSED   the last frames go out, the socket is finished
 *  any        breach of the protocol        CLOSED
 *  CLOSED     LINGER_MS                     the socket is cut
 *  any        socket gone                   GONE
 * </pre>
 */
final class AmqpConnection implements ConnectionListener, SessionHandler, SaslGate.Host, ContainerRegistry.Holder {
    private static final long LINGER_MS = 1_000;
    private static final int MAX_BEGINS_PER_SWEEP = 2_000;
    private static final Symbol[] OFFERED = {
        Symbols.ANONYMOUS_RELAY,
        Symbols.DELAYED_DELIVERY,
        Symbols.SHARED_SUBS,
        Symbols.SOLE_CONNECTION,
        Symbols.FILTEX_SQL,
        Symbols.FILTEX_PROPERTIES,
        Symbols.XA,
        Symbols.MANAGEMENT,
        Symbols.REDIRECT
    };

    private enum State {
        HANDSHAKE,
        OPEN,
        CLOSING,
        CLOSED,
        GONE
    }

    private final ConnectionLoop loop;
    private final Socket socket;
    private final String peer;
    private final SaslGate sasl;
    private final ConnectionEngine engine;
    private final Near near;
    private State state = State.HANDSHAKE;
    private long deadlineNs;
    private int place;
    private long beginsBefore;

    /** Whether its end needs no line in the log: the peer ended it, or there was a line about it already. */
    private boolean explained;

    private boolean turn;
    private boolean sending;
    private long partialBytes;
    private int links;
    private String containerId = "";
    private boolean soleConnection;
    private @Nullable BrokerSession session;
    private @Nullable LinkAttacher attacher;
    private @Nullable ConsumerLink firstSent;
    private final Transactions transactions = new Transactions(this);

    AmqpConnection(ConnectionLoop loop, Socket socket, String peer, boolean local, long nowNs) {
        Shared shared = loop.shared();
        this.loop = loop;
        this.socket = socket;
        this.peer = peer;
        this.sasl = new SaslGate(shared.authenticator(), local, this);
        this.engine = ConnectionEngine.server(loop.codec(), shared.limits(), socket, sasl, this);
        this.near = new Near(shared.redirects(), socket);
        this.deadlineNs = ConnectionLoop.deadline(nowNs, shared.handshakeTimeoutMs());
    }

    int place() {
        return place;
    }

    void place(int index) {
        place = index;
    }

    ConnectionLoop loop() {
        return loop;
    }

    Near near() {
        return near;
    }

    String containerId() {
        return containerId;
    }

    /**
     * Whether the broker holds anything for the client: from its open to the first word of an end. When the connection is lost it
     * is not open any more as its links hear of it, so that they do not leave one by one, in order, before the session is given up.
     */
    boolean isOpen() {
        return state == State.OPEN && !engine.isClosed();
    }

    /** The broker's session while {@link #isOpen}. */
    BrokerSession session() {
        return java.util.Objects.requireNonNull(session, "not open");
    }

    /** Counts a link in (1) or out (-1). */
    void countLink(int change) {
        links += change;
    }

    /** Whether one more link is allowed. */
    boolean hasRoomForLink() {
        return links < loop.shared().maxLinks();
    }

    /** Has whoever holds a link's name give it up, and then does something in a turn of this connection if it is still open. */
    void vacate(LinkRegistry.Key key, Runnable then) {
        Runnable turn = () -> act(() -> {
            if (isOpen()) {
                then.run();
            }
        });
        if (!loop.shared().links().vacate(key, () -> loop.loop().execute(turn))) {
            then.run();
        }
    }

    Transactions transactions() {
        return transactions;
    }

    /** Writes one line about the client. */
    void warn(String id, String what) {
        loop.warn(id, peer, what);
    }

    // --- turns: what the socket, the timer and the broker start

    /** Bytes came in. {@link #readEnd} follows. */
    void received(ByteBuffer input) {
        turn = true;
        engine.receive(input);
    }

    /** No more bytes for now. */
    void readEnd() {
        endTurn();
        if (sending) {
            sending = false;
            if (state == State.OPEN && loop.shared().context().memoryTight()) {
                socket.reads(false);
                loop.pause(this);
            }
        }
    }

    /** A message came in this read. */
    void sending() {
        sending = true;
    }

    /** Reads on after a pause. */
    void resume() {
        socket.reads(true);
    }

    /** The socket takes bytes again. */
    void writable() {
        if (state == State.OPEN && reportSent()) {
            session().flush();
        }
    }

    /** The socket is gone. */
    void disconnected() {
        if (state == State.GONE) {
            return;
        }
        explained = true;
        try {
            engine.inputClosed();
            engine.abort(null);
        } finally {
            state = State.GONE;
            loop.remove(this);
        }
    }

    /** The socket failed; {@link #disconnected} follows. */
    void failed(Throwable cause) {
        if (!(cause instanceof java.io.IOException)) {
            loop.shared().counters().connectionsFailed.increment();
            warn("WB-A004", "the connection failed: " + cause);
        }
        socket.close();
    }

    /** Minds the deadlines. */
    void tick(long nowNs) {
        beginsBefore = engine.sessionsBegun();
        if (state != State.OPEN && nowNs - deadlineNs > 0) {
            overdue();
        }
        ErrorCondition departure = isOpen() ? near.departure(nowNs, transactions.isEmpty()) : null;
        if (departure != null) {
            close(departure);
        }
        if (state != State.CLOSED && state != State.GONE) {
            engine.tick(nowNs);
            flush();
        }
    }

    private void overdue() {
        switch (state) {
            case HANDSHAKE -> engine.abort(Conditions.error(
                    Conditions.RESOURCE_LIMIT_EXCEEDED, "no open within the time allowed for the handshake"));
            case CLOSING -> engine.abort(null);
            default -> socket.close();
        }
        flush();
    }

    /** Runs something that concerns this connection from outside of its turns, such as a broker's answer that is no batch. */
    void act(Runnable action) {
        if (state == State.GONE) {
            return;
        }
        action.run();
        endTurn();
    }

    private void endTurn() {
        turn = false;
        if (state == State.OPEN) {
            session().flush();
        }
        flush();
    }

    private void flush() {
        engine.flush();
        if (state == State.CLOSED) {
            socket.finish();
            return;
        }
        socket.flush();
        if (state == State.OPEN && socket.writable() && reportSent()) {
            session().flush();
        }
    }

    @Override
    public void batchEnd() {
        if (state == State.OPEN && !turn) {
            endTurn();
        }
    }

    @Override
    public void closed(BrokerError error) {
        act(() -> close(Errors.of(error)));
    }

    /** Closes the connection from our side; the peer has LINGER_MS to answer. */
    private void close(@Nullable ErrorCondition error) {
        engine.close(error);
        leaveBroker(false);
    }

    /** Closes the connection because the broker stops. */
    void stop() {
        act(() -> {
            if (state == State.HANDSHAKE) {
                engine.abort(null);
            } else {
                close(Conditions.error(Conditions.CONNECTION_FORCED, "the broker is stopping"));
            }
        });
    }

    // --- bytes on their way

    /**
     * Notes bytes of deliveries that have begun and not ended. A connection that holds more than two of the largest messages in parts
     * is closed.
     */
    void partial(long moreBytes) {
        partialBytes += moreBytes;
        long all = loop.shared().counters().partialBytes.addAndGet(moreBytes);
        if (moreBytes > 0 && all > Runtime.getRuntime().maxMemory() >> 2 && state == State.OPEN) {
            close(Conditions.error(
                    Conditions.RESOURCE_LIMIT_EXCEEDED,
                    "all clients together have too many bytes of unfinished deliveries"));
            return;
        }
        long max = loop.shared().limits().maxMessageBytes();
        if (max > 0 && partialBytes > 2 * max && state == State.OPEN) {
            close(Conditions.error(Conditions.RESOURCE_LIMIT_EXCEEDED, "too many bytes of unfinished deliveries"));
        }
    }

    /** Notes that a consumer has handed bytes to the socket, to be reported once they have left. */
    void sent(ConsumerLink consumer) {
        consumer.nextSent(firstSent);
        firstSent = consumer;
    }

    private boolean reportSent() {
        ConsumerLink consumer = firstSent;
        firstSent = null;
        boolean any = consumer != null;
        while (consumer != null) {
            ConsumerLink next = consumer.nextSent();
            consumer.reportSent();
            consumer = next;
        }
        return any;
    }

    // --- SASL

    @Override
    public void answered() {
        if (!turn) {
            flush();
        }
    }

    @Override
    public void denied(String mechanism) {
        explained = true;
        loop.shared().counters().authenticationsFailed.increment();
        warn("WB-A002", "was not let in by " + mechanism);
    }

    // --- the engine's events

    @Override
    public void onOpen(ConnectionEngine connection, Open open) {
        containerId = open.getContainerId();
        BrokerError unavailable = loop.shared().context().unavailable();
        if (unavailable != null && !desires(open, Symbols.MANAGEMENT)) {
            refuse(Errors.of(unavailable));
            return;
        }
        ErrorCondition refusal = desires(open, Symbols.MANAGEMENT) ? null : near.refusal(open);
        if (refusal != null) {
            refuse(refusal);
            return;
        }
        boolean sole = desires(open, Symbols.SOLE_CONNECTION);
        if (sole && !loop.shared().containers().claim(containerId, this, closesExisting(open))) {
            refuseDuplicate();
            return;
        }
        soleConnection = sole;
        engine.open(answer(loop.shared().introduction().to(socket)));
        session = loop.shared().context().openSession(new SessionSpec(containerId, sasl.user(), peer), this);
        attacher = new LinkAttacher(this);
        state = State.OPEN;
    }

    private void refuse(ErrorCondition error) {
        Map<Symbol, Object> properties =
                new HashMap<>(loop.shared().introduction().to(socket));
        properties.put(Symbols.ESTABLISHMENT_FAILED, true);
        engine.open(answer(properties));
        close(error);
    }

    private void refuseDuplicate() {
        ErrorCondition error = Conditions.error(
                Conditions.INVALID_FIELD, "container id " + containerId + " is in use by another connection");
        error.setInfo(Map.of(
                Symbols.INVALID_FIELD_NAME,
                Symbols.CONTAINER_ID,
                Symbols.SOLE_CONNECTION_ENFORCEMENT,
                UnsignedInteger.ZERO));
        refuse(error);
    }

    private Open answer(Map<Symbol, Object> properties) {
        Open answer = new Open();
        answer.setContainerId(loop.shared().context().brokerId());
        answer.setOfferedCapabilities(OFFERED);
        answer.setProperties(properties);
        return answer;
    }

    private static boolean desires(Open open, Symbol capability) {
        Symbol[] desired = open.getDesiredCapabilities();
        return desired != null && Arrays.asList(desired).contains(capability);
    }

    private static boolean closesExisting(Open open) {
        Map<?, ?> properties = open.getProperties();
        return properties != null
                && properties.get(Symbols.SOLE_CONNECTION_ENFORCEMENT_POLICY) instanceof Number policy
                && policy.intValue() == 1;
    }

    @Override
    public void superseded() {
        loop.loop()
                .execute(() -> act(() -> {
                    ErrorCondition error = Conditions.error(
                            Conditions.RESOURCE_LOCKED,
                            "another connection of container " + containerId + " takes its place");
                    error.setInfo(Map.of(Symbols.SOLE_CONNECTION_ENFORCEMENT, true));
                    close(error);
                }));
    }

    @Override
    public void onBegin(ConnectionEngine connection, SessionEngine begun) {
        LinkAttacher links = attacher;
        if (links == null) {
            return;
        }
        if (engine.sessionsBegun() - beginsBefore > MAX_BEGINS_PER_SWEEP) {
            close(Conditions.error(Conditions.RESOURCE_LIMIT_EXCEEDED, "sessions are begun too fast"));
            return;
        }
        begun.listener(links);
        begun.begin();
    }

    @Override
    public void onClose(ConnectionEngine connection, @Nullable ErrorCondition error) {
        explained = true;
        leaveBroker(error == null);
    }

    @Override
    public void onClosed(ConnectionEngine connection, @Nullable ErrorCondition error) {
        leaveBroker(false);
        state = State.CLOSED;
        deadlineNs = ConnectionLoop.deadline(loop.nowNs(), LINGER_MS);
        if (error != null && !explained) {
            loop.shared().counters().connectionsFailed.increment();
            warn("WB-A003", error.getCondition() + " " + error.getDescription());
        }
    }

    /**
     * Gives up what the broker holds for the client; its container id is free before the client learns that it is closed.
     *
     * @param inOrder whether the client has closed the connection and named no error
     */
    private void leaveBroker(boolean inOrder) {
        loop.shared().counters().partialBytes.addAndGet(-partialBytes);
        partialBytes = 0;
        if (soleConnection) {
            soleConnection = false;
            loop.shared().containers().release(containerId, this);
        }
        if (state == State.HANDSHAKE || state == State.OPEN) {
            state = State.CLOSING;
            deadlineNs = ConnectionLoop.deadline(loop.nowNs(), LINGER_MS);
        }
        BrokerSession left = session;
        if (left != null) {
            session = null;
            left.flush();
            if (inOrder) {
                left.leave();
            } else {
                left.close();
            }
        }
    }
}
