package org.waybill.security;

import com.ongres.scram.common.ScramFunctions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The users that may log in. Any thread.
 *
 * <p>Each question looks at the file's attributes (a microsecond, once a login) and reads the file anew if they changed, so
 * that a user added beside a running broker can log in at once. If the changed file is damaged the users known before stay
 * in force.
 */
public final class UserStore {
    private static final Logger LOG = LoggerFactory.getLogger(UserStore.class);
    private static final int SECRET_BYTES = 32;
    private static final int SALT_BYTES = 16;

    private final UserFile file;
    private final byte[] secret = new byte[SECRET_BYTES];
    private volatile Loaded loaded;

    private record Stamp(@Nullable Object key, @Nullable FileTime modified, long bytes) {}

    private record Loaded(Stamp stamp, Map<String, Verifier> users) {}

    /**
     * Reads the users of a data directory.
     *
     * @throws UserFileError if the file is damaged or cannot be read
     */
    public UserStore(Path dataDirectory) {
        file = new UserFile(dataDirectory);
        new SecureRandom().nextBytes(secret);
        Stamp stamp = stamp();
        loaded = new Loaded(stamp, Map.copyOf(file.read()));
    }

    /** Whether nobody may log in by name, in which case ANONYMOUS is let in on loopback. */
    public boolean isEmpty() {
        return current().isEmpty();
    }

    /**
     * The verifier of a user. For an unknown name one that no password fits, with a salt that stays the same, so that nobody
     * learns from the answer who is a user.
     */
    public Verifier verifier(String name) {
        Verifier known = current().get(name);
        return known != null ? known : decoy(name);
    }

    /** Whether a user has a password. Takes some milliseconds, for known and unknown names alike: not for event loops. */
    public boolean verifyPassword(String name, char[] password) {
        return verifier(name).matches(password);
    }

    private Map<String, Verifier> current() {
        Loaded seen = loaded;
        Stamp stamp = stamp();
        if (stamp.equals(seen.stamp)) {
            return seen.users;
        }
        Map<String, Verifier> users = seen.users;
        try {
            users = Map.copyOf(file.read());
            LOG.info("users reloaded: {}", users.size());
        } catch (UserFileError e) {
            LOG.warn("the users known before stay in force: {}", e.getMessage());
        }
        loaded = new Loaded(stamp, users);
        return users;
    }

    private Stamp stamp() {
        try {
            BasicFileAttributes is = Files.readAttributes(file.path(), BasicFileAttributes.class);
            return new Stamp(is.fileKey(), is.lastModifiedTime(), is.size());
        } catch (IOException e) {
            return new Stamp(null, null, -1);
        }
    }

    private Verifier decoy(String name) {
        byte[] mixed = hmac(name.getBytes(StandardCharsets.UTF_8));
        return new Verifier(Arrays.copyOf(mixed, SALT_BYTES), Verifier.ITERATIONS, hmac(mixed), hmac(secret));
    }

    private byte[] hmac(byte[] message) {
        return ScramFunctions.hmac(Verifier.MECHANISM, secret, message);
    }
}
