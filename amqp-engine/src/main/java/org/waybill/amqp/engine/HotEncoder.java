package org.waybill.amqp.engine;

import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.jspecify.annotations.Nullable;

/**
 * Writes frames (AMQP 1.0 part 2, section 2.3): transfer, flow and disposition by hand into the codec's scratch space, everything
 * else through proton-j's encoder.
 *
 * <p>A hand-made frame is begun, its fields are put one by one, null ones at the end left out by the caller, and then finished.
 *
 * <pre>{@code
 *  0        4      5      6         8        11        12       13
 *  +--------+------+------+---------+--------+---------+--------+---------
 *  |  size  | doff | type | channel | 00 53 x|   c0    |  size  | count ...    (or d0 with words for size and count)
 *  +--------+------+------+---------+--------+---------+--------+---------
 * }</pre>
 */
final class HotEncoder {
    static final int HEADER_BYTES = 8;

    private static final int LIST_AT = HEADER_BYTES + 3;
    private static final int FIELDS_AT = LIST_AT + 3;
    private static final int WIDE_FIELDS_AT = LIST_AT + 9;

    private final Codec codec;
    private byte[] out = new byte[0];
    private int at;
    private int fields;

    HotEncoder(Codec codec) {
        this.codec = codec;
    }

    /** Encodes a whole frame through proton-j and writes it. */
    void frame(Output output, int type, int channel, Object body, int maxBytes) {
        int end = codec.encode(body, HEADER_BYTES);
        if (end > maxBytes) {
            throw new IllegalArgumentException("a " + end + " byte frame; the peer takes " + maxBytes);
        }
        out = codec.scratch();
        header(end, type, channel);
        output.write(out, 0, end);
    }

    /** Writes an empty frame. */
    void heartbeat(Output output) {
        out = codec.scratch();
        header(HEADER_BYTES, 0, 0);
        output.write(out, 0, HEADER_BYTES);
    }

    void begin(int descriptor) {
        out = codec.scratch();
        out[HEADER_BYTES] = 0;
        out[HEADER_BYTES + 1] = 0x53;
        out[HEADER_BYTES + 2] = (byte) descriptor;
        out[LIST_AT] = (byte) 0xC0;
        at = FIELDS_AT;
        fields = 0;
    }

    void none() {
        out[at++] = 0x40;
        fields++;
    }

    /** Puts a boolean; answers where, for {@link #patch}. */
    int flag(boolean value) {
        out[at++] = (byte) (value ? 0x41 : 0x42);
        fields++;
        return at - 1;
    }

    void patch(int index, boolean value) {
        out[index] = (byte) (value ? 0x41 : 0x42);
    }

    /** An unsigned int of 32 bits. */
    void number(int value) {
        if (value == 0) {
            out[at++] = 0x43;
        } else if ((value & ~0xFF) == 0) {
            out[at++] = 0x52;
            out[at++] = (byte) value;
        } else {
            out[at++] = 0x70;
            word(at, value);
            at += 4;
        }
        fields++;
    }

    void binary(byte[] value) {
        out[at++] = (byte) 0xA0;
        out[at++] = (byte) value.length;
        System.arraycopy(value, 0, out, at, value.length);
        at += value.length;
        fields++;
    }

    /** The four bytes of a number as a binary: a delivery tag. */
    void tag(int value) {
        out[at++] = (byte) 0xA0;
        out[at++] = 4;
        word(at, value);
        at += 4;
        fields++;
    }

    /** A value of any type. */
    void value(Object value) {
        at = codec.encode(value, at);
        out = codec.scratch();
        fields++;
    }

    void state(@Nullable DeliveryState state) {
        if (state == null) {
            none();
        } else if (state instanceof Accepted) {
            emptyState(0x24);
        } else if (state instanceof Released) {
            emptyState(0x26);
        } else {
            value(state);
        }
    }

    /** Finishes the frame and writes it, less its payload. */
    void finish(Output output, int channel, int payload) {
        end(channel, payload);
        output.write(out, 0, at);
    }

    /** How large the frame is so far without payload, at most. */
    int size() {
        return at + WIDE_FIELDS_AT - FIELDS_AT;
    }

    private void end(int channel, int payload) {
        int size = at - FIELDS_AT + 1;
        if (size <= 0xFF) {
            out[LIST_AT + 1] = (byte) size;
            out[LIST_AT + 2] = (byte) fields;
        } else {
            int shift = WIDE_FIELDS_AT - FIELDS_AT;
            if (out.length - at < shift) {
                codec.reserve(at + shift);
                out = codec.scratch();
            }
            System.arraycopy(out, FIELDS_AT, out, WIDE_FIELDS_AT, at - FIELDS_AT);
            at += shift;
            out[LIST_AT] = (byte) 0xD0;
            word(LIST_AT + 1, at - LIST_AT - 5);
            word(LIST_AT + 5, fields);
        }
        header(at + payload, 0, channel);
    }

    private void emptyState(int descriptor) {
        out[at] = 0;
        out[at + 1] = 0x53;
        out[at + 2] = (byte) descriptor;
        out[at + 3] = 0x45;
        at += 4;
        fields++;
    }

    private void header(int size, int type, int channel) {
        word(0, size);
        out[4] = 2;
        out[5] = (byte) type;
        out[6] = (byte) (channel >>> 8);
        out[7] = (byte) channel;
    }

    private void word(int index, int value) {
        out[index] = (byte) (value >>> 24);
        out[index + 1] = (byte) (value >>> 16);
        out[index + 2] = (byte) (value >>> 8);
        out[index + 3] = (byte) value;
    }
}
