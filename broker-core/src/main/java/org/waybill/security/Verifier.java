package org.waybill.security;

import com.ongres.scram.common.ScramFunctions;
import com.ongres.scram.common.ScramMechanism;
import com.ongres.scram.common.StringPreparation;
import java.security.MessageDigest;
import java.security.SecureRandom;

/**
 * What is kept of a password (RFC 5802 section 3): enough to check a proof of it, not enough to give one. Immutable; callers
 * do not write to the arrays.
 */
public final class Verifier {
    static final ScramMechanism MECHANISM = ScramMechanism.SCRAM_SHA_256;
    static final int KEY_BYTES = 32;
    private static final int SALT_BYTES = 16;
    /** What RFC 7677 section 4 asks for at least, and some more; about ten milliseconds of one core. */
    static final int ITERATIONS = 15_000;

    private final byte[] salt;
    private final int iterations;
    private final byte[] storedKey;
    private final byte[] serverKey;

    Verifier(byte[] salt, int iterations, byte[] storedKey, byte[] serverKey) {
        this.salt = salt;
        this.iterations = iterations;
        this.storedKey = storedKey;
        this.serverKey = serverKey;
    }

    /**
     * Makes the verifier of a password with a fresh salt. Takes some milliseconds.
     *
     * @throws IllegalArgumentException if the password has characters that SASLprep (RFC 4013) prohibits
     */
    static Verifier of(char[] password, SecureRandom random) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        byte[] salted = salted(password, salt, ITERATIONS);
        byte[] clientKey = ScramFunctions.clientKey(MECHANISM, salted);
        return new Verifier(
                salt,
                ITERATIONS,
                ScramFunctions.storedKey(MECHANISM, clientKey),
                ScramFunctions.serverKey(MECHANISM, salted));
    }

    /** The salt. */
    public byte[] salt() {
        return salt;
    }

    /** How often the hash is iterated. */
    public int iterations() {
        return iterations;
    }

    /** The hash of the client's key. */
    public byte[] storedKey() {
        return storedKey;
    }

    /** The key of the server's signature. */
    public byte[] serverKey() {
        return serverKey;
    }

    /** Whether this is the verifier of a password; in constant time but for the password's length. Takes some milliseconds. */
    boolean matches(char[] password) {
        byte[] salted;
        try {
            salted = salted(password, salt, iterations);
        } catch (IllegalArgumentException e) {
            return false;
        }
        byte[] key = ScramFunctions.storedKey(MECHANISM, ScramFunctions.clientKey(MECHANISM, salted));
        return MessageDigest.isEqual(key, storedKey);
    }

    private static byte[] salted(char[] password, byte[] salt, int iterations) {
        return ScramFunctions.saltedPassword(MECHANISM, StringPreparation.SASL_PREPARATION, password, salt, iterations);
    }
}
