package org.waybill.jms.engine;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a client says in its open (AMQP 1.0 part 2, section 2.7.1).
 *
 * @param containerId what it calls itself; an open connection's must be unique at a server that asks for that
 * @param virtualHost the host name to ask for; null for the one it connects to, empty for none
 * @param desiredCapabilities what it would like the server to offer
 * @param properties what else it tells about itself; values are AMQP's simple types
 */
public record OpenOptions(
        String containerId,
        @Nullable String virtualHost,
        List<String> desiredCapabilities,
        Map<String, Object> properties) {
    /** Checks the ranges, copies the collections. */
    public OpenOptions {
        if (containerId.isEmpty()) {
            throw new IllegalArgumentException("containerId is empty");
        }
        desiredCapabilities = List.copyOf(desiredCapabilities);
        properties = Map.copyOf(properties);
    }

    /** Under this container id, and nothing else. */
    public static OpenOptions of(String containerId) {
        return new OpenOptions(containerId, null, List.of(), Map.of());
    }

    /** Under a random container id. */
    public static OpenOptions random() {
        return of("waybill-" + UUID.randomUUID());
    }
}
