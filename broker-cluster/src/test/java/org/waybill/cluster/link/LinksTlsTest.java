package org.waybill.cluster.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Certificates prove who nodes are, with a secret besides or without; they are made here by the JDK's keytool. */
@Timeout(120)
final class LinksTlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    static Path folder;

    /** Trusts all that are made here but the stranger. */
    private static Path trust;

    private final Vertx vertx = Vertx.vertx();
    private final List<TestNode> nodes = new ArrayList<>();

    @BeforeAll
    static void makeCertificates() throws Exception {
        make("n1", "dns:n1");
        make("n2", "dns:N2");
        make("local", "ip:127.0.0.1");
        make("elsewhere", "dns:elsewhere.example");
        make("stranger", "dns:n2");
        trust = folder.resolve("trust.pem");
        for (String name : List.of("n1", "n2", "local", "elsewhere")) {
            Files.writeString(
                    trust,
                    Files.readString(certificate(name)),
                    java.nio.file.StandardOpenOption.CREATE,
                    java.nio.file.StandardOpenOption.APPEND);
        }
    }

    @AfterEach
    void stop() {
        nodes.forEach(TestNode::close);
        TestNode.await(vertx.close());
    }

    private static Path certificate(String name) {
        return folder.resolve(name + ".crt");
    }

    private static LinkTls tls(String name, boolean checksNames) {
        return new LinkTls(certificate(name), folder.resolve(name + ".key"), trust, checksNames);
    }

    private static void make(String name, String subjects) throws Exception {
        Path store = folder.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + name,
                        "-validity",
                        "2",
                        "-alias",
                        name,
                        "-ext",
                        "san=" + subjects,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
        pem(certificate(name), "CERTIFICATE", keys.getCertificate(name).getEncoded());
        pem(
                folder.resolve(name + ".key"),
                "PRIVATE KEY",
                keys.getKey(name, PASSWORD).getEncoded());
    }

    private static void pem(Path file, String label, byte[] bytes) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        Files.writeString(file, "-----BEGIN " + label + "-----\n" + text + "\n-----END " + label + "-----\n");
    }

    private TestNode start(LinkOptions options, LinkTls tls, @Nullable String secret) {
        TestNode node = TestNode.start(vertx, options.withTls(tls, secret));
        nodes.add(node);
        return node;
    }

    private TestNode first(LinkTls tls, @Nullable String secret) {
        return start(TestNode.options(1, 0, 0, 0), tls, secret);
    }

    private TestNode second(TestNode first, LinkTls tls, @Nullable String secret) {
        return start(TestNode.options(2, 0, first.port(), 0), tls, secret);
    }

    private static void awaitEnd(TestNode node, int peer, String why) {
        while (!node.status(peer).lastEnd().contains(why)) {
            Thread.onSpinWait();
        }
        assertThat(node.rest()).isEmpty();
    }

    @Test
    void carriesMessagesBothWays() throws Exception {
        TestNode one = first(tls("n1", true), null);
        TestNode two = second(one, tls("n2", true), null);
        one.expect("+2");
        two.expect("+1");
        String large = "x".repeat(300_000);
        two.send(1, 3, large);
        one.send(2, 4, "to two");
        one.expect("2/3 " + large);
        two.expect("1/4 to two");
    }

    @Test
    void aCertificateMayNameTheHostInstead() throws Exception {
        TestNode one = first(tls("local", true), null);
        second(one, tls("local", true), null).expect("+1");
        one.expect("+2");
    }

    @Test
    void aCertificateForAnotherNameIsRefusedByWhoeverDials() {
        TestNode one = first(tls("elsewhere", true), null);
        TestNode two = second(one, tls("n2", true), null);
        awaitEnd(two, 1, "its certificate is for [elsewhere.example], and neither for n1 nor for 127.0.0.1");
    }

    @Test
    void aNodeCannotPassForAnotherByItsOwnCertificate() {
        TestNode one = first(tls("n1", true), null);
        second(one, tls("elsewhere", true), null);
        awaitEnd(one, 2, "its certificate is for [elsewhere.example], and neither for n2 nor for 127.0.0.1");
    }

    @Test
    void namesNeedNotBeCheckedWhereAllCertificatesMaySpeakForAllNodes() throws Exception {
        TestNode one = first(tls("elsewhere", false), null);
        second(one, tls("elsewhere", false), null).expect("+1");
        one.expect("+2");
    }

    @Test
    void aCertificateOfSomebodyWhomNobodyTrustsIsRefused() throws Exception {
        TestNode one = first(tls("n1", true), null);
        second(one, tls("stranger", true), null);
        while (one.rest().isEmpty() && nodes.get(1).status(1).lastEnd().isEmpty()) {
            Thread.onSpinWait();
        }
        assertThat(one.rest()).isEmpty();
        assertThat(nodes.get(1).rest()).isEmpty();
    }

    @Test
    void aSecretIsProvenBesidesWhereThereIsOne() throws Exception {
        TestNode one = first(tls("n1", true), TestNode.SECRET);
        TestNode wrong = second(one, tls("n2", true), "another secret that is long enough");
        awaitEnd(one, 2, "it does not know this cluster's secret");
        wrong.close();
        nodes.remove(wrong);
        second(one, tls("n2", true), TestNode.SECRET).expect("+1");
        one.expect("+2");
    }

    @Test
    void whoSpeaksWithoutTlsIsRefused() throws Exception {
        TestNode one = first(tls("n1", true), null);
        try (RawPeer plain = RawPeer.connect(one.port())) {
            Hello hello = Hello.of(1, 1, 2, 1, new byte[Hello.NONCE_BYTES], "tests\n1 n1\n2 n2");
            plain.write(hello.bytes());
            plain.readToEnd();
        }
        assertThat(one.rest()).isEmpty();
    }

    @Test
    void filesThatCannotBeUsedAreNamed() throws Exception {
        Path wrong = folder.resolve("wrong.pem");
        Files.writeString(wrong, "nonsense", StandardCharsets.UTF_8);
        assertThatThrownBy(() -> first(new LinkTls(wrong, folder.resolve("n1.key"), trust, true), null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("wrong.pem");
        assertThatThrownBy(() -> first(new LinkTls(certificate("n1"), folder.resolve("none.key"), trust, true), null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("none.key");
    }
}
