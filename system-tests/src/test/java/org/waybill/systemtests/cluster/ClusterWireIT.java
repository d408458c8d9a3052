package org.waybill.systemtests.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.time.Duration;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.waybill.systemtests.Ports;
import org.waybill.systemtests.cluster.network.Network;
import org.waybill.systemtests.cluster.network.ProxiedNetwork;

/**
 * What a node says to a node of another version, which is played here by {@code docs/cluster-wire.md} alone. The node under test is the only
 * one of its cluster that runs.
 */
@Timeout(120)
final class ClusterWireIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String TABLE = ClusterProcesses.NAME + "\n1 n1\n2 n2\n3 n3";
    private static final byte[] MAGIC = "WBLK".getBytes(US_ASCII);
    private static final int FIXED_BYTES = 48;
    private static final int CHANCE_BYTES = 32;
    private static final int PROOF_BYTES = 32;
    private static final int ROUNDS = 60_000;
    private static final int VERSION = 1;
    private static final int NEXT_VERSION = 2;

    private final Network network = new ProxiedNetwork(Ports::free);
    private final ClusterProcesses cluster = new ClusterProcesses(network, 3);
    private Socket socket;
    private InputStream in;
    private OutputStream out;

    @BeforeEach
    void connect() {
        cluster.launch(1);
        await("the node listens to others").atMost(SOON).ignoreExceptions().until(() -> {
            socket = new Socket(network.host(1), cluster.linkPort(1));
            return true;
        });
    }

    @AfterEach
    void end() throws IOException {
        socket.close();
        cluster.close();
        network.close();
    }

    @Test
    void theNextVersionIsUnderstoodIfItStillSpeaksThisOne() throws Exception {
        byte[] hello = hello(NEXT_VERSION, VERSION, TABLE);
        byte[] answer = say(hello);
        assertThat(versions(answer)).isEqualTo(VERSION + " to " + VERSION);
        out.write(proof("waybill dialler", hello, answer));
        assertThat(in.readNBytes(PROOF_BYTES)).isEqualTo(proof("waybill acceptor", hello, answer));
        awaitSaid("WB3001", "n2");
    }

    @Test
    void aVersionThatHasLeftThisOneBehindIsRefusedAndToldWhatIsSpoken() throws Exception {
        byte[] answer = say(hello(NEXT_VERSION + 1, NEXT_VERSION, TABLE));
        assertThat(versions(answer)).isEqualTo(VERSION + " to " + VERSION);
        assertThat(in.read()).isNegative();
        awaitSaid("WB3003", "it speaks versions 2 to 3 of the nodes' protocol, and this node 1 to 1");
    }

    @Test
    void aNodeThatKnowsOtherNodesIsRefused() throws Exception {
        say(hello(VERSION, VERSION, TABLE + "\n4 n4"));
        assertThat(in.read()).isNegative();
        awaitSaid("WB3003", "n4");
    }

    /** Says a HELLO, and returns the one that is answered. */
    private byte[] say(byte[] hello) throws IOException {
        in = socket.getInputStream();
        out = socket.getOutputStream();
        out.write(hello);
        byte[] fixed = in.readNBytes(FIXED_BYTES);
        assertThat(fixed).as(cluster.output()).hasSize(FIXED_BYTES).startsWith(MAGIC);
        int length = little(fixed).getShort(8);
        byte[] table = in.readNBytes(length - FIXED_BYTES);
        assertThat(new String(table, UTF_8)).isEqualTo(TABLE);
        return ByteBuffer.allocate(length).put(fixed).put(table).array();
    }

    private static String versions(byte[] hello) {
        return little(hello).getShort(6) + " to " + little(hello).getShort(4);
    }

    /** Of node 2 for node 1. */
    private static byte[] hello(int highest, int lowest, String table) {
        byte[] text = table.getBytes(UTF_8);
        byte[] bytes = new byte[FIXED_BYTES + text.length];
        little(bytes)
                .put(MAGIC)
                .putShort((short) highest)
                .putShort((short) lowest)
                .putShort((short) bytes.length)
                .putShort((short) 2)
                .putShort((short) 1)
                .putShort((short) 0)
                .put(new byte[CHANCE_BYTES])
                .put(text);
        return bytes;
    }

    private static byte[] proof(String role, byte[] dialler, byte[] acceptor) throws GeneralSecurityException {
        PBEKeySpec secret = new PBEKeySpec(
                ClusterProcesses.SECRET.toCharArray(),
                ("waybill " + ClusterProcesses.NAME).getBytes(UTF_8),
                ROUNDS,
                8 * PROOF_BYTES);
        byte[] key = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(secret)
                .getEncoded();
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        mac.update(role.getBytes(US_ASCII));
        mac.update(dialler);
        return mac.doFinal(acceptor);
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void awaitSaid(String id, String what) {
        await(id + " " + what).atMost(SOON).untilAsserted(() -> assertThat(
                        cluster.node(1).stderrLines())
                .anyMatch(line -> line.contains(id) && line.contains(what)));
    }
}
