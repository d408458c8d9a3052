package org.waybill.systemtests.client;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A port on loopback that passes everything on to a broker, up to a fault: the broker falls silent with a frame of one kind, or the line is
 * cut after so many bytes. Threads of its own carry the bytes.
 */
final class FaultyLine implements AutoCloseable {
    /** The kinds of frames, by their descriptors (AMQP 1.0 part 2, section 2.7). */
    enum Frame {
        OPEN(0x10),
        BEGIN(0x11),
        ATTACH(0x12),
        FLOW(0x13),
        TRANSFER(0x14),
        DISPOSITION(0x15),
        DETACH(0x16),
        END(0x17),
        CLOSE(0x18),
        /** Whatever comes first. */
        ANY(-1);

        private final int descriptor;

        Frame(int descriptor) {
            this.descriptor = descriptor;
        }

        private boolean is(byte[] frame) {
            return this == ANY || (isPerformative(frame) && frame[frame[4] * 4 + 2] == descriptor);
        }

        /** An AMQP frame, not a protocol header, with a body whose descriptor is a small number as every implementation writes it. */
        private static boolean isPerformative(byte[] frame) {
            int body = frame[4] * 4;
            return frame[0] == 0
                    && frame[5] == 0
                    && frame.length > body + 2
                    && frame[body] == 0
                    && frame[body + 1] == 0x53;
        }
    }

    private static final int HEADER_BYTES = 8;
    private static final int PROTOCOL =
            ByteBuffer.wrap(new byte[] {'A', 'M', 'Q', 'P'}).getInt();

    private final int brokerPort;
    private final ServerSocket server;
    private final Queue<Socket> ends = new ConcurrentLinkedQueue<>();
    private final AtomicLong passedBytes = new AtomicLong();
    private volatile long cutAtBytes = Long.MAX_VALUE;
    private volatile @Nullable Frame silentFrom;

    FaultyLine(int brokerPort) {
        this.brokerPort = brokerPort;
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    /** Where a client connects. */
    int port() {
        return server.getLocalPort();
    }

    /** The broker is not heard any more from its next frame of this kind on, on any connection. */
    FaultyLine silentFrom(Frame kind) {
        silentFrom = kind;
        return this;
    }

    /** The line is cut when so many bytes have passed from now on, in both directions together; new connections are carried on. */
    void cutAfter(long bytes) {
        cutAtBytes = passedBytes.get() + bytes;
    }

    /** What has passed so far, in both directions. */
    long passedBytes() {
        return passedBytes.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                ends.add(client);
                Socket broker = connect(client);
                if (broker != null) {
                    ends.add(broker);
                    start(() -> carry(client, broker, this::passBytes));
                    start(() -> carry(broker, client, this::passFrame));
                }
            }
        } catch (IOException closed) {
            cut();
        }
    }

    /** To the broker; none if that is not there, which the client sees as a connection that ends at once. */
    private @Nullable Socket connect(Socket client) throws IOException {
        try {
            return new Socket(InetAddress.getLoopbackAddress(), brokerPort);
        } catch (IOException e) {
            client.close();
            return null;
        }
    }

    /** Passes on what comes next. */
    private interface Passing {
        void next(DataInputStream in, OutputStream out) throws IOException;
    }

    private void carry(Socket from, Socket to, Passing passing) {
        try (from;
                to) {
            DataInputStream in = new DataInputStream(from.getInputStream());
            while (true) {
                passing.next(in, to.getOutputStream());
            }
        } catch (IOException cut) {
            // both ends are closed now, which is all that a cut line shows
        }
    }

    private void passBytes(InputStream in, OutputStream out) throws IOException {
        byte[] some = new byte[4096];
        int count = in.read(some);
        if (count < 0) {
            throw new EOFException();
        }
        pass(some, count, out);
    }

    private void passFrame(DataInputStream in, OutputStream out) throws IOException {
        byte[] header = in.readNBytes(HEADER_BYTES);
        if (header.length < HEADER_BYTES) {
            throw new EOFException();
        }
        int first = ByteBuffer.wrap(header).getInt();
        byte[] frame = header;
        if (first != PROTOCOL) {
            frame = ByteBuffer.allocate(first)
                    .put(header)
                    .put(in.readNBytes(first - HEADER_BYTES))
                    .array();
        }
        Frame silent = silentFrom;
        if (silent != null && silent.is(frame)) {
            in.transferTo(OutputStream.nullOutputStream());
            throw new EOFException();
        }
        pass(frame, frame.length, out);
    }

    private void pass(byte[] bytes, int count, OutputStream out) throws IOException {
        long passed = passedBytes.getAndAdd(count);
        long cutAt = cutAtBytes;
        if (passed + count < cutAt) {
            out.write(bytes, 0, count);
            return;
        }
        if (cutAt > passed) {
            out.write(bytes, 0, (int) (cutAt - passed));
        }
        cutAtBytes = Long.MAX_VALUE;
        cut();
        throw new EOFException();
    }

    private void cut() {
        for (Socket end = ends.poll(); end != null; end = ends.poll()) {
            closeQuietly(end);
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "faulty-line");
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
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
    }
}
