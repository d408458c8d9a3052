package org.waybill.benchmarks.amqp;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/** A socket with its buffers: cuts what is read into frames and holds what is to be written until the flush. */
final class Wire {
    private static final int FRAME_HEADER_BYTES = 8;

    private final Connection connection;
    private final SocketChannel channel;
    private final SelectionKey key;
    private final int bufferBytes;
    private byte[] in;
    private ByteBuffer inView;
    private int inBytes;
    private ByteBuffer out;
    private boolean headerDue = true;
    private boolean closed;

    Wire(Connection connection, EventLoop loop, SocketChannel channel, int bufferBytes) throws IOException {
        this.connection = connection;
        this.channel = channel;
        this.bufferBytes = bufferBytes;
        in = new byte[bufferBytes];
        inView = ByteBuffer.wrap(in);
        out = ByteBuffer.allocateDirect(bufferBytes * 2);
        channel.configureBlocking(false);
        key = loop.register(channel, connection);
    }

    boolean closed() {
        return closed;
    }

    /** The buffer to write to, grown so that there is room for that many bytes. */
    ByteBuffer room(int bytes) {
        if (out.remaining() < bytes) {
            ByteBuffer larger = ByteBuffer.allocateDirect(Math.max(out.capacity() * 2, out.position() + bytes));
            out.flip();
            out = larger.put(out);
        }
        return out;
    }

    int pendingBytes() {
        return out.position();
    }

    /** After this the peer's next bytes are a protocol header, as they are after SASL. */
    void expectHeader() {
        headerDue = true;
    }

    void flush() throws IOException {
        if (closed) {
            return;
        }
        if (out.position() > 0) {
            out.flip();
            channel.write(out);
            out.compact();
        }
        int interest = out.position() > 0 ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ;
        if (key.isValid() && key.interestOps() != interest) {
            key.interestOps(interest);
        }
    }

    /** Reads once and hands every whole frame to the connection. */
    void read() throws IOException {
        int read = channel.read(inView.position(inBytes).limit(in.length));
        if (read < 0) {
            throw new EOFException("the peer closed the connection");
        }
        inBytes += read;
        int consumed = 0;
        int size = nextUnitBytes(0);
        while (inBytes - consumed >= size) {
            handle(consumed, size);
            consumed += size;
            size = nextUnitBytes(consumed);
        }
        inBytes -= consumed;
        if (size > in.length) {
            in = Arrays.copyOfRange(in, consumed, consumed + size + bufferBytes);
            inView = ByteBuffer.wrap(in);
        } else if (consumed > 0) {
            System.arraycopy(in, consumed, in, 0, inBytes);
        }
    }

    /** Size of the protocol header or frame at that position; the least it can be while it is not all there. */
    private int nextUnitBytes(int at) throws IOException {
        if (headerDue || inBytes - at < 4) {
            return FRAME_HEADER_BYTES;
        }
        int size = inView.getInt(at);
        if (size < FRAME_HEADER_BYTES) {
            throw new IOException("the peer sent a frame of " + size + " bytes");
        }
        return size;
    }

    private void handle(int at, int size) throws IOException {
        if (headerDue) {
            headerDue = false;
            connection.onHeader(in[at + 4]);
            return;
        }
        int body = at + (in[at + 4] & 255) * 4;
        if (body < at + size) {
            connection.onFrame(in, body, at + size);
        }
    }

    void close() {
        closed = true;
        try {
            channel.close();
        } catch (IOException e) {
            // nothing can be done about a socket that does not close, and nothing depends on it
        }
    }
}
