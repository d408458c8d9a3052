package org.waybill.amqp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Role;
import org.junit.jupiter.api.Test;

/** Whatever the bytes are: no exception, an end with a condition or progress, and the same for any cut into pieces. */
class HostileInputRandomTest {
    private static final Limits LIMITS = Peer.limits(4096, 100, 0);

    private final Codec codec = new Codec();

    @Test
    void hearsTheSameWhereverTheInputIsCut() {
        byte[] input = conversation();
        List<String> whole = fed(input, input.length);
        assertThat(whole).endsWith("close -", "lost p -", "end -", "closed -");
        for (int cut = 0; cut <= input.length; cut++) {
            Peer server = server();
            server.engine.receive(ByteBuffer.wrap(input, 0, cut));
            server.engine.receive(ByteBuffer.wrap(input, cut, input.length - cut));
            assertThat(server.log).as("cut at %d", cut).isEqualTo(whole);
        }
        for (int piece = 1; piece < 64; piece++) {
            assertThat(fed(input, piece)).as("pieces of %d", piece).isEqualTo(whole);
        }
    }

    @Test
    void takesTheSameFromDirectBuffers() {
        byte[] input = conversation();
        Peer server = server();
        server.engine.receive(ByteBuffer.allocateDirect(input.length).put(input).flip());
        assertThat(server.log).isEqualTo(fed(input, input.length));
    }

    @Test
    void survivesFlippedBytes() {
        byte[] input = conversation();
        for (long seed = 1; seed <= 6000; seed++) {
            Random random = new Random(seed);
            byte[] hostile = input.clone();
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                hostile[16 + random.nextInt(hostile.length - 16)] = (byte) random.nextInt();
            }
            survives(hostile, "seed " + seed, 1 + random.nextInt(hostile.length));
        }
    }

    @Test
    void survivesRandomBodiesBehindValidHeaders() {
        byte[] opening = opening().bytes().array();
        for (long seed = 1; seed <= 6000; seed++) {
            Random random = new Random(seed);
            Peer server = server();
            server.engine.receive(ByteBuffer.wrap(opening));
            for (int i = 0; i < 5; i++) {
                server.engine.receive(ByteBuffer.wrap(frame(random)));
            }
            server.engine.tick(1);
            server.engine.inputClosed();
            assertThat(server.log.get(server.log.size() - 1))
                    .as("seed %d", seed)
                    .startsWith("closed");
        }
    }

    @Test
    void refusesBombs() {
        int[] nulls = {0, 0x53, 0x12, 0xF0, 0, 0, 0, 5, 0x7F, 0xFF, 0xFF, 0xFF, 0x40};
        assertThat(afterOpen(nulls)).endsWith("closed amqp:decode-error");
        int[] deep = new int[3003];
        java.util.Arrays.fill(deep, 0x00);
        deep[1] = 0x53;
        deep[2] = 0x12;
        assertThat(afterOpen(deep)).endsWith("closed amqp:decode-error");
        int[] counted = {0, 0x53, 0x12, 0xD0, 0, 0, 0, 4, 0x7F, 0xFF, 0xFF, 0xFF};
        assertThat(afterOpen(counted)).endsWith("closed amqp:decode-error");
        int[] emptyLists = {0, 0x53, 0x12, 0xC0, 12, 1, 0xF0, 0, 0, 0, 5, 0, 16, 0, 0, 0x45, 0};
        assertThat(afterOpen(emptyLists)).endsWith("closed amqp:decode-error");
        int[] unknown = {0, 0x53, 0x77, 0x45};
        assertThat(afterOpen(unknown)).last().asString().startsWith("closed amqp:");
    }

    @Test
    void forgetsNoRangeHoweverOftenItIsDisposed() {
        Pair pair = Pair.ordinary();
        SenderLink link = pair.producer("p", 100);
        for (int i = 0; i < 100; i++) {
            Peer.send(link, i, false, new byte[1]);
        }
        Disposition disposition = new Disposition();
        disposition.setRole(Role.RECEIVER);
        disposition.setFirst(UnsignedInteger.ZERO);
        disposition.setLast(UnsignedInteger.valueOf(1L << 31));
        Script script = new Script(pair.codec);
        for (int i = 0; i < 10_000; i++) {
            script.frame(0, disposition);
        }
        pair.client.answers = false;
        pair.client.engine.receive(script.bytes());
        assertThat(pair.session.outgoingUnsettled()).isEqualTo(100);
        assertThat(pair.session.isEnded()).isFalse();
    }

    private List<String> afterOpen(int[] body) {
        Script script = opening();
        int size = body.length + 8;
        script.raw(0, 0, size >> 8, size & 0xFF, 2, 0, 0, 0).raw(body);
        Peer server = server();
        server.engine.receive(script.bytes());
        return server.log;
    }

    private void survives(byte[] input, String what, int piece) {
        Peer server = server();
        for (int at = 0; at < input.length; at += piece) {
            server.engine.receive(ByteBuffer.wrap(input, at, Math.min(piece, input.length - at)));
        }
        server.engine.inputClosed();
        assertThat(server.log.get(server.log.size() - 1)).as(what).startsWith("closed");
        assertThat(server.out.size()).as(what).isLessThan(100_000);
        assertThat(server.log.stream().filter(line -> line.startsWith("closed")))
                .as(what)
                .hasSize(1);
    }

    private List<String> fed(byte[] input, int piece) {
        Peer server = server();
        for (int at = 0; at < input.length; at += piece) {
            server.engine.receive(ByteBuffer.wrap(input, at, Math.min(piece, input.length - at)));
        }
        return new ArrayList<>(server.log);
    }

    private Peer server() {
        Peer server = Peer.server(codec, LIMITS);
        server.credit = 20;
        return server;
    }

    private Script opening() {
        Script script = new Script(codec).sasl().init("PLAIN", "x").amqp();
        return script.frame(0, Peer.open("c")).begin(0, null).frame(0, script.attachSender("p", 0));
    }

    private byte[] conversation() {
        Script script = opening();
        Attach receiver = script.attachReceiver("c", 1);
        receiver.setDesiredCapabilities(Symbol.valueOf("queue"));
        receiver.setProperties(java.util.Map.of(Symbol.valueOf("k"), java.util.List.of(1, "two", 3L)));
        script.frame(0, receiver);
        script.transfer(0, Script.transfer(0, 0, "t", false), new byte[50]);
        script.transfer(0, Script.transfer(0, 1, "u", true), new byte[100]);
        script.transfer(0, Script.transfer(0, 1, null, false), new byte[10]);
        Flow flow = new Flow();
        flow.setNextIncomingId(UnsignedInteger.ONE);
        flow.setIncomingWindow(UnsignedInteger.valueOf(10));
        flow.setNextOutgoingId(UnsignedInteger.ONE);
        flow.setOutgoingWindow(UnsignedInteger.valueOf(10));
        flow.setHandle(UnsignedInteger.ONE);
        flow.setDeliveryCount(UnsignedInteger.ZERO);
        flow.setLinkCredit(UnsignedInteger.valueOf(5));
        flow.setEcho(true);
        script.frame(0, flow);
        Disposition disposition = new Disposition();
        disposition.setRole(Role.SENDER);
        disposition.setFirst(UnsignedInteger.ZERO);
        disposition.setLast(UnsignedInteger.ONE);
        disposition.setSettled(true);
        disposition.setState(Accepted.getInstance());
        script.frame(0, disposition);
        disposition.setState(new Modified());
        script.frame(0, disposition);
        Detach detach = new Detach();
        detach.setHandle(UnsignedInteger.ONE);
        detach.setClosed(true);
        script.frame(0, detach).begin(1, null).frame(1, new End());
        return script.frame(0, new Close()).bytes().array();
    }

    private static byte[] frame(Random random) {
        byte[] body = new byte[random.nextInt(120)];
        random.nextBytes(body);
        byte[] interesting = {0, 0x53, 0x40, 0x43, 0x45, (byte) 0xC0, (byte) 0xD0, (byte) 0xE0, (byte) 0xF0, (byte) 0xC1
        };
        for (int i = 0; i < body.length; i++) {
            if (random.nextInt(3) > 0) {
                body[i] = interesting[random.nextInt(interesting.length)];
            }
        }
        if (body.length > 5) {
            body[0] = 0;
            body[1] = 0x53;
            body[2] = (byte) (0x10 + random.nextInt(9));
            body[3] = (byte) 0xC0;
            body[4] = (byte) (random.nextBoolean() ? body.length - 5 : random.nextInt(120));
        }
        byte[] frame = new byte[body.length + 8];
        ByteBuffer.wrap(frame)
                .putInt(frame.length)
                .put((byte) 2)
                .put((byte) 0)
                .putShort((short) 0)
                .put(body);
        return frame;
    }
}
