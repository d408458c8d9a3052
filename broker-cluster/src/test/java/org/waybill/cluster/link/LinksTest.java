package org.waybill.cluster.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nodes find each other over sockets, prove who they are, and lose and find each other again. */
@Timeout(120)
final class LinksTest {
    private static final String OTHER_SECRET = "another secret that is long enough";

    private final Vertx vertx = Vertx.vertx();
    private final List<TestNode> nodes = new ArrayList<>();

    @AfterEach
    void stop() {
        nodes.forEach(TestNode::close);
        TestNode.await(vertx.close());
    }

    private TestNode start(LinkOptions options) {
        TestNode node = TestNode.start(vertx, options);
        nodes.add(node);
        return node;
    }

    /** Node 1 of two, which is dialled. */
    private TestNode first(UnaryOperator<LinkOptions> settings) {
        return start(settings.apply(TestNode.options(1, 0, 0, 0)));
    }

    private TestNode first() {
        return first(UnaryOperator.identity());
    }

    /** What node 2 of two has, which dials. */
    private static LinkOptions second(int portOfFirst) {
        return TestNode.options(2, 0, portOfFirst, 0);
    }

    private static byte[] frame(int word, int channel, String payload) {
        byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + bytes.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(word)
                .putInt(channel)
                .put(bytes)
                .array();
    }

    @Test
    void everyPairOfNodesHasALinkThatCarriesMessagesBothWays() throws Exception {
        nodes.addAll(TestNode.cluster(vertx, 3, UnaryOperator.identity()));
        for (TestNode each : nodes) {
            each.awaitLinks(2);
            for (TestNode other : nodes) {
                if (each != other) {
                    assertThat(each.send(other.number(), 7, "from " + each.number()))
                            .isTrue();
                }
            }
        }
        nodes.get(0).await(2 + "/7 from 2");
        nodes.get(1).await(3 + "/7 from 3");
        nodes.get(2).await(1 + "/7 from 1");
        assertThat(nodes.get(0).status(2).up()).isTrue();
    }

    @Test
    void whoDoesNotKnowTheSecretIsRefusedAndBothSidesSayWhy() {
        TestNode one = first();
        LinkOptions right = second(one.port());
        TestNode two = start(TestNode.named(right, "tests", right.peers(), OTHER_SECRET));
        one.awaitEnd(2, "does not know this cluster's secret");
        two.awaitEnd(1, "after this node's proof");
        assertThat(one.links().isUp(2)).isFalse();
        assertThat(one.send(2, 1, "nobody")).isFalse();
        assertThat(two.rest()).isEmpty();
        assertThat(one.rest()).isEmpty();
    }

    @Test
    void aDiallerDoesNotTrustAnAcceptorWithoutTheSecret() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            LinkOptions impostor = TestNode.options(1, 0, server.getLocalPort(), 0);
            TestNode two = start(second(server.getLocalPort()));
            try (RawPeer raw = RawPeer.accept(server)) {
                Hello heard = raw.readHello();
                Hello own = Hello.of(1, 1, 1, 2, new byte[Hello.NONCE_BYTES], Hello.table(impostor));
                raw.write(own.bytes());
                raw.read(Secret.PROOF_BYTES);
                raw.write(new Secret("tests", OTHER_SECRET).proof("waybill acceptor", heard, own));
                raw.readToEnd();
            }
            two.awaitEnd(1, "does not know this cluster's secret");
            assertThat(two.rest()).isEmpty();
        }
    }

    @Test
    void nodesWithDifferentNamesOrTablesRefuseEachOtherAndNameBothSidesValues() {
        TestNode one = first();
        LinkOptions right = second(one.port());
        TestNode other = start(TestNode.named(right, "elsewhere", right.peers(), TestNode.SECRET));
        other.awaitEnd(1, "its cluster is \"tests\", and this node's \"elsewhere\"");
        List<Peer> more = List.of(right.peers().get(0), TestNode.peer(3, 0));
        TestNode larger = start(TestNode.named(right, "tests", more, TestNode.SECRET));
        larger.awaitEnd(1, "it knows the nodes (1 n1, 2 n2), and this node (1 n1, 2 n2, 3 n3)");
        assertThat(one.rest()).isEmpty();
    }

    @Test
    void aRecordedHandshakeProvesNothing() throws Exception {
        TestNode one = first();
        LinkOptions two = second(one.port());
        Hello own = Hello.of(1, 1, 2, 1, new byte[Hello.NONCE_BYTES], Hello.table(two));
        byte[] proof;
        try (RawPeer honest = RawPeer.connect(one.port()).write(own.bytes())) {
            Hello answer = honest.readHello();
            proof = new Secret("tests", TestNode.SECRET).proof("waybill dialler", own, answer);
            honest.write(proof).read(Secret.PROOF_BYTES);
            one.expect("+2");
        }
        one.expect("-2");
        try (RawPeer replay = RawPeer.connect(one.port()).write(own.bytes())) {
            replay.readHello();
            replay.write(proof).write(frame(5, 7, "hello"));
            replay.readToEnd();
        }
        assertThat(one.rest()).isEmpty();
        assertThat(one.links().isUp(2)).isFalse();
    }

    @Test
    void aPeerThatComesBackIsFoundAgain() throws Exception {
        TestNode one = first();
        TestNode two = start(second(one.port()));
        two.expect("+1");
        int port = one.port();
        one.close();
        nodes.remove(one);
        two.expect("-1");
        assertThat(two.send(1, 1, "lost")).isFalse();
        TestNode again = start(TestNode.options(1, 0, port, 0));
        two.expect("+1");
        again.expect("+2");
        assertThat(two.send(1, 1, "found")).isTrue();
        again.expect("2/1 found");
    }

    @Test
    void aNewerProvenConnectionTakesThePlaceOfAnOlder() throws Exception {
        TestNode one = first();
        LinkOptions two = second(one.port());
        try (RawPeer older = RawPeer.connect(one.port()).prove(two, two.peers().get(0))) {
            one.expect("+2");
            older.write(frame(5, 7, "older"));
            one.expect("2/7 older");
            try (RawPeer newer =
                    RawPeer.connect(one.port()).prove(two, two.peers().get(0))) {
                one.expect("-2");
                one.expect("+2");
                older.readToEnd();
                newer.write(frame(5, 7, "newer"));
                one.expect("2/7 newer");
            }
        }
    }

    @Test
    void anOlderConnectionThatProvesItselfLateDoesNotTakeThePlaceOfANewer() throws Exception {
        TestNode one = first();
        LinkOptions two = second(one.port());
        Hello own = Hello.of(1, 1, 2, 1, new byte[Hello.NONCE_BYTES], Hello.table(two));
        try (RawPeer older = RawPeer.connect(one.port()).write(own.bytes())) {
            Hello answer = older.readHello();
            try (RawPeer newer =
                    RawPeer.connect(one.port()).prove(two, two.peers().get(0))) {
                one.expect("+2");
                older.write(new Secret("tests", TestNode.SECRET).proof("waybill dialler", own, answer));
                older.readToEnd();
                newer.write(frame(5, 7, "newer"));
                one.expect("2/7 newer");
            }
        }
    }

    @Test
    void aPeerThatSaysNothingAnyMoreIsGone() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            LinkOptions frozen = TestNode.options(1, 0, server.getLocalPort(), 0);
            TestNode two = start(TestNode.timing(second(server.getLocalPort()), 20, 300, 5_000));
            try (RawPeer raw = RawPeer.accept(server).prove(frozen, null)) {
                two.expect("+1");
                two.expect("-1");
                assertThat(two.status(1).lastEnd()).isEqualTo("nothing was heard for 300 ms");
                raw.readToEnd();
            }
            try (RawPeer raw = RawPeer.accept(server).prove(frozen, null)) {
                two.expect("+1");
                raw.write(frame(2, 3, "hi"));
                two.expect("1/3 hi");
            }
        }
    }

    @Test
    void whatNobodyReadsIsBoundedAndEndsTheLink() throws Exception {
        int full = 1 << 20;
        int bound = 4 << 20;
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            LinkOptions frozen = TestNode.options(1, 0, server.getLocalPort(), 0);
            LinkOptions own = TestNode.timing(second(server.getLocalPort()), 20, 600_000, 5_000);
            TestNode two = start(TestNode.bounds(own, 32, 1 << 20, full, bound));
            try (RawPeer raw = RawPeer.accept(server).prove(frozen, null)) {
                two.expect("+1");
                byte[] payload = new byte[100_000];
                boolean wasFull = false;
                long most = 0;
                while (two.links().send(1, 1, payload, 0, payload.length, Precedence.USUAL)) {
                    most = Math.max(most, two.status(1).queuedBytes());
                    wasFull |= two.links().isFull(1);
                }
                assertThat(wasFull).isTrue();
                assertThat(most).isGreaterThan(full).isLessThanOrEqualTo(bound + payload.length + 64L);
                two.await("-1");
                assertThat(two.status(1).lastEnd()).isEqualTo("more than " + bound + " bytes wait to be sent");
                raw.readToEnd();
            }
        }
    }

    @Test
    void malformedFramesEndTheirLinkAndNobodyElses() throws Exception {
        nodes.addAll(TestNode.cluster(vertx, 3, UnaryOperator.identity()));
        TestNode one = nodes.get(0);
        nodes.forEach(each -> each.awaitLinks(2));
        nodes.remove(2).close();
        one.await("-3");
        LinkOptions three = TestNode.options(3, 0, one.port(), 0, 0);
        List<byte[]> wrong = List.of(
                frame(1 << 17, 1, "too long"),
                frame(4, -1, "ello"),
                frame(9, 0, "nonsense!"),
                frame(Frames.MORE | 1, 1, "x"),
                frame(Frames.FIRST | 4, 1, "xxxxxxxx"));
        for (byte[] bytes : wrong) {
            try (RawPeer raw =
                    RawPeer.connect(one.port()).prove(three, three.peers().get(0))) {
                one.await("+3");
                raw.write(frame(4, 9, "fine")).write(bytes).write(frame(4, 9, "late"));
                one.expect("3/9 fine");
                one.expect("-3");
                raw.readToEnd();
            }
        }
        assertThat(nodes.get(1).send(1, 5, "still here")).isTrue();
        one.expect("2/5 still here");
    }

    @Test
    void aHandlerThatThrowsEndsTheLinkItCameOf() throws Exception {
        TestNode one = first();
        TestNode two = start(second(one.port()));
        one.expect("+2");
        two.expect("+1");
        two.send(1, 1, "throw");
        two.send(1, 1, "not told");
        one.expect("-2");
        one.expect("+2");
        two.expect("-1");
        two.expect("+1");
        two.send(1, 1, "told");
        one.expect("2/1 told");
    }

    @Test
    void whoProvesNothingIsSentAwayInTime() throws Exception {
        TestNode one = first(usual -> TestNode.timing(usual, 20, 2_000, 200));
        try (RawPeer silent = RawPeer.connect(one.port())) {
            silent.readToEnd();
        }
        assertThat(one.rest()).isEmpty();
    }

    @Test
    void whoSpeaksSomethingElseIsSentAwayAtOnce() throws Exception {
        TestNode one = first(usual -> TestNode.timing(usual, 20, 2_000, 600_000));
        try (RawPeer browser =
                RawPeer.connect(one.port()).write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII))) {
            browser.readToEnd();
        }
        byte[] endless = new byte[1 << 20];
        System.arraycopy("WBLK".getBytes(StandardCharsets.US_ASCII), 0, endless, 0, 4);
        endless[9] = 0x7F;
        try (RawPeer talker = RawPeer.connect(one.port())) {
            assertThatThrownBy(() -> {
                        while (true) {
                            talker.write(endless);
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void onlySoManyMayYetHaveToProveThemselves() throws Exception {
        TestNode one = first(usual -> TestNode.timing(
                TestNode.bounds(usual, 2, usual.maxPayloadBytes(), usual.fullBytes(), usual.maxQueuedBytes()),
                20,
                2_000,
                600_000));
        LinkOptions two = second(one.port());
        try (RawPeer silent = RawPeer.connect(one.port());
                RawPeer slow = RawPeer.connect(one.port());
                RawPeer quick = RawPeer.connect(one.port())) {
            silent.readToEnd();
            quick.prove(two, two.peers().get(0));
            one.expect("+2");
            slow.write(new byte[] {'x'}).readToEnd();
            quick.write(frame(5, 7, "still"));
            one.expect("2/7 still");
        }
    }

    @Test
    void roundTripAndBytesAreKnown() throws Exception {
        TestNode one = first();
        TestNode two = start(second(one.port()));
        two.expect("+1");
        TestNode.until(
                () -> two.status(1).roundTripMicros() > 0 && one.status(2).roundTripMicros() > 0);
        LinkStatus before = one.status(2);
        two.send(1, 1, "x".repeat(100_000));
        one.await("2/1 " + "x".repeat(100_000));
        assertThat(one.status(2).receivedBytes()).isGreaterThan(before.receivedBytes() + 100_000);
        assertThat(two.status(1).sentBytes()).isGreaterThan(100_000);
        assertThat(two.status(1).queuedBytes()).isLessThan(1_000);
        assertThat(before.up()).isTrue();
    }

    @Test
    void aPortThatIsTakenIsToldToWhoeverStarts() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> start(TestNode.options(1, 0, server.getLocalPort(), 0)))
                    .hasRootCauseInstanceOf(java.net.BindException.class);
        }
    }
}
