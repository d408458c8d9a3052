package org.waybill.jms.engine;

import com.ongres.scram.common.ScramFunctions;
import com.ongres.scram.common.ScramMechanism;
import com.ongres.scram.common.StringPreparation;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The client's half of SCRAM-SHA-256 without channel binding (RFC 5802 section 5). Of one login, on one thread. */
final class ScramClient {
    private static final ScramMechanism MECHANISM = ScramMechanism.SCRAM_SHA_256;
    private static final int NONCE_CHARS = 24;
    /** Of what a peer may make us compute. */
    private static final int MAX_ITERATIONS = 1_000_000;

    private final String password;
    private final String firstBare;
    private final String nonce;
    private byte @Nullable [] serverSignature;

    ScramClient(String user, String password, SecureRandom random) {
        this.password = password;
        nonce = ScramFunctions.nonce(NONCE_CHARS, random);
        firstBare = "n=" + user.replace("=", "=3D").replace(",", "=2C") + ",r=" + nonce;
    }

    byte[] first() {
        return ("n,," + firstBare).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Answers a challenge: the server's first message with the proof, its last with nothing.
     *
     * @throws IllegalArgumentException if the challenge makes no sense
     */
    byte[] respond(byte[] challenge) {
        if (serverSignature != null) {
            verify(challenge);
            return new byte[0];
        }
        String serverFirst = new String(challenge, StandardCharsets.UTF_8);
        String[] fields = serverFirst.split(",", -1);
        if (fields.length < 3
                || !fields[0].startsWith("r=" + nonce)
                || !fields[1].startsWith("s=")
                || !fields[2].startsWith("i=")) {
            throw new IllegalArgumentException("not a SCRAM challenge");
        }
        byte[] salt = Base64.getDecoder().decode(fields[1].substring(2));
        int iterations = Integer.parseInt(fields[2].substring(2));
        if (iterations < 1 || iterations > MAX_ITERATIONS) {
            throw new IllegalArgumentException("an iteration count out of reason");
        }
        byte[] salted = ScramFunctions.saltedPassword(
                MECHANISM, StringPreparation.SASL_PREPARATION, password.toCharArray(), salt, iterations);
        byte[] clientKey = ScramFunctions.clientKey(MECHANISM, salted);
        String withoutProof = "c=biws," + fields[0];
        String authMessage = firstBare + "," + serverFirst + "," + withoutProof;
        byte[] storedKey = ScramFunctions.storedKey(MECHANISM, clientKey);
        byte[] proof = ScramFunctions.clientProof(
                clientKey, ScramFunctions.clientSignature(MECHANISM, storedKey, authMessage));
        serverSignature =
                ScramFunctions.serverSignature(MECHANISM, ScramFunctions.serverKey(MECHANISM, salted), authMessage);
        String last = withoutProof + ",p=" + Base64.getEncoder().encodeToString(proof);
        return last.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Checks that the server knows the verifier.
     *
     * @throws IllegalArgumentException if it does not
     */
    void verify(byte @Nullable [] serverLast) {
        String expected = "v=" + Base64.getEncoder().encodeToString(serverSignature);
        if (serverLast == null || !new String(serverLast, StandardCharsets.UTF_8).equals(expected)) {
            throw new IllegalArgumentException("the server does not know the password's verifier");
        }
    }
}
