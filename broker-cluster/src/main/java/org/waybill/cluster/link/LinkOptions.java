package org.waybill.cluster.link;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What links are made from, and their bounds. Cluster, peers, secret, and what bounds messages must be the same on all nodes.
 *
 * @param cluster the cluster's name
 * @param self this node
 * @param peers the other nodes
 * @param secret what all nodes of the cluster know and nobody else, at least 16 characters; null if certificates alone prove who they are
 * @param tls certificates, or null: then links are not encrypted
 * @param heartbeatMs how often peers are asked for an answer, which shows that they are alive and how far away; default 100 ms
 * @param silenceMs a peer that says nothing for this time is gone; one that takes nothing of what is sent, after ten times as long; default
 *     1 s
 * @param handshakeMs how long a connection may take to prove who it is; default 5 s
 * @param maxUnproven accepted connections at a time that have not yet done so, beyond which the oldest is closed; default 32
 * @param maxPayloadBytes of one message; default 1 GiB
 * @param fullBytes queued for one peer, bulk apart, beyond which more should wait, on a link that is not slow; default 8 MiB
 * @param maxQueuedBytes queued for one peer, beyond which the link is cut; default 256 MiB
 */
public record LinkOptions(
        String cluster,
        Peer self,
        List<Peer> peers,
        @Nullable String secret,
        @Nullable LinkTls tls,
        long heartbeatMs,
        long silenceMs,
        long handshakeMs,
        int maxUnproven,
        int maxPayloadBytes,
        int fullBytes,
        int maxQueuedBytes) {
    private static final int MIN_HEARTBEATS = 8;

    /** Copies the list; throws {@link IllegalArgumentException} for what cannot be. */
    public LinkOptions {
        peers = List.copyOf(peers);
        if (secret == null && tls == null) {
            throw new IllegalArgumentException("links need a secret or certificates");
        }
        if (secret != null && secret.length() < Secret.MIN_CHARACTERS) {
            throw new IllegalArgumentException("the cluster's secret has " + secret.length()
                    + " characters, and at least " + Secret.MIN_CHARACTERS + " are needed");
        }
        Set<Integer> numbers = new HashSet<>(Set.of(self.number()));
        for (Peer peer : peers) {
            if (!numbers.add(peer.number())) {
                throw new IllegalArgumentException("two nodes have the number " + peer.number());
            }
        }
    }

    /** The defaults named above, with a secret, certificates, or both. */
    public static LinkOptions of(
            String cluster, Peer self, List<Peer> peers, @Nullable String secret, @Nullable LinkTls tls) {
        return new LinkOptions(cluster, self, peers, secret, tls, 100, 1_000, 5_000, 32, 1 << 30, 8 << 20, 256 << 20);
    }

    /** The same with another silence, and so many heartbeats in it that one or two may be late. */
    public LinkOptions withSilenceMs(long ms) {
        return new LinkOptions(
                cluster,
                self,
                peers,
                secret,
                tls,
                Math.max(1, Math.min(heartbeatMs, ms / MIN_HEARTBEATS)),
                ms,
                handshakeMs,
                maxUnproven,
                maxPayloadBytes,
                fullBytes,
                maxQueuedBytes);
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "LinkOptions[cluster=" + cluster + ", self=" + self + ", peers=" + peers + "]";
    }
}
