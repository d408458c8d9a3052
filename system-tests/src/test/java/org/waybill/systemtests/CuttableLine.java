package org.waybill.systemtests;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A port on loopback that passes everything on to a broker, until it is cut: then the broker sees its clients vanish in the middle of
 * whatever they did, as when their process dies. Threads of its own carry the bytes.
 */
public final class CuttableLine implements AutoCloseable {
    private final int brokerPort;
    private final ServerSocket server;
    private final Queue<Socket> ends = new ConcurrentLinkedQueue<>();

    public CuttableLine(int brokerPort) {
        this.brokerPort = brokerPort;
        try {
            server = new ServerSocket(Ports.free(), 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    /** Where a client connects. */
    public int port() {
        return server.getLocalPort();
    }

    /** Ends all connections at once; new ones are taken as before. */
    public void cut() {
        for (Socket end = ends.poll(); end != null; end = ends.poll()) {
            closeQuietly(end);
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                Socket broker = new Socket(InetAddress.getLoopbackAddress(), brokerPort);
                ends.add(client);
                ends.add(broker);
                start(() -> carry(client, broker));
                start(() -> carry(broker, client));
            }
        } catch (IOException closed) {
            cut();
        }
    }

    private static void carry(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            in.transferTo(out);
        } catch (IOException cut) {
            // both ends are closed now, which is all that a cut line shows
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "cuttable-line");
        thread.setDaemon(true);
        thread.start();
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut();
    }
}
