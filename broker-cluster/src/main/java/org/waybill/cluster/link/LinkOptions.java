package org.waybill.cluster.link;

import java.util.List;

/**
 * What links are made from, and their bounds.
 *
 * @param cluster the cluster's name
 * @param self this node
 * @param peers the other nodes
 * @param secret what all nodes of the cluster know and nobody else
 * @param heartbeatMs after what time without a frame an empty one is sent; default 200 ms
 * @param silenceMs a peer that says nothing for this time is gone; default 2 s
 * @param handshakeMs how long a connection may take to prove who it is; default 5 s
 * @param maxUnproven connections at a time that have not yet done so; default 32
 * @param maxPayloadBytes of one message; default 1 GiB
 * @param fullBytes queued for one peer, beyond which more should wait; default 8 MiB
 * @param maxQueuedBytes queued for one peer, beyond which the link is cut; default 256 MiB
 */
public record LinkOptions(
        String cluster,
        Peer self,
        List<Peer> peers,
        String secret,
        long heartbeatMs,
        long silenceMs,
        long handshakeMs,
        int maxUnproven,
        int maxPayloadBytes,
        int fullBytes,
        int maxQueuedBytes) {
    /** Copies the list. */
    public LinkOptions {
        peers = List.copyOf(peers);
    }

    /** The defaults named above. */
    public static LinkOptions of(String cluster, Peer self, List<Peer> peers, String secret) {
        return new LinkOptions(cluster, self, peers, secret, 200, 2_000, 5_000, 32, 1 << 30, 8 << 20, 256 << 20);
    }
}
