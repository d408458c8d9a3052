package org.waybill.jms.failover;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.engine.ClientOptions;
import org.waybill.jms.engine.Login;
import org.waybill.jms.engine.OpenOptions;

/**
 * Who connects: the same on every server.
 *
 * @param user who to log in as, or null for nobody in particular
 * @param password the user's password, or null for an empty one
 * @param containerIdPrefix what the container ids of connections without a client id begin with
 */
public record Identity(@Nullable String user, @Nullable String password, String containerIdPrefix) {
    private static final List<String> DESIRED =
            List.of("ANONYMOUS-RELAY", "DELAYED_DELIVERY", "SHARED-SUBS", "waybill:xa");
    private static final String SOLE_CONNECTION = "sole-connection-for-container";
    private static final String NEAR = "waybill:near";

    /** How to connect to this server as this one. */
    ClientOptions at(Server server, @Nullable String clientId) {
        return at(server, clientId, null);
    }

    /** The same; a node of a cluster that knows another one to lead {@code near} is asked to send the client there. */
    ClientOptions at(Server server, @Nullable String clientId, @Nullable String near) {
        ClientOptions options = server.options();
        List<String> mechanisms = options.login().mechanisms();
        Login login = user == null
                ? new Login(null, null, mechanisms)
                : new Login(user, password == null ? "" : password, mechanisms);
        List<String> desired = new ArrayList<>(DESIRED);
        if (clientId != null) {
            desired.add(SOLE_CONNECTION);
        }
        return options.withLogin(login)
                .withOpen(new OpenOptions(
                        clientId == null ? containerIdPrefix + UUID.randomUUID() : clientId,
                        options.open().virtualHost(),
                        desired,
                        properties(near)));
    }

    private static Map<String, Object> properties(@Nullable String near) {
        Map<String, Object> properties = new HashMap<>(Map.of("product", "Waybill JMS Client"));
        String version = Identity.class.getPackage().getImplementationVersion();
        if (version != null) {
            properties.put("version", version);
        }
        if (near != null) {
            properties.put(NEAR, near);
        }
        return properties;
    }

    /** Never the password. */
    @Override
    public String toString() {
        return user == null ? "anonymous" : user;
    }
}
