package org.waybill.systemtests.wire;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.qpid.proton.codec.AMQPDefinedTypes;
import org.apache.qpid.proton.codec.DecoderImpl;
import org.apache.qpid.proton.codec.EncoderImpl;
import org.jspecify.annotations.Nullable;

/** Frames to bytes and back (AMQP 1.0 part 2, section 2.3.1), with no opinion about their order or content. */
final class FrameCodec {
    private static final int HEADER_BYTES = 8;
    private static final int PERFORMATIVE_BYTES = 64 * 1024;

    private final DecoderImpl decoder = new DecoderImpl();
    private final EncoderImpl encoder = new EncoderImpl(decoder);

    FrameCodec() {
        AMQPDefinedTypes.registerAllTypes(decoder, encoder);
    }

    byte[] encode(int type, int channel, @Nullable Object body, byte[] payload) {
        ByteBuffer performative = ByteBuffer.allocate(PERFORMATIVE_BYTES);
        if (body != null) {
            encoder.setByteBuffer(performative);
            encoder.writeObject(body);
        }
        performative.flip();
        int size = HEADER_BYTES + performative.remaining() + payload.length;
        ByteBuffer frame = ByteBuffer.allocate(size);
        frame.putInt(size)
                .put((byte) 2)
                .put((byte) type)
                .putShort((short) channel)
                .put(performative)
                .put(payload);
        return frame.array();
    }

    /** The bytes of one AMQP value or described type. */
    byte[] encodeValue(Object value) {
        ByteBuffer buffer = ByteBuffer.allocate(PERFORMATIVE_BYTES);
        encoder.setByteBuffer(buffer);
        encoder.writeObject(value);
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    Frame read(DataInputStream in) throws IOException {
        int size = in.readInt();
        int dataOffset = in.readUnsignedByte();
        int type = in.readUnsignedByte();
        int channel = in.readUnsignedShort();
        byte[] rest = in.readNBytes(size - HEADER_BYTES);
        if (rest.length != size - HEADER_BYTES) {
            throw new IOException("the peer closed within a frame of " + size + " bytes");
        }
        ByteBuffer content = ByteBuffer.wrap(rest);
        content.position(4 * dataOffset - HEADER_BYTES);
        if (!content.hasRemaining()) {
            return new Frame(type, channel, null, new byte[0]);
        }
        decoder.setByteBuffer(content);
        Object body = decoder.readObject();
        byte[] payload = new byte[content.remaining()];
        content.get(payload);
        return new Frame(type, channel, body, payload);
    }
}
