package org.waybill.systemtests.cluster.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;

/**
 * All nodes on loopback, and before every port for peers another one of this JVM that passes everything on, or does not. Which node opened a
 * connection is told by the process that owns the socket ({@code /proc}), so that the nodes need not say it. Closing an end of a connection
 * that was broken off by a death is passed on, as a living kernel does.
 */
public final class ProxiedNetwork implements Network {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final IntSupplier freePorts;
    private final Conditions conditions = new Conditions();
    private final List<ServerSocket> servers = new ArrayList<>();
    private final Map<Integer, Long> pids = new ConcurrentHashMap<>();

    /** Takes its ports from here. */
    public ProxiedNetwork(IntSupplier freePorts) {
        this.freePorts = freePorts;
    }

    /** What may fail on a thread of its own. */
    interface Work {
        void run() throws InterruptedException;
    }

    static void daemon(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "proxied-network");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public Set<Fault> faults() {
        return EnumSet.allOf(Fault.class);
    }

    @Override
    public String host(int node) {
        return LOOPBACK.getHostAddress();
    }

    @Override
    public int portForPeers(int node, int port) {
        try {
            ServerSocket server = new ServerSocket(freePorts.getAsInt(), 50, LOOPBACK);
            servers.add(server);
            daemon(() -> accept(server, node, port));
            return server.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<String> command(int node) {
        return List.of();
    }

    @Override
    public void started(int node, long pid) {
        pids.put(node, pid);
    }

    @Override
    public void cut(int from, int to) {
        conditions.cut(from, to);
    }

    @Override
    public void heal() {
        conditions.heal();
    }

    @Override
    public void delay(int node, Duration late) {
        conditions.delay(node, late.toNanos());
    }

    @Override
    public void limit(int node, long bytesPerSecond) {
        conditions.limit(node, bytesPerSecond);
    }

    private void accept(ServerSocket server, int node, int port) {
        while (!server.isClosed()) {
            try {
                Socket caller = server.accept();
                daemon(() -> connect(caller, node, port));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void connect(Socket caller, int node, int port) throws InterruptedException {
        OptionalInt from = SocketOwner.of(caller.getPort(), caller.getLocalPort(), pids);
        boolean known = from.isPresent() && conditions.await(from.getAsInt(), node, System.nanoTime());
        try {
            if (!known) {
                caller.close();
                return;
            }
            Socket called = new Socket(LOOPBACK, port);
            caller.setTcpNoDelay(true);
            called.setTcpNoDelay(true);
            new Flow(conditions, from.getAsInt(), node, caller, called).start();
            new Flow(conditions, node, from.getAsInt(), called, caller).start();
        } catch (IOException refused) {
            hangUp(caller);
        }
    }

    private static void hangUp(Socket caller) {
        try {
            caller.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        conditions.close();
        for (ServerSocket server : servers) {
            try {
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
