package org.waybill.cluster.hazelcast;

/**
 * Where a node takes part in elections.
 *
 * @param node its number
 * @param host it listens there, and others reach it there
 * @param port for elections; it has neither encryption nor logins, so it belongs into a private network
 */
public record Seat(int node, String host, int port) {
    @Override
    public String toString() {
        return host + ":" + port;
    }
}
