package org.waybill.amqp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.apache.qpid.proton.amqp.security.SaslCode;
import org.apache.qpid.proton.amqp.transport.Open;
import org.junit.jupiter.api.Test;

class ConnectionEngineTest {
    private static final long MS = 1_000_000;

    @Test
    void opensThroughSaslAndClosesOrderly() {
        Pair pair = Pair.ordinary();
        assertThat(pair.client.log)
                .containsExactly("mechanisms [PLAIN, ANONYMOUS]", "challenge 0", "outcome OK", "open server", "begun");
        assertThat(pair.server.log).containsExactly("init PLAIN", "response secret", "open client", "begin");
        assertThat(pair.client.engine.isOpen()).isTrue();
        pair.clearLogs();

        pair.client.engine.close(null);
        pair.exchange();

        assertThat(pair.client.log).containsExactly("end -", "close -", "closed -");
        assertThat(pair.server.log).containsExactly("close -", "end -", "closed -");
    }

    @Test
    void opensWhateverThePiecesAre() {
        for (int piece = 1; piece < 40; piece++) {
            Codec codec = new Codec();
            Peer client = Peer.client(codec, Limits.DEFAULT);
            Peer server = Peer.server(codec, Limits.DEFAULT);
            client.engine.open(Peer.open("client"));
            client.engine.session(client).begin();
            Peer.exchange(client, server, piece);
            assertThat(client.log).as("pieces of %d", piece).endsWith("open server", "begun");
        }
    }

    @Test
    void takesEverythingPipelinedInOneWrite() {
        Codec codec = new Codec();
        Script script = new Script(codec).sasl().init("PLAIN", "x").amqp();
        script.frame(0, Peer.open("c")).begin(0, null).frame(0, script.attachSender("p", 0));
        Peer server = Peer.server(codec, Limits.DEFAULT);
        server.engine.receive(script.bytes());
        assertThat(server.log).containsExactly("init PLAIN", "open c", "begin", "receiver p");
    }

    @Test
    void keepsPipelinedInputUntilTheHostDecides() {
        Codec codec = new Codec();
        Script script = new Script(codec).sasl().init("PLAIN", "x").amqp();
        script.frame(0, Peer.open("c")).begin(0, null);
        Peer server = Peer.server(codec, Limits.DEFAULT);
        server.answers = false;
        server.engine.receive(script.bytes());
        assertThat(server.log).containsExactly("init PLAIN");

        server.engine.saslOutcome(SaslCode.OK, null);

        assertThat(server.log).containsExactly("init PLAIN", "open c", "begin");
    }

    @Test
    void endsAtOnceAfterAFailedOutcome() {
        Codec codec = new Codec();
        Peer client = Peer.client(codec, Limits.DEFAULT);
        Peer server = Peer.server(codec, Limits.DEFAULT);
        server.decision = SaslCode.AUTH;
        Peer.exchange(client, server, 1000);
        assertThat(server.log).endsWith("closed amqp:unauthorized-access");
        assertThat(client.log).endsWith("outcome AUTH", "closed amqp:unauthorized-access");
    }

    @Test
    void showsItsHeaderToWhoSpeaksSomethingElse() {
        Peer server = Peer.server(new Codec(), Limits.DEFAULT);
        server.engine.receive(ByteBuffer.wrap(Peer.bytes("GET / HTTP/1.1\r\n\r\n")));
        assertThat(server.log).containsExactly("closed amqp:connection:framing-error");
        assertThat(server.taken()).containsExactly('A', 'M', 'Q', 'P', 3, 1, 0, 0);
    }

    @Test
    void refusesAmqpWithoutSaslByShowingTheSaslHeader() {
        Codec codec = new Codec();
        Peer server = Peer.server(codec, Limits.DEFAULT);
        server.engine.receive(new Script(codec).amqp().bytes());
        assertThat(server.log).containsExactly("closed amqp:connection:framing-error");
        assertThat(server.taken()).containsExactly('A', 'M', 'Q', 'P', 3, 1, 0, 0);
    }

    @Test
    void cutsOffSaslFramesAboveTheSpecifiedSize() {
        Codec codec = new Codec();
        Peer server = Peer.server(codec, Limits.DEFAULT);
        server.engine.receive(
                new Script(codec).sasl().init("PLAIN", "x".repeat(600)).bytes());
        assertThat(server.log).containsExactly("closed amqp:connection:framing-error");
    }

    @Test
    void cutsOffSaslOutOfOrder() {
        Codec codec = new Codec();
        Peer server = Peer.server(codec, Limits.DEFAULT);
        server.engine.receive(new Script(codec).sasl().response("x").bytes());
        assertThat(server.log).containsExactly("closed amqp:illegal-state");
        Peer second = Peer.server(codec, Limits.DEFAULT);
        second.engine.receive(
                new Script(codec).sasl().init("PLAIN", null).init("PLAIN", "x").bytes());
        assertThat(second.log).containsExactly("init PLAIN", "closed amqp:illegal-state");
    }

    @Test
    void policesOrderAndChannels() {
        assertThat(answer(s -> s.begin(0, null))).endsWith("closed amqp:illegal-state");
        assertThat(answer(s -> s.frame(0, Peer.open("c")).frame(0, Peer.open("c"))))
                .endsWith("closed amqp:illegal-state");
        assertThat(answer(s -> s.frame(0, Peer.open("c")).begin(3, null).begin(3, null)))
                .endsWith("begin", "end amqp:illegal-state", "closed amqp:illegal-state");
        assertThat(answer(s -> s.frame(0, Peer.open("c")).frame(5, s.attachSender("p", 0))))
                .endsWith("closed amqp:illegal-state");
        assertThat(answer(s -> s.frame(0, Peer.open("c")).begin(16, null)))
                .endsWith("closed amqp:connection:framing-error");
        assertThat(answer(s -> s.frame(0, Peer.open("c")).begin(0, 7))).endsWith("closed amqp:illegal-state");
    }

    @Test
    void refusesFrameSizesThatCannotBe() {
        assertThat(answer(s -> s.raw(0, 0, 0, 7, 2, 0, 0, 0))).endsWith("closed amqp:connection:framing-error");
        assertThat(answer(s -> s.raw(0, 0, 0, 0, 0, 0, 0, 0))).endsWith("closed amqp:connection:framing-error");
        assertThat(answer(s -> s.raw(0x7F, 0, 0, 0, 2, 0, 0, 0))).endsWith("closed amqp:connection:framing-error");
        assertThat(answer(s -> s.raw(0xFF, 0, 0, 0, 2, 0, 0, 0))).endsWith("closed amqp:connection:framing-error");
        assertThat(answer(s -> s.raw(0, 0, 0, 8, 1, 0, 0, 0))).endsWith("closed amqp:connection:framing-error");
        assertThat(answer(s -> s.raw(0, 0, 0, 8, 3, 0, 0, 0))).endsWith("closed amqp:connection:framing-error");
        assertThat(answer(s -> s.raw(0, 0, 0, 8, 2, 1, 0, 0))).endsWith("closed amqp:connection:framing-error");
        Open open = Peer.open("c");
        open.setMaxFrameSize(org.apache.qpid.proton.amqp.UnsignedInteger.valueOf(511));
        assertThat(answer(s -> s.frame(0, open))).endsWith("closed amqp:invalid-field");
    }

    @Test
    void takesEmptyFramesAndExtendedHeaders() {
        assertThat(answer(s -> s.raw(0, 0, 0, 8, 2, 0, 0, 0)
                        .raw(0, 0, 0, 12, 3, 0, 0, 0, 9, 9, 9, 9)
                        .frame(0, Peer.open("c"))))
                .endsWith("open c");
    }

    @Test
    void boundsInputBeforeOpen() {
        Limits limits = new Limits(4096, 15, 31, 8, 100, 100, 0, 1000, 0);
        Codec codec = new Codec();
        Peer server = Peer.server(codec, limits);
        Script script = new Script(codec).sasl().init("PLAIN", "x").amqp();
        for (int i = 0; i < 200; i++) {
            script.raw(0, 0, 0, 8, 2, 0, 0, 0);
        }
        server.engine.receive(script.bytes());
        assertThat(server.log).endsWith("closed amqp:resource-limit-exceeded");
    }

    @Test
    void sendsHeartbeatsWellInsideTheIdleTimeOutAndEnforcesItsOwn() {
        Pair pair = Pair.ordinary();
        assertThat(pair.client.engine.remoteOpen().getIdleTimeOut().longValue()).isEqualTo(5_000);
        long wait = pair.client.engine.tick(0);
        assertThat(wait).isLessThanOrEqualTo(2_500 * MS);
        pair.client.taken();
        pair.client.engine.tick(wait);
        assertThat(pair.client.taken()).containsExactly(0, 0, 0, 8, 2, 0, 0, 0);

        pair.client.engine.tick(9_999 * MS);
        assertThat(pair.client.engine.isClosed()).isFalse();
        pair.client.engine.tick(10_000 * MS);
        assertThat(pair.client.log).endsWith("closed amqp:resource-limit-exceeded");
    }

    @Test
    void tellsLinksAndSessionsBeforeTheConnectionWhenItIsCut() {
        Pair pair = Pair.ordinary();
        pair.producer("p", 1);
        pair.clearLogs();
        pair.client.engine.inputClosed();
        assertThat(pair.client.log)
                .containsExactly(
                        "lost p amqp:connection:forced", "end amqp:connection:forced", "closed amqp:connection:forced");
    }

    private static java.util.List<String> answer(java.util.function.Consumer<Script> input) {
        Codec codec = new Codec();
        Peer server = Peer.server(codec, Peer.limits(4096, 100, 0));
        Script script = new Script(codec).sasl().init("PLAIN", "x").amqp();
        input.accept(script);
        server.engine.receive(script.bytes());
        return server.log;
    }
}
