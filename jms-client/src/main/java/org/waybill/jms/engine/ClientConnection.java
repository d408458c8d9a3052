package org.waybill.jms.engine;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Open;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.Codec;
import org.waybill.amqp.engine.Conditions;
import org.waybill.amqp.engine.ConnectionEngine;
import org.waybill.amqp.engine.ConnectionListener;
import org.waybill.amqp.engine.Limits;
import org.waybill.amqp.engine.SessionEngine;

/**
 * A connection to an AMQP 1.0 server, open from {@link #open} until {@link #close} or until it is lost. It never reconnects.
 *
 * <p>Any thread may use it. All connections of a JVM share a few daemon threads, {@code waybill-client-loop-1} and so on, which are
 * gone when the last connection is.
 */
public final class ClientConnection implements AutoCloseable {
    private static final Symbol ESTABLISHMENT_FAILED = Symbol.valueOf("amqp:connection-establishment-failed");

    private final ClientOptions options;
    private final SaslExchange sasl;
    private final Driver driver;
    private final EndListeners ends;
    private boolean open;
    private boolean closing;
    private @Nullable Supplier<Runnable> labour;
    private int links;
    private @Nullable ClientException failure;

    private ClientConnection(ClientOptions options, boolean isPrivate, @Nullable Supplier<String> nonces) {
        this.options = options;
        this.sasl = new SaslExchange(options, isPrivate, nonces, this::work);
        Limits common = Limits.DEFAULT;
        Limits limits = new Limits(
                common.maxFrameBytes(),
                common.channelMax(),
                common.handleMax(),
                common.maxLinks(),
                common.maxUnsettled(),
                common.incomingWindow(),
                common.maxMessageBytes(),
                common.handshakeBytes(),
                options.idleTimeoutMs());
        this.driver =
                new Driver(options, output -> ConnectionEngine.client(new Codec(), limits, output, sasl, new Events()));
        this.ends = new EndListeners(driver);
    }

    /**
     * Connects, logs in and opens; waits for that, no longer than the time limit for connecting. An interrupt ends the wait.
     *
     * <p>With a user, the best SCRAM that is offered is preferred, PLAIN is used if nothing better is offered and nobody can listen
     * in (TLS or loopback). Without, EXTERNAL if we show a certificate, or ANONYMOUS.
     *
     * @throws ClientException if it did not come about; nothing is left behind then
     */
    public static ClientConnection open(ClientOptions options) {
        return open(options, null);
    }

    static ClientConnection open(ClientOptions options, @Nullable Supplier<String> nonces) {
        Dialling way = new Dialling(options);
        ClientConnection connection = new ClientConnection(options, way.isPrivate(), nonces);
        try {
            connection.awaitOpen(way);
        } catch (ClientException | IllegalStateException e) {
            connection.abort();
            connection.driver.join();
            throw e;
        }
        return connection;
    }

    private void awaitOpen(Dialling way) {
        driver.lock();
        try {
            driver.engine().open(performative());
            driver.dial(way);
            awaitOpen();
            check();
        } finally {
            driver.unlock();
        }
    }

    /** Waits, and does meanwhile what the login leaves to the thread that waits. */
    private void awaitOpen() {
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(options.connectTimeoutMs());
        while (!open && failure == null) {
            Supplier<Runnable> task = labour;
            if (task != null) {
                labour = null;
                workUnlocked(task).run();
                driver.touch();
            } else {
                long leftMs = TimeUnit.NANOSECONDS.toMillis(endNs - System.nanoTime());
                if (!driver.await(driver.changed(), leftMs, () -> open || failure != null || labour != null)) {
                    throw ClientException.of(
                            ClientException.Kind.TIMEOUT,
                            "the server at " + options + " did not open the connection within "
                                    + options.connectTimeoutMs() + " ms");
                }
            }
        }
    }

    private Runnable workUnlocked(Supplier<Runnable> task) {
        driver.unlock();
        try {
            return task.get();
        } finally {
            driver.lock();
        }
    }

    /** Leaves a piece of the login to the thread that waits for it, so that the loop is free for others. */
    private void work(Supplier<Runnable> task) {
        labour = task;
        driver.changed().signalAll();
    }

    private Open performative() {
        OpenOptions said = options.open();
        String virtualHost = said.virtualHost();
        Open performative = new Open();
        performative.setContainerId(said.containerId());
        if (virtualHost == null) {
            performative.setHostname(options.endpoint().host());
        } else if (!virtualHost.isEmpty()) {
            performative.setHostname(virtualHost);
        }
        performative.setDesiredCapabilities(RemoteMaps.symbols(said.desiredCapabilities()));
        performative.setProperties(RemoteMaps.symbols(said.properties()));
        return performative;
    }

    /** Begins a session; waits for the answer. */
    public ClientSession session() {
        driver.lock();
        try {
            check();
            ClientSession session = new ClientSession(this, driver);
            session.begin();
            return session;
        } finally {
            driver.unlock();
        }
    }

    /** Whether it can be used: neither closed nor lost. */
    public boolean isOpen() {
        driver.lock();
        try {
            return failure == null;
        } finally {
            driver.unlock();
        }
    }

    /** What the server calls itself. */
    public String remoteContainerId() {
        Open remote = remoteOpen();
        String id = remote == null ? null : remote.getContainerId();
        return id == null ? "" : id;
    }

    /** Whether the server offered this capability in its open. */
    public boolean offered(String capability) {
        Open remote = remoteOpen();
        return remote != null && RemoteMaps.contains(remote.getOfferedCapabilities(), capability);
    }

    /** The properties of the server's open: {@code product}, {@code version}, {@code failover-server-list}. Unmodifiable. */
    public Map<String, Object> remoteProperties() {
        Open remote = remoteOpen();
        return RemoteMaps.strings(remote == null ? null : remote.getProperties());
    }

    private @Nullable Open remoteOpen() {
        driver.lock();
        try {
            return driver.engine().remoteOpen();
        } finally {
            driver.unlock();
        }
    }

    /**
     * Has this told when the connection ends by anything but {@link #close} or {@link #abort}: once, on the connection's loop, without
     * its lock, after everybody who waited for it was woken. If it has ended already, soon. What is told must not wait for the
     * connection.
     */
    public void onEnd(Consumer<ClientException> listener) {
        driver.lock();
        try {
            ends.add(listener);
        } finally {
            driver.unlock();
        }
    }

    /** How it was opened. */
    public ClientOptions options() {
        return options;
    }

    /**
     * Closes everything on this connection: waits for the server's answer, which means that it has read all that was said before,
     * and for socket and loop to go. Waits no longer than the time limit, then cuts; in a callback it does not wait. Never throws;
     * does nothing the second time.
     */
    @Override
    public void close() {
        driver.lock();
        try {
            if (closing) {
                return;
            }
            closeNow();
            driver.settleFirst();
            driver.engine().close(null);
            driver.touch();
            if (LoopPool.isLoop(Thread.currentThread())) {
                driver.abortAfter(options.closeTimeoutMs());
                return;
            }
            if (!driver.await(driver.changed(), options.closeTimeoutMs(), driver::isEnded)) {
                driver.abort(null);
            }
        } catch (ClientException e) {
            // Interrupted: no more waiting.
            driver.abort(null);
        } finally {
            driver.unlock();
        }
        driver.join();
    }

    /** Cuts the connection without a word to the server and without waiting for anything. Does nothing after {@link #close}. */
    public void abort() {
        driver.lock();
        try {
            closeNow();
            driver.abort(null);
        } finally {
            driver.unlock();
        }
    }

    /** It is over because we want that: nobody needs to be told. */
    private void closeNow() {
        closing = true;
        if (failure == null) {
            failure = ClientException.of(ClientException.Kind.CLOSED, "the connection to " + options + " is closed");
        }
        ends.over(failure);
    }

    // --- for sessions and links, with the lock held

    /** Throws if it cannot be used any more. */
    void check() {
        if (failure != null) {
            throw failure.rethrown();
        }
    }

    /** Why it cannot be used any more, or null. */
    @Nullable
    ClientException failure() {
        return failure;
    }

    /** Why it cannot be used any more, also while its end is under way with this error; null if it can be used. */
    @Nullable
    ClientException failure(@Nullable ErrorCondition error) {
        if (failure == null && driver.engine().isClosed()) {
            failure = lost(error);
        }
        return failure;
    }

    ClientException timeout(String complaint) {
        return ClientException.of(
                ClientException.Kind.TIMEOUT,
                "the server at " + options + " " + complaint + " within " + options.timeoutMs() + " ms");
    }

    /** A name that no other link of this container has. */
    String linkName() {
        return options.containerId() + ":" + ++links;
    }

    private ClientException lost(@Nullable ErrorCondition error) {
        ClientException login = sasl.failure();
        if (login != null) {
            return login;
        }
        Exception cause = driver.broken();
        if (cause instanceof DialException dial) {
            return dial.told();
        }
        if (!open) {
            String reason = cause != null
                    ? Driver.reason(cause)
                    : error != null && error.getDescription() != null ? error.getDescription() : "no reason given";
            String message = "no connection with " + options + ": " + reason;
            return cause == null
                    ? ClientException.of(ClientException.Kind.UNREACHABLE, message)
                    : ClientException.of(ClientException.Kind.UNREACHABLE, message, cause);
        }
        String message = "the connection to " + options + " was lost";
        return cause == null
                ? ClientException.of(ClientException.Kind.LOST, message, null, error)
                : ClientException.of(ClientException.Kind.LOST, message + ": " + Driver.reason(cause), cause);
    }

    /** What the engine tells, with the lock held. */
    private final class Events implements ConnectionListener {
        @Override
        public void onOpen(ConnectionEngine connection, Open remote) {
            // A server that says so closes at once, with the reason (AMQP 1.0 part 2, section 2.4.1 leaves it to a
            // property).
            open = remote.getProperties() == null || !remote.getProperties().containsKey(ESTABLISHMENT_FAILED);
            driver.changed().signalAll();
            driver.opened();
        }

        @Override
        public void onBegin(ConnectionEngine connection, SessionEngine session) {
            session.end(Conditions.error(Conditions.NOT_ALLOWED, "a client takes no sessions"));
        }

        @Override
        public void onClose(ConnectionEngine connection, @Nullable ErrorCondition error) {
            if (failure == null) {
                failure = ClientException.of(
                        ClientException.Kind.REFUSED,
                        "the server at " + options + " closed the connection",
                        null,
                        error);
            }
        }

        @Override
        public void onClosed(ConnectionEngine connection, @Nullable ErrorCondition error) {
            ClientException reason = failure == null ? lost(error) : failure;
            failure = reason;
            driver.end();
            ends.over(reason);
        }
    }
}
