package org.waybill.cluster.link;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The other end of a link as a plain socket, which says what a test wants and reads when it wants. */
final class RawPeer implements AutoCloseable {
    private final Socket socket;

    private RawPeer(Socket socket) {
        this.socket = socket;
    }

    /** Connects, and says nothing. */
    static RawPeer connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) TestNode.PATIENCE_S * 1_000);
        return new RawPeer(socket);
    }

    /** Whoever connects next. */
    static RawPeer accept(ServerSocket server) throws IOException {
        Socket socket = server.accept();
        socket.setSoTimeout((int) TestNode.PATIENCE_S * 1_000);
        return new RawPeer(socket);
    }

    static Handshake.Local local(LinkOptions options) {
        Function<Integer, @Nullable Peer> peers = number -> options.peers().stream()
                .filter(each -> each.number() == number)
                .findFirst()
                .orElse(null);
        return new Handshake.Local(
                new Secret(options.cluster(), options.secret()), options.self().number(), Hello.table(options), peers);
    }

    /** Proves to be the node with these options: to the one it dialled, or to whoever has connected (null). */
    RawPeer prove(LinkOptions options, @Nullable Peer dialled) throws IOException {
        byte[] nonce = new byte[Hello.NONCE_BYTES];
        Arrays.fill(nonce, (byte) 7);
        Handshake handshake = new Handshake(local(options), dialled, nonce, peer -> null);
        write(handshake.begin());
        while (!handshake.isDone()) {
            int first = socket.getInputStream().read();
            if (first < 0) {
                throw new IOException("closed: " + handshake.whyBroken());
            }
            Handshake.Step step = handshake.take(new byte[] {(byte) first});
            write(step.say());
            if (step.refusal() != null) {
                throw new IOException(step.refusal());
            }
        }
        return this;
    }

    RawPeer write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** What the other side says first. */
    Hello readHello() throws IOException {
        byte[] first = read(10);
        int length = Hello.length(ByteBuffer.wrap(first));
        byte[] all = Arrays.copyOf(first, length);
        System.arraycopy(read(length - first.length), 0, all, first.length, length - first.length);
        return Hello.read(all);
    }

    byte[] read(int count) throws IOException {
        return new DataInputStream(socket.getInputStream()).readNBytes(count);
    }

    /** Reads until the other side closes. */
    void readToEnd() throws IOException {
        byte[] into = new byte[1 << 16];
        try {
            while (socket.getInputStream().read(into) >= 0) {}
        } catch (java.net.SocketException reset) {
            // closed too, with something unread on the other side
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
