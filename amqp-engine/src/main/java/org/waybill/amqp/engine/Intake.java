package org.waybill.amqp.engine;

import java.nio.ByteBuffer;
import org.apache.qpid.proton.amqp.transport.Close;
import org.jspecify.annotations.Nullable;

/**
 * A connection's input: cuts it into headers and frames, checks those, and hands each to whom it concerns. What is wrong with it ends
 * the connection, never the caller.
 */
final class Intake {
    private final ConnectionEngine connection;
    private final FrameParser parser = new FrameParser();
    private long handshakeBytes;
    private boolean receiving;

    Intake(ConnectionEngine connection) {
        this.connection = connection;
    }

    /** Takes all of a chunk, unless the connection ends over it. */
    @SuppressWarnings("ReferenceEquality")
    void take(ByteBuffer in) {
        int limit = in.limit();
        receiving = true;
        try {
            while (!connection.isClosed()) {
                Handshake handshake = connection.handshake();
                if (handshake != null && handshake.isWaiting()) {
                    handshake.keep(in, connection.limits().handshakeBytes());
                    return;
                }
                ByteBuffer unit =
                        parser.next(in, handshake != null && handshake.expectsHeader(), maxFrameBytes(handshake));
                if (unit == null) {
                    return;
                }
                int end = unit.limit();
                unit(unit, unit.position(), end);
                // Otherwise the parser had the unit in a buffer of its own and has moved the input on already.
                if (unit == in) {
                    in.limit(limit).position(end);
                }
            }
        } catch (Breach e) {
            connection.fail(e.error());
        } finally {
            in.limit(limit);
            receiving = false;
        }
    }

    /** Goes on with input that waited for the host, unless that is being done already. */
    void resume() {
        Handshake handshake = connection.handshake();
        if (receiving || handshake == null) {
            return;
        }
        ByteBuffer kept = handshake.takeKept();
        if (kept != null) {
            take(kept);
            connection.flush();
        }
    }

    private int maxFrameBytes(@Nullable Handshake handshake) {
        return handshake == null ? connection.limits().maxFrameBytes() : Limits.MIN_MAX_FRAME_BYTES;
    }

    private void unit(ByteBuffer in, int from, int to) {
        if (connection.remoteOpen() == null) {
            handshakeBytes += to - from;
            if (handshakeBytes > connection.limits().handshakeBytes()) {
                throw new Breach(Conditions.RESOURCE_LIMIT_EXCEEDED, "too much input before open");
            }
        }
        Handshake handshake = connection.handshake();
        if (handshake != null && handshake.expectsHeader()) {
            if (handshake.header(in)) {
                connection.handshakeDone();
            }
            return;
        }
        int body = from + (in.get(from + 4) & 0xFF) * 4;
        if (body < from + FrameParser.UNIT_HEADER_BYTES || body > to) {
            throw Breach.framing("a data offset outside its frame");
        }
        int type = in.get(from + 5);
        if (type != (handshake == null ? 0 : 1)) {
            throw Breach.framing("a frame of the wrong type");
        }
        if (handshake != null) {
            handshake.frame(decode(in, body, to));
        } else if (body < to) {
            frame(in, in.getShort(from + 6) & 0xFFFF, body, to);
        }
    }

    private void frame(ByteBuffer in, int channel, int body, int to) {
        Codec codec = connection.codec();
        if (channel > connection.limits().channelMax()) {
            throw Breach.framing("a channel above channel-max");
        }
        if (!connection.isClosing()
                && connection.remoteOpen() != null
                && to - body > 3
                && in.getShort(body) == 0x0053) {
            int code = in.get(body + 2);
            if (code >= HotDecoder.FLOW && code <= HotDecoder.DISPOSITION && codec.hot.read(code, in, body + 3, to)) {
                hot(code, connection.session(channel), in, to);
                return;
            }
        }
        int end = codec.guard.check(in, body, to);
        Object performative = codec.decode(in, body, end);
        int code = codec.hot.from(performative, end);
        if (end != to && code != HotDecoder.TRANSFER) {
            throw Breach.decode("bytes behind a performative");
        }
        if (connection.isClosing() && !(performative instanceof Close)) {
            return;
        }
        if (code != 0) {
            connection.expectOpen();
            hot(code, connection.session(channel), in, to);
        } else {
            connection.performative(performative, channel);
        }
    }

    private void hot(int code, SessionEngine session, ByteBuffer in, int to) {
        switch (code) {
            case HotDecoder.TRANSFER -> session.transfer(in, to);
            case HotDecoder.FLOW -> session.flow();
            default -> session.disposition();
        }
    }

    private Object decode(ByteBuffer in, int from, int to) {
        Codec codec = connection.codec();
        if (codec.guard.check(in, from, to) != to) {
            throw Breach.decode("bytes behind a SASL frame's body");
        }
        return codec.decode(in, from, to);
    }
}
