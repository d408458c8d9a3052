package org.waybill.amqp.engine;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedShort;
import org.apache.qpid.proton.amqp.security.SaslInit;
import org.apache.qpid.proton.amqp.security.SaslResponse;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.jspecify.annotations.Nullable;

/** Bytes of a client that keeps to no rules, frame by frame, encoded by proton-j. */
final class Script {
    private final ByteArrayOutput out = new ByteArrayOutput(256);
    private final Codec codec;

    Script(Codec codec) {
        this.codec = codec;
    }

    ByteBuffer bytes() {
        ByteBuffer bytes = ByteBuffer.wrap(Arrays.copyOf(out.array(), out.size()));
        out.clear();
        return bytes;
    }

    Script raw(int... octets) {
        byte[] bytes = new byte[octets.length];
        for (int i = 0; i < octets.length; i++) {
            bytes[i] = (byte) octets[i];
        }
        out.write(bytes, 0, bytes.length);
        return this;
    }

    Script sasl() {
        return raw('A', 'M', 'Q', 'P', 3, 1, 0, 0);
    }

    Script amqp() {
        return raw('A', 'M', 'Q', 'P', 0, 1, 0, 0);
    }

    Script init(String mechanism, @Nullable String response) {
        SaslInit init = new SaslInit();
        init.setMechanism(Symbol.valueOf(mechanism));
        init.setInitialResponse(response == null ? null : new Binary(Peer.bytes(response)));
        codec.out.frame(out, 1, 0, init, Integer.MAX_VALUE);
        return this;
    }

    Script response(String text) {
        SaslResponse response = new SaslResponse();
        response.setResponse(new Binary(Peer.bytes(text)));
        codec.out.frame(out, 1, 0, response, Integer.MAX_VALUE);
        return this;
    }

    Script frame(int channel, Object performative) {
        codec.out.frame(out, 0, channel, performative, Integer.MAX_VALUE);
        return this;
    }

    Script begin(int channel, @Nullable Integer remote) {
        Begin begin = new Begin();
        begin.setRemoteChannel(remote == null ? null : UnsignedShort.valueOf(remote.shortValue()));
        begin.setNextOutgoingId(UnsignedInteger.ONE);
        begin.setIncomingWindow(UnsignedInteger.valueOf(10));
        begin.setOutgoingWindow(UnsignedInteger.valueOf(10));
        return frame(channel, begin);
    }

    Script transfer(int channel, Transfer transfer, byte[] payload) {
        int end = codec.encode(transfer, HotEncoder.HEADER_BYTES);
        byte[] frame = Arrays.copyOf(codec.scratch(), end + payload.length);
        System.arraycopy(payload, 0, frame, end, payload.length);
        ByteBuffer.wrap(frame).putInt(frame.length).put((byte) 2).put((byte) 0).putShort((short) channel);
        out.write(frame, 0, frame.length);
        return this;
    }

    Attach attachSender(String name, int handle) {
        Attach attach = Peer.attach("a");
        attach.setName(name);
        attach.setHandle(UnsignedInteger.valueOf(handle));
        attach.setRole(Role.SENDER);
        attach.setInitialDeliveryCount(UnsignedInteger.ZERO);
        return attach;
    }

    Attach attachReceiver(String name, int handle) {
        Attach attach = Peer.attach("a");
        attach.setName(name);
        attach.setHandle(UnsignedInteger.valueOf(handle));
        attach.setRole(Role.RECEIVER);
        return attach;
    }

    static Transfer transfer(int handle, @Nullable Integer id, @Nullable String tag, boolean more) {
        Transfer transfer = new Transfer();
        transfer.setHandle(UnsignedInteger.valueOf(handle));
        transfer.setDeliveryId(id == null ? null : UnsignedInteger.valueOf(id.intValue()));
        transfer.setDeliveryTag(tag == null ? null : new Binary(Peer.bytes(tag)));
        transfer.setMore(more);
        return transfer;
    }
}
