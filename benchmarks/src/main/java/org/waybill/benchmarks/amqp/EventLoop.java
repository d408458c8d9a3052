package org.waybill.benchmarks.amqp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One selector for all connections, turned by the thread that owns it. Only {@link #wakeUp()} may be called by others.
 * Connections get an empty frame every five seconds, so that idle ones stay open.
 */
public final class EventLoop implements AutoCloseable {
    /** Read buffer of a connection that carries load. */
    public static final int LOAD_BUFFER_BYTES = 256 << 10;

    private static final long HEARTBEAT_NS = TimeUnit.SECONDS.toNanos(5);

    private final Selector selector;
    private final int bufferBytes;
    private final Set<Connection> connections = new LinkedHashSet<>();
    private long heartbeatNs = System.nanoTime();
    private @Nullable String failure;

    /** The buffer size is that of each connection's read buffer; the write buffer has twice as much. */
    public EventLoop(int bufferBytes) throws IOException {
        this.bufferBytes = bufferBytes;
        selector = Selector.open();
    }

    /** Connects and sends the first bytes; the peer's answer is not awaited. */
    public Connection connect(int port, String container, ClientRole role) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            Connection connection = add(channel, container, role);
            role.begin(connection);
            return connection;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Accepts connections from now on, each in the role supplied for it. */
    public void accept(ServerSocketChannel server, String container, Supplier<Role> roles) throws IOException {
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT, (Acceptor) () -> {
            SocketChannel channel = server.accept();
            if (channel != null) {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                add(channel, container, roles.get());
            }
        });
    }

    private Connection add(SocketChannel channel, String container, Role role) throws IOException {
        Connection connection = new Connection(this, channel, bufferBytes, container, role);
        connections.add(connection);
        return connection;
    }

    SelectionKey register(SelectableChannel channel, Connection connection) throws IOException {
        return channel.register(selector, SelectionKey.OP_READ, connection);
    }

    /** One turn: waits up to that long, not at all when 0, and handles and flushes what is ready. */
    public void turn(long timeoutMs) throws IOException {
        if (timeoutMs <= 0) {
            selector.selectNow();
        } else {
            selector.select(timeoutMs);
        }
        for (SelectionKey key : selector.selectedKeys()) {
            if (key.attachment() instanceof Connection connection) {
                handle(key, connection);
            } else if (key.attachment() instanceof Acceptor acceptor) {
                acceptor.accept();
            }
        }
        selector.selectedKeys().clear();
        beat();
    }

    private void handle(SelectionKey key, Connection connection) {
        try {
            if (key.isValid() && key.isReadable()) {
                connection.read();
            }
            connection.flush();
        } catch (IOException | RuntimeException e) {
            drop(connection, e);
        }
    }

    private void beat() {
        long nowNs = System.nanoTime();
        if (nowNs - heartbeatNs > HEARTBEAT_NS) {
            heartbeatNs = nowNs;
            connections.forEach(Connection::sendHeartbeat);
            flush();
        }
    }

    /** Flushes every connection that has something to write. */
    public void flush() {
        // over a copy only when one breaks: this runs in every turn
        Connection broken = null;
        IOException reason = null;
        for (Connection connection : connections) {
            try {
                if (connection.pendingBytes() > 0) {
                    connection.flush();
                }
            } catch (IOException e) {
                broken = connection;
                reason = e;
            }
        }
        if (broken != null && reason != null) {
            drop(broken, reason);
        }
    }

    private void drop(Connection connection, Exception reason) {
        connection.close();
        connections.remove(connection);
        connection.role().onFailed(connection, reason);
    }

    /** Records why the run cannot go on; the first reason stays. */
    public void fail(String reason) {
        if (failure == null) {
            failure = reason;
        }
    }

    public boolean failed() {
        return failure != null;
    }

    /** The reason given first, or null. */
    public @Nullable String failure() {
        return failure;
    }

    /** Turns until the condition holds; throws with what was awaited when time is up or the run has failed. */
    public void await(String what, BooleanSupplier condition, long limitMs) throws IOException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMs);
        while (!condition.getAsBoolean()) {
            if (failed()) {
                throw new IOException("no " + what + ": " + failure);
            }
            if (System.nanoTime() > end) {
                throw new IOException("no " + what + " within " + limitMs + " ms");
            }
            flush();
            turn(20);
        }
    }

    /** Ends a wait in {@link #turn}; may be called by any thread. */
    public void wakeUp() {
        selector.wakeup();
    }

    /** Says goodbye on every connection, waits shortly for the answers, and closes. */
    @Override
    public void close() throws IOException {
        connections.forEach(Connection::sendClose);
        flush();
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300);
        while (System.nanoTime() < end && connections.stream().anyMatch(c -> !c.peerClosed())) {
            turn(10);
        }
        connections.forEach(Connection::close);
        selector.close();
    }

    private interface Acceptor {
        void accept() throws IOException;
    }
}
