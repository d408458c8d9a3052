package org.waybill.cluster.link;

/**
 * A node as the configuration of all nodes has it.
 *
 * @param number tells it apart from the others, 1 to 65,535
 * @param name for people, and for its certificate
 * @param host where its link listens
 * @param port where its link listens
 */
public record Peer(int number, String name, String host, int port) {
    /** Checks the numbers. */
    public Peer {
        if (number < 1 || number > 65_535) {
            throw new IllegalArgumentException("node " + name + " has the number " + number + ", not 1 to 65535");
        }
        if (name.isBlank() || name.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("node " + number + " has no name of one line");
        }
    }

    @Override
    public String toString() {
        return name + " (" + number + ")";
    }
}
