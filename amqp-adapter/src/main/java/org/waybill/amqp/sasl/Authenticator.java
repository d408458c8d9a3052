package org.waybill.amqp.sasl;

import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.waybill.security.UserStore;

/** Which mechanisms there are for whom. Safe for any event loop; {@link #close} ends its threads. */
public final class Authenticator implements AutoCloseable {
    private final UserStore users;
    private final List<String> mechanisms;
    private final PasswordCheck passwords;
    private final SecureRandom random;

    /** @param mechanisms the mechanisms to offer, best first */
    public Authenticator(UserStore users, List<String> mechanisms, Vertx vertx, SecureRandom random) {
        this.users = users;
        this.mechanisms = List.copyOf(mechanisms);
        this.passwords = new PasswordCheck(users, vertx);
        this.random = random;
    }

    /**
     * Whether a peer is let in without a name: on this machine's own loopback interface, as long as no user exists.
     *
     * @param local whether the peer is seen over the loopback interface
     */
    public boolean admitsAnonymous(boolean local) {
        return local && mechanisms.contains(AnonymousExchange.NAME) && users.isEmpty();
    }

    /** The mechanisms offered to a peer, best first. */
    public List<String> offered(boolean local) {
        boolean anonymous = admitsAnonymous(local);
        return mechanisms.stream()
                .filter(name -> anonymous || !name.equals(AnonymousExchange.NAME))
                .toList();
    }

    /** Begins an exchange; null when this mechanism is not offered to this peer. */
    public @Nullable SaslExchange begin(String mechanism, boolean local) {
        if (!offered(local).contains(mechanism)) {
            return null;
        }
        return switch (mechanism) {
            case AnonymousExchange.NAME -> new AnonymousExchange();
            case PlainExchange.NAME -> new PlainExchange(passwords);
            case ScramExchange.NAME -> new ScramExchange(users::verifier, random);
            default -> null;
        };
    }

    @Override
    public void close() {
        passwords.close();
    }
}
