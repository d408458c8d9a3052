package org.waybill.config;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * One node of a cluster, as all of its nodes know it.
 *
 * @param name for people
 * @param id tells it apart from the others for ever, 1 to 65,535
 * @param host where the other nodes reach it
 * @param port where they reach its link
 * @param electionPort where they reach its part in elections
 * @param clients where clients reach it, an AMQP URI
 */
public record ClusterNode(String name, int id, String host, int port, int electionPort, String clients) {
    static ClusterNode read(Section in) {
        ClusterNode node = new ClusterNode(
                in.text("name"),
                in.integer("id", 0, 0, 65_535),
                in.text("host"),
                in.integer("port", 0, 0, 65_535),
                in.integer("election-port", 0, 0, 65_535),
                in.text("clients"));
        if (node.id == 0) {
            throw in.error("id", "must be a whole number from 1 to 65535");
        }
        if (node.port == 0) {
            throw in.error("port", "must be a port from 1 to 65535");
        }
        if (node.electionPort == 0) {
            throw in.error("election-port", "must be a port from 1 to 65535");
        }
        if (!isAddress(node.clients)) {
            throw in.error("clients", "must be where clients reach the node, such as amqp://10.0.0.1:5672");
        }
        return node;
    }

    private static boolean isAddress(String clients) {
        try {
            URI uri = new URI(clients);
            return ("amqp".equals(uri.getScheme()) || "amqps".equals(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getPort() != 0
                    && uri.getPort() <= 65_535;
        } catch (URISyntaxException malformed) {
            return false;
        }
    }
}
