package org.waybill.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The cluster that a broker is a node of. Immutable; the same on all of its nodes but for {@code self}.
 *
 * @param name what tells it apart from other clusters
 * @param self this node
 * @param secret what all nodes know and nobody else, at least {@link #MIN_SECRET_CHARS} characters; null if certificates alone prove who they are
 * @param tls certificates, or null: then what nodes say to each other is not encrypted
 * @param nodes all nodes, three or five
 * @param offerNodes whether clients are told of other nodes: of all, so that they find another when one is lost, and of a leader if they ask
 * @param leaseMs how long a node may lead on after it heard of a majority last
 * @param failoverMs after what time without a sign of a leader another node tries to lead
 */
public record ClusterSettings(
        String name,
        ClusterNode self,
        @Nullable String secret,
        @Nullable ClusterTls tls,
        List<ClusterNode> nodes,
        boolean offerNodes,
        long leaseMs,
        long failoverMs) {
    /** The shortest secret. */
    public static final int MIN_SECRET_CHARS = 16;

    private static final int THREE = 3;
    private static final int FIVE = 5;

    /** Copies the list. */
    public ClusterSettings {
        nodes = List.copyOf(nodes);
    }

    static ClusterSettings read(Section in) {
        List<ClusterNode> nodes = in
                .sections("nodes")
                .orElseThrow(() -> in.error("nodes", "is missing, it must list the nodes of the cluster"))
                .stream()
                .map(ClusterNode::read)
                .toList();
        check(in, nodes);
        String own = in.text("node");
        ClusterNode self = nodes.stream()
                .filter(node -> node.name().equals(own))
                .findFirst()
                .orElseThrow(() -> in.error("node", "must be the name of one of cluster.nodes"));
        String name = in.text("name", "waybill");
        ClusterTls tls = in.sectionOrNone("tls").map(ClusterTls::read).orElse(null);
        return new ClusterSettings(
                name,
                self,
                secret(in, tls != null),
                tls,
                nodes,
                in.flag("offer-nodes", true),
                in.whole("lease-ms", 800, 200, 60_000),
                in.whole("failover-ms", 1_000, 300, 60_000));
    }

    private static void check(Section in, List<ClusterNode> nodes) {
        if (nodes.size() == 2) {
            throw in.error(
                    "nodes",
                    "lists two nodes: when one of two is lost the other cannot know whether it is the last, so two protect"
                            + " nothing that one does not; list three, or leave the section cluster out");
        }
        if (nodes.size() != THREE && nodes.size() != FIVE) {
            throw in.error("nodes", "must list three or five nodes");
        }
        Set<Object> seen = new HashSet<>();
        for (ClusterNode node : nodes) {
            if (!seen.add(node.name())) {
                throw in.error("nodes", "has two nodes of the name " + node.name());
            }
            if (!seen.add(node.id())) {
                throw in.error("nodes", "has two nodes of the id " + node.id());
            }
            if (!seen.add(node.host() + ":" + node.port()) || !seen.add(node.host() + ":" + node.electionPort())) {
                throw in.error("nodes", "has a port twice on host " + node.host());
            }
        }
    }

    private static @Nullable String secret(Section in, boolean hasCertificates) {
        Optional<String> given = in.textOrNone("secret", Optional.empty());
        Optional<String> file = in.textOrNone("secret-file", Optional.empty());
        if (hasCertificates && given.isEmpty() && file.isEmpty()) {
            return null;
        }
        if (given.isPresent() == file.isPresent()) {
            throw in.error("secret", "or cluster.secret-file must be given, one of the two");
        }
        String secret = given.orElseGet(() -> read(in, Path.of(file.orElseThrow())));
        if (secret.length() < MIN_SECRET_CHARS) {
            // what it is must not be shown
            throw new SettingsError("cluster." + (given.isPresent() ? "secret" : "secret-file")
                    + " is too short, a secret has at least " + MIN_SECRET_CHARS + " characters.");
        }
        return secret;
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "ClusterSettings[name=" + name + ", self=" + self + ", tls=" + tls + ", nodes=" + nodes + ", offerNodes="
                + offerNodes + ", leaseMs=" + leaseMs + ", failoverMs=" + failoverMs + "]";
    }

    private static String read(Section in, Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException unreadable) {
            throw in.error("secret-file", "cannot be read");
        }
    }
}
