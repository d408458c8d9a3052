package org.waybill.systemtests.cluster.network;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What lies between the nodes, which are numbered from 1. Faults are silent: no connection is closed by them, and nobody is told. One thread
 * uses it; nodes come and go meanwhile.
 */
public interface Network extends AutoCloseable {
    /** What a network may do to its nodes. */
    enum Fault {
        CUT,
        DELAY,
        RATE
    }

    /** The faults that this one can make here. */
    Set<Fault> faults();

    /** Where a node listens, and where clients find it. */
    String host(int node);

    /** The port of {@link #host} at which the other nodes find this port of a node. Asked once for each port, before a node starts. */
    int portForPeers(int node, int port);

    /** The beginning of the command that starts a node; empty for none. */
    List<String> command(int node);

    /** A node runs as this process from now on. */
    void started(int node, long pid);

    /** Nothing that {@code from} says reaches {@code to}, until this is healed. */
    void cut(int from, int to);

    /** Ends what {@link #cut}, {@link #delay} and {@link #limit} did. What was said in vain meanwhile arrives, as TCP sees to it. */
    void heal();

    /** Whatever this node says to others and others to it arrives that much later. */
    void delay(int node, Duration late);

    /** So many bytes a second, in each direction, are all that this node can exchange. */
    void limit(int node, long bytesPerSecond);

    /** Neither hears of the other. */
    default void cutBoth(int one, int other) {
        cut(one, other);
        cut(other, one);
    }

    /** A node hears nothing of all others, nor they of it. */
    default void isolate(int node, int nodes) {
        for (int other = 1; other <= nodes; other++) {
            if (other != node) {
                cutBoth(node, other);
            }
        }
    }

    /** Takes everything away that was made for this network. */
    @Override
    void close();
}
