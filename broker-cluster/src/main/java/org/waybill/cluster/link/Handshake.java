package org.waybill.cluster.link;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;

/**
 * How two nodes find that they belong to one cluster, and prove it to each other: both know its secret, and neither sends it. Bytes in, bytes
 * out. Whoever dials proves first, so that somebody who merely connects learns nothing to guess the secret by.
 *
 * <pre>
 *  dialler                               acceptor
 *  HELLO                             ──►
 *                                    ◄── HELLO
 *  PROOF = HMAC(key, "waybill dialler" HELLOs)
 *                                    ──►
 *                                    ◄── PROOF = HMAC(key, "waybill acceptor" HELLOs)
 *                        frames in both directions
 * </pre>
 *
 * Each side compares versions, tables and numbers ({@link Hello}) before it says anything by its secret. An acceptor that refuses a HELLO answers
 * with its own before, so that both sides can say what differs.
 */
final class Handshake {
    static final int HIGHEST_VERSION = 1;
    static final int LOWEST_VERSION = 1;

    private static final byte[] NOTHING = {};
    private static final String DIALLER = "waybill dialler";
    private static final String ACCEPTOR = "waybill acceptor";

    /**
     * What all handshakes of a node have in common.
     *
     * @param self this node's number
     * @param table see {@link Hello#table}
     * @param peer knows the other nodes by their numbers
     */
    record Local(Secret secret, int self, String table, Function<Integer, @Nullable Peer> peer) {}

    /**
     * What follows from what was heard.
     *
     * @param say bytes to be sent, perhaps none
     * @param refusal why the connection must be closed after that, or null
     */
    record Step(byte[] say, @Nullable String refusal) {
        private static Step say(byte[] bytes) {
            return new Step(bytes, null);
        }
    }

    private final Local local;
    private final boolean dials;
    private final byte[] nonce;
    private final Function<Peer, @Nullable String> vouch;
    private byte[] received = NOTHING;
    private @Nullable Hello own;
    private @Nullable Hello other;
    private @Nullable Peer peer;
    private int speaker;
    private boolean done;

    /**
     * A handshake of which nothing has been said.
     *
     * @param dialled whom it dials, or null for whoever comes
     * @param nonce 32 bytes that nobody can foretell
     * @param vouch tells why the connection cannot be the peer's, as far as its certificate goes, or null
     */
    Handshake(Local local, @Nullable Peer dialled, byte[] nonce, Function<Peer, @Nullable String> vouch) {
        this.local = local;
        this.dials = dialled != null;
        this.peer = dialled;
        this.speaker = dialled == null ? 0 : dialled.number();
        this.nonce = nonce.clone();
        this.vouch = vouch;
        if (dialled != null) {
            own = hello(dialled.number());
        }
    }

    private Hello hello(int to) {
        return Hello.of(HIGHEST_VERSION, LOWEST_VERSION, local.self(), to, nonce, local.table());
    }

    /** What is to be said first. */
    byte[] begin() {
        return own == null ? NOTHING : own.bytes();
    }

    /** Whether the peer has proven itself, and hears or has heard this node's proof. */
    boolean isDone() {
        return done;
    }

    /** The number of whom it dials, or of the node of this cluster that the other side says to be; 0 while that is not known. */
    int speaker() {
        return speaker;
    }

    /** Who has proven itself. */
    Peer proven() {
        Invariant.check(done, "nobody is proven before the end of a handshake");
        return Invariant.present(peer);
    }

    /** What came behind the handshake. */
    byte[] rest() {
        return received;
    }

    /** Why it did not come to an end, when the other side has closed the connection. */
    String whyBroken() {
        return dials && other != null
                ? "the other side ended the connection after this node's proof: its log says why, perhaps another secret"
                : "the other side ended the connection before it had proven itself";
    }

    /** Takes bytes of the peer; not to be called when it is done. */
    Step take(byte[] bytes) {
        received = join(received, bytes);
        try {
            return other == null ? heardHello() : heardProof();
        } catch (LinkError wrong) {
            return new Step(NOTHING, wrong.getMessage());
        }
    }

    private Step heardHello() {
        int length = Hello.length(ByteBuffer.wrap(received));
        if (length == 0 || received.length < length) {
            return Step.say(NOTHING);
        }
        Hello hello = Hello.read(cut(length));
        if (received.length > 0) {
            throw new LinkError("it went on before it had heard what to prove");
        }
        if (!dials && local.peer().apply(hello.from()) != null) {
            speaker = hello.from();
        }
        String wrong = refusal(hello);
        if (dials) {
            if (wrong != null) {
                return new Step(NOTHING, wrong);
            }
            other = hello;
            return Step.say(local.secret().proof(DIALLER, Invariant.present(own), hello));
        }
        Hello answer = hello(wrong == null ? hello.from() : 0);
        own = answer;
        other = hello;
        return new Step(answer.bytes(), wrong);
    }

    private @Nullable String refusal(Hello hello) {
        if (hello.highest() < LOWEST_VERSION || hello.lowest() > HIGHEST_VERSION) {
            return "it speaks versions " + hello.lowest() + " to " + hello.highest()
                    + " of the nodes' protocol, and this node " + LOWEST_VERSION + " to " + HIGHEST_VERSION;
        }
        if (!hello.table().equals(local.table())) {
            return hello.difference(local.table());
        }
        Peer from = local.peer().apply(hello.from());
        if (from == null) {
            return "it says to be node " + hello.from() + ", which this node knows nothing of";
        }
        if (dials ? !from.equals(peer) : hello.to() != local.self()) {
            int meant = dials ? Invariant.present(peer).number() : hello.to();
            int there = dials ? hello.from() : local.self();
            return "node " + meant + " was to be reached, and node " + there + " is at that address";
        }
        if (!dials && hello.from() < local.self()) {
            return "node " + hello.from() + " has dialled, and node " + local.self()
                    + " with the higher number is to do so";
        }
        peer = from;
        return vouch.apply(from);
    }

    private Step heardProof() {
        if (received.length < Secret.PROOF_BYTES) {
            return Step.say(NOTHING);
        }
        Hello mine = Invariant.present(own);
        Hello theirs = Invariant.present(other);
        Secret secret = local.secret();
        byte[] expected = dials ? secret.proof(ACCEPTOR, mine, theirs) : secret.proof(DIALLER, theirs, mine);
        if (!MessageDigest.isEqual(cut(Secret.PROOF_BYTES), expected)) {
            return new Step(NOTHING, "it does not know this cluster's secret");
        }
        done = true;
        return Step.say(dials ? NOTHING : secret.proof(ACCEPTOR, theirs, mine));
    }

    private byte[] cut(int bytes) {
        byte[] first = Arrays.copyOf(received, bytes);
        received = Arrays.copyOfRange(received, bytes, received.length);
        return first;
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }
}
