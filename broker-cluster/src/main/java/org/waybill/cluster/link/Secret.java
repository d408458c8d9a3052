package org.waybill.cluster.link;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Makes proofs by the cluster's secret: HMAC-SHA-256 with a key that comes from it by PBKDF2, salted with the cluster's name. Made once; that
 * takes some tens of milliseconds. Thread-safe.
 */
final class Secret {
    static final int PROOF_BYTES = 32;
    static final int MIN_CHARACTERS = 16;

    private static final int ITERATIONS = 60_000;
    private static final int KEY_BITS = 256;
    private static final String HMAC = "HmacSHA256";

    private final SecretKeySpec key;

    /** @param secret what all nodes know, or null if certificates alone prove who they are: then these proofs prove nothing */
    Secret(String cluster, @Nullable String secret) {
        key = new SecretKeySpec(secret == null ? new byte[KEY_BITS / Byte.SIZE] : derive(cluster, secret), HMAC);
    }

    private static byte[] derive(String cluster, String secret) {
        byte[] salt = ("waybill " + cluster).getBytes(StandardCharsets.UTF_8);
        PBEKeySpec spec = new PBEKeySpec(secret.toCharArray(), salt, ITERATIONS, KEY_BITS);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java platform has PBKDF2 with HMAC-SHA-256", missing);
        } finally {
            spec.clearPassword();
        }
    }

    /** What only somebody who knows the secret can say who has heard both. */
    byte[] proof(String role, Hello dialler, Hello acceptor) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            mac.update(role.getBytes(StandardCharsets.US_ASCII));
            mac.update(dialler.bytes());
            return mac.doFinal(acceptor.bytes());
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java platform has HMAC-SHA-256", missing);
        }
    }
}
