package org.waybill.amqp.engine;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.qpid.proton.codec.AMQPDefinedTypes;
import org.apache.qpid.proton.codec.DecoderImpl;
import org.apache.qpid.proton.codec.EncoderImpl;
import org.apache.qpid.proton.codec.ReadableBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What the engines of one thread share: proton-j's encoder and decoder, which are far too heavy to have one a connection, and
 * scratch space. Belongs to one thread; give each event loop its own.
 */
public final class Codec {
    static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0);

    private static final int SCRATCH_BYTES = 1024;
    private static final int MAX_SCRATCH_BYTES = 64 * 1024 * 1024;

    final Guard guard = new Guard();
    final HotDecoder hot = new HotDecoder(this);
    final HotEncoder out = new HotEncoder(this);
    private final DecoderImpl decoder = new DecoderImpl();
    private final EncoderImpl encoder = new EncoderImpl(decoder);
    private ByteBuffer scratch = ByteBuffer.allocate(SCRATCH_BYTES);

    /** A codec for the thread that will use it. */
    public Codec() {
        AMQPDefinedTypes.registerAllTypes(decoder, encoder);
        decoder.register(WireXid.DESCRIPTOR, WireXid.CONSTRUCTOR);
    }

    /**
     * Encodes a value: any that AMQP knows, proton-j's described types included.
     *
     * @throws IllegalArgumentException if there is no encoding for it
     */
    public byte[] encode(@Nullable Object value) {
        int end = encode(value, 0);
        return Arrays.copyOf(scratch(), end);
    }

    /**
     * Decodes the values that lie one after the other in {@code in}, such as the sections of a message, which come as proton-j's
     * classes. Checked as frames are.
     *
     * @throws IllegalArgumentException if they are malformed
     */
    public List<Object> decodeAll(byte[] in) {
        ByteBuffer bytes = ByteBuffer.wrap(in);
        List<Object> values = new ArrayList<>();
        try {
            for (int at = 0; at < in.length; ) {
                int end = guard.check(bytes, at, in.length);
                values.add(decode(bytes, at, end));
                at = end;
            }
        } catch (Breach malformed) {
            throw new IllegalArgumentException(malformed.getMessage(), malformed);
        }
        return values;
    }

    /** Scratch space; replaced by {@link #encode} when it grows. */
    byte[] scratch() {
        return scratch.array();
    }

    /** Encodes a value into the scratch space from {@code at} on; what is before stays. Answers where it ends. */
    int encode(@Nullable Object value, int at) {
        while (true) {
            try {
                scratch.clear().position(at);
                encoder.setByteBuffer(scratch);
                encoder.writeObject(value);
                return scratch.position();
            } catch (BufferOverflowException e) {
                if (scratch.capacity() >= MAX_SCRATCH_BYTES) {
                    throw new IllegalArgumentException("a value too large to encode", e);
                }
                reserve(scratch.capacity() * 2);
            }
        }
    }

    /** Makes the scratch space this large at least, with what is in it. */
    void reserve(int bytes) {
        if (scratch.capacity() < bytes) {
            scratch = ByteBuffer.wrap(Arrays.copyOf(scratch.array(), bytes));
        }
    }

    /**
     * Decodes the value between two places of a buffer, checked by the guard before.
     *
     * @throws Breach if it cannot be decoded
     */
    Object decode(ByteBuffer in, int from, int to) {
        ByteBuffer view = in.duplicate().limit(to).position(from);
        try {
            decoder.setBuffer(ReadableBuffer.ByteBufferReader.wrap(view));
            Object value = decoder.readObject();
            if (value == null || view.hasRemaining()) {
                throw Breach.decode("not one described value");
            }
            return value;
        } catch (Breach e) {
            throw e;
        } catch (RuntimeException e) {
            throw Breach.decode("a value that cannot be decoded");
        } finally {
            decoder.setBuffer(ReadableBuffer.ByteBufferReader.wrap(NO_BYTES));
        }
    }
}
