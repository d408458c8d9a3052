package org.waybill.systemtests.chaos;

import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.Random;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.waybill.systemtests.wire.Frame;
import org.waybill.systemtests.wire.Wire;

/**
 * A connection whose client dies at a given one of its writes, of which it still gets out as many bytes as chance has it, none and all
 * included. Owned by one thread.
 */
final class MortalWire implements AutoCloseable {
    /** Thrown where the client dies. */
    static final class Died extends RuntimeException {
        private static final long serialVersionUID = 1;

        Died() {
            super(null, null, false, false);
        }
    }

    private final Random random;
    private final Wire wire;
    private final Queue<Frame> transfers = new ArrayDeque<>();
    private int writesLeft;

    /** Connects, and dies at the write after this many; 0 is in the middle of its first. */
    MortalWire(int port, String container, Random random, int writesLeft) {
        this.random = random;
        this.writesLeft = writesLeft;
        wire = Wire.connect(port);
        try {
            open(container);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void open(String container) {
        if (writesLeft == 0) {
            writeBytes(Wire.saslHeader());
        }
        wire.loginAnonymous();
        writeBytes(Wire.amqpHeader());
        wire.expectBytes(Wire.amqpHeader());
        Open open = new Open();
        open.setContainerId(container);
        open.setMaxFrameSize(UnsignedInteger.valueOf(64 * 1024));
        write(open);
        wire.expect(Open.class);
    }

    /** The connection itself, for what only reads or encodes. */
    Wire wire() {
        return wire;
    }

    /** Writes a frame without payload on the only channel. */
    void write(Object performative) {
        write(performative, new byte[0]);
    }

    /** Writes a frame on the only channel. Returns if all of it was written and the client lives. */
    void write(Object performative, byte[] payload) {
        writeBytes(wire.encode(0, performative, payload));
    }

    private void writeBytes(byte[] bytes) {
        if (writesLeft-- > 0) {
            wire.writeBytes(bytes);
            return;
        }
        int written = random.nextInt(3) == 0 ? bytes.length : random.nextInt(bytes.length + 1);
        wire.writeBytes(Arrays.copyOf(bytes, written));
        throw new Died();
    }

    /** The next transfer frame, those included that came while something else was awaited. */
    Frame nextTransfer() {
        Frame before = transfers.poll();
        return before == null ? wire.awaitFrame(Transfer.class) : before;
    }

    /** The next performative of this type. Transfers are kept for later, others passed over. */
    <T> T await(Class<T> type) {
        while (true) {
            Frame frame = wire.next()
                    .orElseThrow(() -> new AssertionError("the broker closed the connection of a client that awaited "
                            + type.getSimpleName() + " and did no wrong"));
            if (type.isInstance(frame.body())) {
                return type.cast(frame.body());
            }
            if (frame.body() instanceof Transfer) {
                transfers.add(frame);
            }
        }
    }

    /** Dies for good, if it has not: with a reset or a plain end of the stream. */
    @Override
    public void close() {
        try {
            if (random.nextBoolean()) {
                wire.reset();
            } else {
                wire.close();
            }
        } catch (UncheckedIOException e) {
            // gone already
        }
    }
}
