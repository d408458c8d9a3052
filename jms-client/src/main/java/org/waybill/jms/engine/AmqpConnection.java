package org.waybill.jms.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Open;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.ByteArrayOutput;
import org.waybill.amqp.engine.Codec;
import org.waybill.amqp.engine.Conditions;
import org.waybill.amqp.engine.ConnectionEngine;
import org.waybill.amqp.engine.ConnectionListener;
import org.waybill.amqp.engine.Limits;
import org.waybill.amqp.engine.SessionEngine;

/** A connection to an AMQP 1.0 peer. Any thread; each method blocks at most for the connection's timeout. */
public final class AmqpConnection implements AutoCloseable {
    private static final int READ_BYTES = 64 * 1024;

    private final ConnectOptions options;
    private final Socket socket;
    private final SaslLogin login;
    private final ScheduledExecutorService loop;
    private final ByteArrayOutput output = new ByteArrayOutput(READ_BYTES);
    private final CompletableFuture<AmqpConnection> opened = new CompletableFuture<>();
    private final CompletableFuture<AmqpConnection> closed = new CompletableFuture<>();
    private final Semaphore taken = new Semaphore(0);
    private final ConnectionEngine engine;

    private AmqpConnection(ConnectOptions options, Socket socket) {
        this.options = options;
        this.socket = socket;
        login = new SaslLogin(options);
        loop = Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "waybill-client-loop"));
        engine = ConnectionEngine.client(new Codec(), Limits.DEFAULT, output, login, new Events());
    }

    /**
     * Connects, logs in and opens.
     *
     * @throws AmqpFailure if that does not succeed; nothing is left open then
     */
    public static AmqpConnection open(ConnectOptions options) {
        AmqpConnection connection = new AmqpConnection(options, connect(options));
        connection.execute(() -> {
            Open open = new Open();
            open.setContainerId(options.containerId());
            open.setHostname(options.host());
            connection.engine.open(open);
        });
        daemon(connection::read, "waybill-client-reader").start();
        try {
            return connection.await(connection.opened, "opening the connection");
        } catch (AmqpFailure failure) {
            connection.cut();
            throw failure;
        }
    }

    private static Socket connect(ConnectOptions options) {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(options.host(), options.port()), options.timeoutMs());
            return options.tls() == null ? socket : secure(options, socket);
        } catch (IOException e) {
            closeQuietly(socket);
            throw new AmqpFailure(
                    AmqpFailure.Kind.UNREACHABLE,
                    "No connection to " + options.host() + ":" + options.port() + ": " + e.getMessage() + ".");
        }
    }

    private static Socket secure(ConnectOptions options, Socket plain) throws IOException {
        plain.setSoTimeout(options.timeoutMs());
        SSLSocket socket =
                (SSLSocket) options.tls().getSocketFactory().createSocket(plain, options.host(), options.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        plain.setSoTimeout(0);
        return socket;
    }

    /** Begins a session. */
    public AmqpSession session() {
        return AmqpSession.begin(this);
    }

    /** Whether neither side has closed. */
    public boolean isOpen() {
        return !closed.isDone();
    }

    /** Closes it, with all that belongs to it. What was handed over before is sent before. */
    @Override
    public void close() {
        if (isOpen()) {
            try {
                execute(() -> engine.close(null));
                await(closed, "closing the connection");
            } catch (AmqpFailure failure) {
                cut();
            }
        }
    }

    /** Runs something on the loop and sends what it wrote. */
    void execute(Runnable action) {
        try {
            loop.execute(() -> {
                action.run();
                engine.flush();
                send();
            });
        } catch (RejectedExecutionException e) {
            throw new AmqpFailure(AmqpFailure.Kind.LOST, "The connection is closed.");
        }
    }

    ConnectionEngine engine() {
        return engine;
    }

    <T> T await(CompletableFuture<T> answer, String what) {
        try {
            return answer.get(options.timeoutMs(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new AmqpFailure(
                    AmqpFailure.Kind.TIMEOUT, "No answer within " + options.timeoutMs() + " ms to " + what + ".");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AmqpFailure(AmqpFailure.Kind.LOST, "Interrupted while " + what + ".");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof AmqpFailure failure
                    ? failure.here()
                    : new AmqpFailure(AmqpFailure.Kind.LOST, String.valueOf(e.getCause()));
        }
    }

    private void cut() {
        closeQuietly(socket);
    }

    private void read() {
        byte[] bytes = new byte[READ_BYTES];
        try {
            InputStream in = socket.getInputStream();
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                ByteBuffer chunk = ByteBuffer.wrap(bytes, 0, count);
                execute(() -> {
                    engine.receive(chunk);
                    taken.release();
                });
                taken.acquireUninterruptibly();
            }
        } catch (IOException | AmqpFailure e) {
            // a broken socket, or one closed here: the end of input in any case
        }
        endOfInput();
    }

    private void endOfInput() {
        try {
            execute(engine::inputClosed);
        } catch (AmqpFailure e) {
            // the connection has ended already
        }
    }

    private void send() {
        if (output.size() == 0) {
            return;
        }
        try {
            OutputStream out = socket.getOutputStream();
            out.write(output.array(), 0, output.size());
            out.flush();
        } catch (IOException e) {
            engine.abort(
                    Conditions.error(Conditions.CONNECTION_FORCED, "The connection broke: " + e.getMessage() + "."));
        }
        output.clear();
    }

    private void tick() {
        if (!loop.isShutdown()) {
            long nextNs = engine.tick(System.nanoTime());
            send();
            if (!engine.isClosed() && nextNs != Long.MAX_VALUE) {
                loop.schedule(this::tick, nextNs, TimeUnit.NANOSECONDS);
            }
        }
    }

    private void ended(@Nullable ErrorCondition error) {
        AmqpFailure failure = login.failure();
        opened.completeExceptionally(failure != null ? failure : AmqpFailure.of(error, "The connection is closed."));
        closed.complete(this);
        loop.execute(() -> {
            send();
            closeQuietly(socket);
            loop.shutdownNow();
        });
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // nothing is left to be done with it
        }
    }

    private final class Events implements ConnectionListener {
        @Override
        public void onOpen(ConnectionEngine connection, Open open) {
            tick();
            opened.complete(AmqpConnection.this);
        }

        @Override
        public void onBegin(ConnectionEngine connection, SessionEngine session) {
            session.end(Conditions.error(Conditions.NOT_ALLOWED, "a client begins sessions itself"));
        }

        @Override
        public void onClose(ConnectionEngine connection, @Nullable ErrorCondition error) {
            // what follows is onClosed, with the same error
        }

        @Override
        public void onClosed(ConnectionEngine connection, @Nullable ErrorCondition error) {
            ended(error);
        }
    }
}
