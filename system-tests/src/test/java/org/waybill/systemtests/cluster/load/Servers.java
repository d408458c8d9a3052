package org.waybill.systemtests.cluster.load;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Where clients find the nodes.
 *
 * @param addresses a {@code host:port} for each node
 * @param user who logs in; empty for nobody
 * @param password of that user
 * @param idleTimeoutMs a node that is silent for so long is given up, as its broker is asked to say something in half that time; 0 for never
 */
public record Servers(List<String> addresses, String user, String password, int idleTimeoutMs) {
    /** Both clients wait this long for an answer: longer than any fault of these tests lasts. */
    private static final String OPTIONS = "failover.initialReconnectDelay=0&failover.reconnectDelay=20"
            + "&failover.maxReconnectDelay=200&failover.warnAfterReconnectAttempts=0"
            + "&failover.amqpOpenServerListAction=IGNORE"
            + "&jms.requestTimeout=120000&jms.sendTimeout=120000&jms.closeTimeout=10000&jms.connectTimeout=5000";

    private static final int IDLE_TIMEOUT_MS = Integer.getInteger("waybill.cluster.idle-ms", 2_000);

    public Servers {
        addresses = List.copyOf(addresses);
    }

    /** With a timeout that finds a frozen node soon: {@code -Dwaybill.cluster.idle-ms} says another one. */
    public Servers(List<String> addresses, String user, String password) {
        this(addresses, user, password, IDLE_TIMEOUT_MS);
    }

    /** This node (from 0) alone, for a client that waits for it. */
    public Servers only(int node) {
        return new Servers(List.of(addresses.get(node)), user, password, 0);
    }

    /** The URI of a client that begins at this node (from 0) and goes to the others in turn. */
    public String uri(int first) {
        return rotated(first).stream()
                .map(address -> "amqp://" + address + "?amqp.idleTimeout=" + idleTimeoutMs
                        + (user.isEmpty() ? "" : "&amqp.saslMechanisms=SCRAM-SHA-256"))
                .collect(Collectors.joining(",", "failover:(", ")?" + OPTIONS));
    }

    /** The addresses, this one (from 0) first. */
    List<String> rotated(int first) {
        List<String> all = new ArrayList<>(addresses);
        Collections.rotate(all, -first);
        return all;
    }
}
