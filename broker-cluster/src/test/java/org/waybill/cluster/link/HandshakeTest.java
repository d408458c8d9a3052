package org.waybill.cluster.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Two nodes agree, or each can say why not: without sockets, with chances that are known. */
final class HandshakeTest {
    private static final String SECRET = "a secret long enough";
    private static final String TABLE = "orders\n1 n1\n2 n2\n7 n7";

    /** Bytes as they were when version 1 of the protocol was made: see docs/cluster-wire.md. */
    private static final String GOLDEN_HELLO = "57424c4b" // "WBLK"
            + "0100" // highest version
            + "0100" // lowest version
            + "4500" // length
            + "0200" // from
            + "0100" // to
            + "0000"
            + "02".repeat(32) // chance
            + "6f72646572730a31206e310a32206e320a37206e37"; // orders\n1 n1\n2 n2\n7 n7

    private static final Secret RIGHT = new Secret("orders", SECRET);
    private static final Secret WRONG = new Secret("orders", "some other secret that is long");

    private static Peer peer(int number) {
        return new Peer(number, "n" + number, "host" + number, 1_000 + number);
    }

    private static Handshake.Local local(int self, Secret secret, String table, List<Integer> known) {
        return new Handshake.Local(
                secret, self, table, number -> known.contains(number) && number != self ? peer(number) : null);
    }

    private static Handshake.Local local(int self) {
        return local(self, RIGHT, TABLE, List.of(1, 2, 7));
    }

    private static byte[] nonce(int value) {
        byte[] nonce = new byte[Hello.NONCE_BYTES];
        Arrays.fill(nonce, (byte) value);
        return nonce;
    }

    private static Handshake dialler(Handshake.Local local, int to) {
        return new Handshake(local, peer(to), nonce(local.self()), peer -> null);
    }

    private static Handshake acceptor(Handshake.Local local) {
        return new Handshake(local, null, nonce(local.self()), peer -> null);
    }

    /** Lets them speak to each other; returns what the dialler and what the acceptor have against it. */
    private static List<@Nullable String> run(Handshake dialler, Handshake acceptor) {
        byte[] toAcceptor = dialler.begin();
        String refused = null;
        while (toAcceptor.length > 0) {
            Handshake.Step there = acceptor.take(toAcceptor);
            Handshake.Step here =
                    there.say().length == 0 ? new Handshake.Step(new byte[0], null) : dialler.take(there.say());
            if (there.refusal() != null || here.refusal() != null) {
                return Arrays.asList(here.refusal(), there.refusal());
            }
            refused = here.refusal();
            toAcceptor = here.say();
        }
        return Arrays.asList(refused, null);
    }

    @Test
    void nodesOfOneClusterProveThemselvesToEachOther() {
        Handshake two = dialler(local(2), 1);
        Handshake one = acceptor(local(1));
        assertThat(run(two, one)).containsOnlyNulls();
        assertThat(two.isDone()).isTrue();
        assertThat(one.isDone()).isTrue();
        assertThat(two.proven()).isEqualTo(peer(1));
        assertThat(one.proven()).isEqualTo(peer(2));
    }

    @Test
    void bytesAreWhatTheDocumentSays() {
        Handshake two = dialler(local(2), 1);
        assertThat(HexFormat.of().formatHex(two.begin())).isEqualTo(GOLDEN_HELLO);
        Handshake one = acceptor(local(1));
        byte[] answer = one.take(two.begin()).say();
        assertThat(HexFormat.of().formatHex(answer))
                .isEqualTo(GOLDEN_HELLO.replace("02000100", "01000200").replace("02".repeat(32), "01".repeat(32)));
        byte[] proof = two.take(answer).say();
        assertThat(HexFormat.of().formatHex(proof))
                .isEqualTo("be816bf138b182130f5f09f6e188fae46ec6c7e6819865cd0b4af5dd6966dd5b");
        assertThat(HexFormat.of().formatHex(one.take(proof).say()))
                .isEqualTo("cdc3388380e961a54feac5be19cc17946f99ae8fcdba3983509ef5f199b29716");
    }

    @Test
    void bytesMayComeOneByOneAndFramesRightBehind() {
        Handshake two = dialler(local(2), 1);
        Handshake one = acceptor(local(1));
        byte[] answer = slowly(one, two.begin());
        byte[] proof = slowly(two, answer);
        byte[] last = slowly(one, proof);
        byte[] andMore = Arrays.copyOf(last, last.length + 3);
        Handshake.Step end = two.take(andMore);
        assertThat(end.refusal()).isNull();
        assertThat(two.isDone()).isTrue();
        assertThat(two.rest()).hasSize(3);
    }

    private static byte[] slowly(Handshake to, byte[] bytes) {
        byte[] said = {};
        for (byte each : bytes) {
            assertThat(said).isEmpty();
            Handshake.Step step = to.take(new byte[] {each});
            assertThat(step.refusal()).isNull();
            said = step.say();
        }
        return said;
    }

    @Test
    void anotherSecretIsNoticedBeforeTheAcceptorProvesAnything() {
        Handshake two = dialler(local(2, WRONG, TABLE, List.of(1, 2, 7)), 1);
        Handshake one = acceptor(local(1));
        assertThat(run(two, one)).containsExactly(null, "it does not know this cluster's secret");
        assertThat(one.isDone()).isFalse();
        assertThat(two.whyBroken()).contains("after this node's proof");
    }

    @Test
    void theSameSecretOfAnotherClustersNameIsAnotherKey() {
        Hello from = Hello.of(1, 1, 2, 1, nonce(2), TABLE);
        Hello to = Hello.of(1, 1, 1, 2, nonce(1), TABLE);
        assertThat(RIGHT.proof("waybill dialler", from, to))
                .isNotEqualTo(new Secret("others", SECRET).proof("waybill dialler", from, to))
                .isNotEqualTo(RIGHT.proof("waybill acceptor", from, to))
                .isEqualTo(RIGHT.proof("waybill dialler", from, to));
    }

    @Test
    void otherTablesAreRefusedByBothWithBothSidesValues() {
        Handshake two = dialler(local(2, RIGHT, "orders\n1 n1\n2 n2", List.of(1, 2)), 1);
        Handshake one = acceptor(local(1));
        assertThat(run(two, one))
                .containsExactly(
                        "it knows the nodes (1 n1, 2 n2, 7 n7), and this node (1 n1, 2 n2): cluster.nodes must be the same",
                        "it knows the nodes (1 n1, 2 n2), and this node (1 n1, 2 n2, 7 n7): cluster.nodes must be the same");
        Handshake other = dialler(local(2, RIGHT, TABLE.replace("orders", "bills\u202e"), List.of(1, 2, 7)), 1);
        assertThat(run(other, acceptor(local(1))).get(1))
                .isEqualTo("its cluster is \"bills?\", and this node's \"orders\": cluster.name must be the same");
    }

    @Test
    void otherVersionsAreRefusedByBoth() {
        Handshake one = acceptor(local(1));
        Handshake.Step step = one.take(
                Hello.of(4, 3, 2, 1, nonce(2), "a table of another form").bytes());
        assertThat(step.refusal()).isEqualTo("it speaks versions 3 to 4 of the nodes' protocol, and this node 1 to 1");
        assertThat(Hello.read(step.say()).highest()).isEqualTo(1);
        Handshake next = acceptor(local(1));
        assertThat(next.take(Hello.of(2, 1, 2, 1, nonce(2), TABLE).bytes()).refusal())
                .isNull();
    }

    @Test
    void whoIsAtTheWrongPlaceIsRefused() {
        assertThat(run(dialler(local(7), 1), acceptor(local(2))))
                .containsExactly(
                        "node 1 was to be reached, and node 2 is at that address",
                        "node 1 was to be reached, and node 2 is at that address");
        assertThat(run(dialler(local(1), 2), acceptor(local(2))).get(1))
                .isEqualTo("node 1 has dialled, and node 2 with the higher number is to do so");
        Handshake stranger = dialler(local(9), 1);
        Handshake one = acceptor(local(1));
        assertThat(run(stranger, one).get(1)).isEqualTo("it says to be node 9, which this node knows nothing of");
        assertThat(one.speaker()).isZero();
        Handshake itself = dialler(local(2), 1);
        assertThat(itself.take(itself.begin()).refusal()).isNotNull();
    }

    @Test
    void whatWasSaidOnceProvesNothingLater() {
        Handshake two = dialler(local(2), 1);
        byte[] hello = two.begin();
        Handshake first = acceptor(local(1));
        byte[] proof = two.take(first.take(hello).say()).say();
        assertThat(first.take(proof).refusal()).isNull();
        Handshake second = new Handshake(local(1), null, nonce(99), peer -> null);
        assertThat(second.take(hello).refusal()).isNull();
        assertThat(second.take(proof).refusal()).isEqualTo("it does not know this cluster's secret");
        Handshake third = acceptor(local(1));
        byte[] both = Arrays.copyOf(hello, hello.length + proof.length);
        System.arraycopy(proof, 0, both, hello.length, proof.length);
        assertThat(third.take(both).refusal()).isEqualTo("it went on before it had heard what to prove");
    }

    @Test
    void aProofSentBackToWhoeverMadeItIsNone() {
        Handshake two = dialler(local(2), 1);
        byte[] proof = two.take(Hello.of(1, 1, 1, 2, nonce(1), TABLE).bytes()).say();
        assertThat(two.take(proof).refusal()).isEqualTo("it does not know this cluster's secret");
    }

    @Test
    void aCertificateForSomebodyElseEndsItBeforeAnyProof() {
        Handshake two = new Handshake(local(2), peer(1), nonce(2), peer -> "not " + peer.name());
        Handshake one = acceptor(local(1));
        Handshake.Step step = two.take(one.take(two.begin()).say());
        assertThat(step.refusal()).isEqualTo("not n1");
        assertThat(step.say()).isEmpty();
    }

    @Test
    void whatIsNoHelloIsRefusedAtItsFirstWrongByte() {
        assertThat(acceptor(local(1))
                        .take("WBLX".getBytes(StandardCharsets.US_ASCII))
                        .refusal())
                .isEqualTo("what connected is no node of a cluster");
        assertThat(acceptor(local(1)).take(new byte[] {'G'}).refusal())
                .isEqualTo("what connected is no node of a cluster");
        byte[] longer = Hello.of(1, 1, 2, 1, nonce(2), TABLE).bytes();
        longer[9] = 5;
        assertThat(acceptor(local(1)).take(longer).refusal()).isEqualTo("its first words are 1349 bytes long");
    }

    @Test
    void nothingThatIsChangedOnTheWayIsBelieved() {
        long seed = 20_260_705L;
        Random chance = new Random(seed);
        for (int round = 0; round < 300; round++) {
            Handshake two = dialler(local(2), 1);
            Handshake one = acceptor(local(1));
            int victim = chance.nextInt(4);
            byte[] first = changed(two.begin(), victim == 0, chance);
            Handshake.Step answer = one.take(first);
            if (answer.refusal() != null || answer.say().length == 0) {
                continue;
            }
            Handshake.Step proof = two.take(changed(answer.say(), victim == 1, chance));
            if (proof.refusal() != null || proof.say().length == 0) {
                continue;
            }
            Handshake.Step last = one.take(changed(proof.say(), victim == 2, chance));
            assertThat(last.refusal() == null)
                    .as("seed %d, round %d, victim %d", seed, round, victim)
                    .isEqualTo(victim == 3);
        }
    }

    private static byte[] changed(byte[] bytes, boolean isChanged, Random chance) {
        byte[] copy = bytes.clone();
        if (isChanged) {
            copy[chance.nextInt(copy.length)] ^= (byte) (1 << chance.nextInt(8));
        }
        return copy;
    }
}
