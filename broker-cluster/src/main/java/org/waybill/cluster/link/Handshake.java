package org.waybill.cluster.link;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * How two nodes prove to each other that they belong to one cluster: both know its secret, and neither sends it. Whoever dials proves first,
 * so that somebody who merely connects learns nothing to guess the secret by. Big-endian; each step has a fixed length.
 *
 * <pre>
 *  dialler   HELLO      "WBLK", u16 version, u16 own number, u16 the other's, 32 bytes of chance, 32 bytes digest
 *  acceptor  HELLO      the same of its own
 *  dialler   PROOF      HMAC-SHA-256(key, "dialler" and both HELLOs)
 *  acceptor  PROOF      HMAC-SHA-256(key, "acceptor" and both HELLOs)
 * </pre>
 *
 * The digest is of the cluster's name and of all nodes' numbers and names: nodes that are configured differently refuse each other. The
 * key comes from the secret by PBKDF2, salted with the cluster's name.
 */
final class Handshake {
    static final int VERSION = 1;
    static final int CHANCE_BYTES = 32;
    static final int DIGEST_BYTES = 32;
    static final int HELLO_BYTES = 4 + 3 * Short.BYTES + CHANCE_BYTES + DIGEST_BYTES;
    static final int PROOF_BYTES = 32;

    private static final byte[] MAGIC = {'W', 'B', 'L', 'K'};
    private static final int ITERATIONS = 60_000;
    private static final int KEY_BITS = 256;
    private static final String HMAC = "HmacSHA256";
    private static final int NUMBER_AT = 6;
    private static final int DIGEST_AT = 10 + CHANCE_BYTES;

    /** What all links of a node have in common: made once, it takes some tens of milliseconds. */
    static final class Key {
        private final SecretKeySpec secret;
        private final byte[] digest;

        Key(LinkOptions options) {
            try {
                byte[] salt = ("waybill " + options.cluster()).getBytes(StandardCharsets.UTF_8);
                PBEKeySpec spec = new PBEKeySpec(options.secret().toCharArray(), salt, ITERATIONS, KEY_BITS);
                byte[] derived = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                        .generateSecret(spec)
                        .getEncoded();
                secret = new SecretKeySpec(derived, HMAC);
                digest = MessageDigest.getInstance("SHA-256")
                        .digest(table(options).getBytes(StandardCharsets.UTF_8));
            } catch (GeneralSecurityException missing) {
                throw new IllegalStateException("every Java platform has PBKDF2 with HMAC-SHA-256", missing);
            }
        }

        private static String table(LinkOptions options) {
            List<Peer> all = new ArrayList<>(options.peers());
            all.add(options.self());
            all.sort(Comparator.comparingInt(Peer::number));
            StringBuilder text = new StringBuilder(options.cluster());
            all.forEach(
                    each -> text.append('\n').append(each.number()).append(' ').append(each.name()));
            return text.toString();
        }

        byte[] proof(String role, byte[] dialler, byte[] acceptor) {
            try {
                Mac mac = Mac.getInstance(HMAC);
                mac.init(secret);
                mac.update(role.getBytes(StandardCharsets.US_ASCII));
                mac.update(dialler);
                return mac.doFinal(acceptor);
            } catch (GeneralSecurityException missing) {
                throw new IllegalStateException("every Java platform has HMAC-SHA-256", missing);
            }
        }
    }

    private final Key key;
    private final boolean dials;
    private final int self;
    private final byte[] own;
    private byte[] received = {};
    private byte @Nullable [] other;
    private int peer;
    private boolean done;

    /**
     * A handshake of which nothing has been said.
     *
     * @param peer the number of whom it dials, or 0 for whoever comes
     * @param chance 32 bytes that nobody can foretell
     */
    Handshake(Key key, int self, int peer, byte[] chance) {
        this.key = key;
        this.self = self;
        this.peer = peer;
        this.dials = peer != 0;
        this.own = ByteBuffer.allocate(HELLO_BYTES)
                .put(MAGIC)
                .putShort((short) VERSION)
                .putShort((short) self)
                .putShort((short) peer)
                .put(chance)
                .put(key.digest)
                .array();
    }

    /** What is to be said first. */
    byte[] begin() {
        return dials ? own : new byte[0];
    }

    /** Whether the peer has proven itself, and hears or has heard this node's proof. */
    boolean done() {
        return done;
    }

    /** The peer's number, once it has said hello. */
    int peer() {
        return peer;
    }

    /** What came behind the handshake. */
    byte[] rest() {
        return received;
    }

    /** Takes bytes of the peer; returns what is to be said now. Throws {@link LinkError} when it is not one. */
    byte[] take(byte[] bytes) {
        byte[] all = Arrays.copyOf(received, received.length + bytes.length);
        System.arraycopy(bytes, 0, all, received.length, bytes.length);
        received = all;
        byte[] answer = {};
        if (other == null && received.length >= HELLO_BYTES) {
            byte[] hello = cut(HELLO_BYTES);
            check(hello);
            other = hello;
            answer = dials ? key.proof("dialler", own, hello) : own;
        }
        byte[] hello = other;
        if (hello != null && !done && received.length >= PROOF_BYTES) {
            byte[] proof = cut(PROOF_BYTES);
            byte[] expected = dials ? key.proof("acceptor", own, hello) : key.proof("dialler", hello, own);
            if (!MessageDigest.isEqual(proof, expected)) {
                throw new LinkError("node " + peer + " does not know the cluster's secret");
            }
            done = true;
            if (!dials) {
                answer = key.proof("acceptor", hello, own);
            }
        }
        return answer;
    }

    private byte[] cut(int bytes) {
        byte[] first = Arrays.copyOf(received, bytes);
        received = Arrays.copyOfRange(received, bytes, received.length);
        return first;
    }

    private void check(byte[] hello) {
        ByteBuffer in = ByteBuffer.wrap(hello);
        if (!Arrays.equals(hello, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new LinkError("somebody connected who is no node of a cluster");
        }
        int version = in.getShort(MAGIC.length) & 0xFFFF;
        int from = in.getShort(NUMBER_AT) & 0xFFFF;
        int to = in.getShort(NUMBER_AT + Short.BYTES) & 0xFFFF;
        if (version != VERSION) {
            throw new LinkError(
                    "node " + from + " speaks version " + version + " of the nodes' protocol, this one " + VERSION);
        }
        if (!Arrays.equals(hello, DIGEST_AT, HELLO_BYTES, key.digest, 0, DIGEST_BYTES)) {
            throw new LinkError("node " + from
                    + " has another cluster.name or another list cluster.nodes (ids and names) in its configuration");
        }
        if (dials ? from != peer : to != self) {
            throw new LinkError("node " + (dials ? peer : self) + " was to be reached, and node " + (dials ? from : to)
                    + " is at that place");
        }
        peer = from;
    }
}
