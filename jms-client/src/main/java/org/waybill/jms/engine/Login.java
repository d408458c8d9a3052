package org.waybill.jms.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who logs in, and how.
 *
 * @param user who to log in as, or null for SASL ANONYMOUS or, with a certificate, EXTERNAL
 * @param password the user's password; null if and only if {@code user} is
 * @param mechanisms the SASL mechanisms that may be used; empty for all that are safe
 */
public record Login(@Nullable String user, @Nullable String password, List<String> mechanisms) {
    /** Nobody in particular. */
    public static final Login ANONYMOUS = new Login(null, null, List.of());

    /** Checks that a user has a password. */
    public Login {
        if ((user == null) != (password == null)) {
            throw new IllegalArgumentException("a user needs a password, and a password a user");
        }
        mechanisms = List.copyOf(mechanisms);
    }

    /** Never the password. */
    @Override
    public String toString() {
        return user == null ? "anonymous" : user;
    }
}
