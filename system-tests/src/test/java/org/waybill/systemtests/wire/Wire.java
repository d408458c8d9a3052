package org.waybill.systemtests.wire;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.security.SaslInit;
import org.apache.qpid.proton.amqp.security.SaslMechanisms;
import org.apache.qpid.proton.amqp.security.SaslOutcome;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.Transfer;

/**
 * A connection to a broker as a blocking socket that carries frames. Owned by one thread; every read waits for a bounded time. A broken
 * connection shows as {@link UncheckedIOException} when writing and as an empty result of {@link #next} when reading.
 */
public final class Wire implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final byte[] NOTHING = new byte[0];

    private final FrameCodec codec = new FrameCodec();
    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final Map<Integer, Integer> ourChannels = new HashMap<>();
    private final Map<Integer, Long> nextIncomingIds = new HashMap<>();

    private Wire(Socket socket) throws IOException {
        this.socket = socket;
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 64 * 1024));
        out = socket.getOutputStream();
    }

    /** The protocol header of plain AMQP. */
    public static byte[] amqpHeader() {
        return new byte[] {'A', 'M', 'Q', 'P', 0, 1, 0, 0};
    }

    /** The protocol header of the SASL layer. */
    public static byte[] saslHeader() {
        return new byte[] {'A', 'M', 'Q', 'P', 3, 1, 0, 0};
    }

    /** A bare TCP connection; nothing has been sent. */
    public static Wire connect(int port) {
        try {
            Socket socket = new Socket();
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) PATIENCE.toMillis());
            socket.setTcpNoDelay(true);
            socket.setSoTimeout((int) PATIENCE.toMillis());
            return new Wire(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Logged in as ANONYMOUS and opened under this container id, with a frame size of 64 KiB and no idle time-out of ours. */
    public static Wire open(int port, String containerId) {
        Open open = new Open();
        open.setContainerId(containerId);
        open.setMaxFrameSize(UnsignedInteger.valueOf(64 * 1024));
        return open(port, open);
    }

    /** Logged in as ANONYMOUS, with this open exchanged for the broker's. */
    public static Wire open(int port, Open open) {
        Wire wire = connect(port);
        wire.loginAnonymous();
        wire.writeBytes(amqpHeader());
        wire.expectBytes(amqpHeader());
        wire.write(0, open);
        wire.expect(Open.class);
        return wire;
    }

    /** The SASL layer with ANONYMOUS, up to a successful outcome. */
    public void loginAnonymous() {
        SaslOutcome outcome = login("ANONYMOUS", NOTHING);
        if (outcome.getCode().getValue().intValue() != 0) {
            throw new AssertionError("ANONYMOUS was answered with " + outcome);
        }
    }

    /** The SASL layer with PLAIN. */
    public SaslOutcome loginPlain(String user, String password) {
        return login("PLAIN", ("\0" + user + "\0" + password).getBytes(StandardCharsets.UTF_8));
    }

    /** The SASL layer with a mechanism whose first message is all of it. */
    public SaslOutcome login(String mechanism, byte[] initialResponse) {
        writeBytes(saslHeader());
        expectBytes(saslHeader());
        expect(SaslMechanisms.class);
        SaslInit init = new SaslInit();
        init.setMechanism(Symbol.valueOf(mechanism));
        init.setInitialResponse(new Binary(initialResponse));
        writeSasl(init);
        return expect(SaslOutcome.class);
    }

    /** Bytes as they are. */
    public void writeBytes(byte[] bytes) {
        try {
            out.write(bytes);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One AMQP frame without payload. */
    public void write(int channel, Object performative) {
        write(channel, performative, NOTHING);
    }

    /** One AMQP frame. */
    public void write(int channel, Object performative, byte[] payload) {
        writeBytes(encode(channel, performative, payload));
    }

    /** One SASL frame. */
    public void writeSasl(Object body) {
        writeBytes(encodeSasl(body));
    }

    /** The bytes of one SASL frame, not sent. */
    public byte[] encodeSasl(Object body) {
        return codec.encode(1, 0, body, NOTHING);
    }

    /** The bytes of one AMQP frame, not sent. */
    public byte[] encode(int channel, Object performative, byte[] payload) {
        return codec.encode(0, channel, performative, payload);
    }

    /** The bytes of one AMQP value or section, not sent. */
    public byte[] encodeValue(Object value) {
        return codec.encodeValue(value);
    }

    /** The transfer id that we expect next on this channel of ours, for a flow of ours. */
    public UnsignedInteger nextIncomingId(int channel) {
        return UnsignedInteger.valueOf(nextIncomingIds.getOrDefault(channel, 0L) & 0xffff_ffffL);
    }

    private Frame read() throws IOException {
        Frame frame = codec.read(in);
        if (frame.body() instanceof Begin begin && begin.getRemoteChannel() != null) {
            ourChannels.put(frame.channel(), begin.getRemoteChannel().intValue());
            nextIncomingIds.put(
                    begin.getRemoteChannel().intValue(),
                    begin.getNextOutgoingId().longValue());
        } else if (frame.body() instanceof Transfer) {
            nextIncomingIds.computeIfPresent(ourChannels.getOrDefault(frame.channel(), -1), (channel, id) -> id + 1);
        }
        return frame;
    }

    /** Reads exactly these bytes. */
    public void expectBytes(byte[] expected) {
        try {
            byte[] seen = in.readNBytes(expected.length);
            if (!Arrays.equals(expected, seen)) {
                throw new AssertionError("expected the bytes " + HexFormat.of().formatHex(expected) + ", got "
                        + HexFormat.of().formatHex(seen));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next bytes, as many as come before the peer closes, at most this many. */
    public byte[] firstBytes(int count) {
        try {
            return in.readNBytes(count);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next frame, heartbeats included; empty once the peer has closed the connection; fails when nothing comes. */
    public Optional<Frame> next() {
        try {
            return Optional.of(read());
        } catch (SocketTimeoutException e) {
            throw new AssertionError("nothing came within " + PATIENCE, e);
        } catch (EOFException | SocketException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether a frame, be it a heartbeat, comes within this time; it is read and dropped. */
    public boolean comesWithin(Duration atMost) {
        try {
            socket.setSoTimeout((int) atMost.toMillis());
            in.mark(1);
            if (in.read() < 0) {
                return false;
            }
            in.reset();
            socket.setSoTimeout((int) PATIENCE.toMillis());
            read();
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            restorePatience();
        }
    }

    /** The next performative, which must be of this type; heartbeats are passed over. */
    public <T> T expect(Class<T> type) {
        return type.cast(expectFrame(type).body());
    }

    /** The next frame that is not a heartbeat, whose performative must be of this type. */
    public Frame expectFrame(Class<?> type) {
        while (true) {
            Frame frame =
                    next().orElseThrow(() -> new AssertionError("the peer closed, expected " + type.getSimpleName()));
            if (type.isInstance(frame.body())) {
                return frame;
            }
            if (frame.body() != null) {
                throw new AssertionError("expected " + type.getSimpleName() + ", got " + frame.body());
            }
        }
    }

    /** Passes over frames until one of this type comes. */
    public <T> T await(Class<T> type) {
        return type.cast(awaitFrame(type).body());
    }

    /** Passes over frames until one with a performative of this type comes. */
    public Frame awaitFrame(Class<?> type) {
        StringBuilder passed = new StringBuilder();
        while (true) {
            Frame frame = next().orElseThrow(() ->
                    new AssertionError("the peer closed, awaited " + type.getSimpleName() + " after" + passed));
            if (type.isInstance(frame.body())) {
                return frame;
            }
            passed.append(' ').append(frame.body());
        }
    }

    /** Reads until the peer closes the connection, which it must do in time; what came before is dropped. */
    public void awaitEnd() {
        while (next().isPresent()) {
            // dropped
        }
    }

    /** Whether the peer closes within this time; bytes that come before are dropped. */
    public boolean endsWithin(Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        try {
            while (true) {
                long leftMs = (deadline - System.nanoTime()) / 1_000_000;
                if (leftMs <= 0) {
                    return false;
                }
                socket.setSoTimeout((int) leftMs);
                if (in.read() < 0) {
                    return true;
                }
            }
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        } finally {
            restorePatience();
        }
    }

    /** The end of our stream; the other direction stays open. */
    public void shutdownOutput() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Drops the connection with a TCP reset, as a kernel does for a client that died with unread bytes. */
    public void reset() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void restorePatience() {
        try {
            socket.setSoTimeout((int) PATIENCE.toMillis());
        } catch (SocketException e) {
            // closed meanwhile: the next read says so
        }
    }

    /** Drops the connection without a close performative, as a crashed client would. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
