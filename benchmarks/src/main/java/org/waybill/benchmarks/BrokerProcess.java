package org.waybill.benchmarks;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.waybill.benchmarks.amqp.ClientRole;
import org.waybill.benchmarks.amqp.Connection;
import org.waybill.benchmarks.amqp.EventLoop;

/** A started broker. Ended by {@link #stop()}, by a kill from the load generator, or with this JVM. */
final class BrokerProcess {
    private static final int PROBE_BUFFER_BYTES = 4 << 10;
    private static final long PROBE_INTERVAL_MS = 5;
    private static final long START_LIMIT_SECONDS = 120;
    private static final long STOP_LIMIT_SECONDS = 30;

    private final Broker broker;
    private final Process process;
    private final Thread endWithJvm;
    private final double readyMs;

    private BrokerProcess(Broker broker, Process process, Thread endWithJvm, double readyMs) {
        this.broker = broker;
        this.process = process;
        this.endWithJvm = endWithJvm;
        this.readyMs = readyMs;
    }

    /** Starts on the store as it is, and waits until the broker accepts an AMQP open. */
    static BrokerProcess start(Broker broker, String heap) throws IOException, InterruptedException {
        requireFree(broker.port());
        Files.createDirectories(broker.data());
        Path log = broker.data().resolveSibling("broker.log");
        ProcessBuilder launcher = broker.launcher(heap)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        long startNs = System.nanoTime();
        Process process = launcher.start();
        Thread endWithJvm = new Thread(() -> kill(process), "end-broker");
        Runtime.getRuntime().addShutdownHook(endWithJvm);
        while (!accepts(broker.port())) {
            if (process.waitFor(PROBE_INTERVAL_MS, TimeUnit.MILLISECONDS)) {
                throw new IOException(broker.name() + " ended with code " + process.exitValue() + "; see " + log);
            }
            if (System.nanoTime() - startNs > TimeUnit.SECONDS.toNanos(START_LIMIT_SECONDS)) {
                kill(process);
                throw new IOException(broker.name() + " did not get ready; see " + log);
            }
        }
        double readyMs = (System.nanoTime() - startNs) / 1e6;
        BrokerProcess started = new BrokerProcess(broker, process, endWithJvm, readyMs);
        try {
            broker.started();
        } catch (IOException | InterruptedException e) {
            started.stop();
            throw e;
        }
        return started;
    }

    private static void kill(Process process) {
        List<ProcessHandle> all = process.descendants().toList();
        process.destroyForcibly();
        all.forEach(ProcessHandle::destroyForcibly);
    }

    /** Else the probe would find whoever listens there, and the load would go to a stranger. */
    private static void requireFree(int port) throws IOException {
        try {
            new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
        } catch (BindException e) {
            throw new IOException("port " + port + " is in use; choose others with --port", e);
        }
    }

    private static boolean accepts(int port) {
        try (EventLoop loop = new EventLoop(PROBE_BUFFER_BYTES)) {
            ClientRole role = new ClientRole(loop, "", "", (first, last, accepted) -> {});
            Connection connection = loop.connect(port, "bench-probe", role);
            loop.await("open", connection::ready, TimeUnit.SECONDS.toMillis(5));
            return true;
        } catch (IOException e) {
            // nothing listens there yet, or not yet for this user: the caller tries again
            return false;
        }
    }

    Broker broker() {
        return broker;
    }

    long pid() {
        return process.pid();
    }

    /** Milliseconds from the start of the process to the first accepted AMQP open. */
    double readyMs() {
        return readyMs;
    }

    boolean alive() {
        return process.isAlive();
    }

    /** Asks the broker to stop and waits until it has; one that does not in time is killed. */
    void stop() throws InterruptedException {
        process.destroy();
        awaitEnd();
    }

    /** Waits until the process is gone. */
    void awaitEnd() throws InterruptedException {
        if (!process.waitFor(STOP_LIMIT_SECONDS, TimeUnit.SECONDS)) {
            kill(process);
            process.waitFor();
        }
        Runtime.getRuntime().removeShutdownHook(endWithJvm);
    }
}
