package org.waybill.cluster.node;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.waybill.cluster.election.Elector;
import org.waybill.cluster.link.LinkStatus;
import org.waybill.config.ClusterNode;
import org.waybill.config.ClusterSettings;

/**
 * The cluster in rows, for {@link org.waybill.spi.ClusterAdministration}: of links what this node sees, of replicas what the leaders have
 * said last. One thread.
 */
final class Overview {
    private static final long NS_PER_MS = 1_000_000;
    /** A replica that has not answered for so long counts as missing. */
    private static final long MISSING_MS = 2_000;

    private final ClusterSettings settings;
    private final int shards;
    private final IntUnaryOperator leaders;
    private final Map<Integer, Said> said = new HashMap<>();

    /** What a leader has said, and when. */
    private record Said(NodeMessage.Replicas replicas, long atNs) {}

    /**
     * Nothing was said yet.
     *
     * @param shards how many there are
     * @param leaders the node that leads a shard, 0 for this one, -1 for none
     */
    Overview(ClusterSettings settings, int shards, IntUnaryOperator leaders) {
        this.settings = settings;
        this.shards = shards;
        this.leaders = leaders;
    }

    /** A leader says how its shard's replicas are. */
    void heard(NodeMessage.Replicas replicas, long nowNs) {
        Said before = said.get(replicas.shard());
        if (before == null || before.replicas.epoch() <= replicas.epoch()) {
            said.put(replicas.shard(), new Said(replicas, nowNs));
        }
    }

    /** See {@link org.waybill.spi.ClusterAdministration#nodes}. */
    List<Map<String, Object>> nodes(List<LinkStatus> links, List<Elector> electors) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (ClusterNode node : settings.nodes()) {
            boolean self = node.id() == settings.self().id();
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("name", node.name());
            row.put("id", node.id());
            row.put("host", node.host());
            row.put("port", node.port());
            row.put("clients", node.clients());
            row.put("self", self);
            row.put("connected", self);
            row.put("elector", elector(electors, node.id()));
            row.put("leads", leads(self ? 0 : node.id()));
            links.stream().filter(link -> link.peer().number() == node.id()).forEach(link -> put(row, link));
            rows.add(row);
        }
        return rows;
    }

    private static void put(Map<String, Object> row, LinkStatus link) {
        row.put("connected", link.up());
        if (link.sinceMs() > 0) {
            row.put("since", link.sinceMs());
        }
        row.put("round-trip-us", link.roundTripMicros());
        row.put("queued-bytes", link.queuedBytes());
        row.put("last-end", link.lastEnd());
    }

    private static String elector(List<Elector> electors, int node) {
        return electors.stream()
                .filter(each -> each.node() == node)
                .map(each -> each.leads() ? "leads" : each.votes() ? "votes" : each.present() ? "present" : "absent")
                .findFirst()
                .orElse("absent");
    }

    private int leads(int node) {
        int count = 0;
        for (int shard = 0; shard < shards; shard++) {
            count += leaders.applyAsInt(shard) == node ? 1 : 0;
        }
        return count;
    }

    /** See {@link org.waybill.spi.ClusterAdministration#shards}. */
    List<Map<String, Object>> shards(Placement placement, long[] epochs, long nowNs) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int shard = 0; shard < shards; shard++) {
            int leader = leaders.applyAsInt(shard);
            Said last = leader < 0 ? null : said.get(shard);
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("name", String.valueOf(shard));
            row.put("health", leader < 0 ? "leaderless" : isWhole(last) ? "ok" : "degraded");
            if (leader >= 0) {
                row.put("leader", nameOf(leader == 0 ? settings.self().id() : leader));
            }
            row.put("prefers", nameOf(placement.preferred(shard)));
            row.put("epoch", epochs[shard]);
            if (last != null) {
                row.put("commit-index", last.replicas.commitIndex());
                row.put("age-ms", (nowNs - last.atNs) / NS_PER_MS);
                row.put(
                        "replicas",
                        last.replicas.others().stream()
                                .sorted(Comparator.comparingInt(NodeMessage.Replica::node))
                                .map(this::row)
                                .toList());
            }
            rows.add(row);
        }
        return rows;
    }

    private boolean isWhole(@Nullable Said last) {
        return last != null
                && last.replicas.others().stream().filter(Overview::isThere).count()
                        == settings.nodes().size() - 1;
    }

    private static boolean isThere(NodeMessage.Replica replica) {
        return replica.counts() && replica.answeredMs() >= 0 && replica.answeredMs() < MISSING_MS;
    }

    private Map<String, Object> row(NodeMessage.Replica replica) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("node", nameOf(replica.node()));
        row.put("counts", replica.counts());
        row.put("lag-entries", replica.lagEntries());
        row.put("lag-bytes", replica.lagBytes());
        row.put("snapshot", replica.snapshot());
        row.put("answered-ms", replica.answeredMs());
        return row;
    }

    /** What a node is called. */
    String nameOf(int node) {
        return settings.nodes().stream()
                .filter(each -> each.id() == node)
                .map(ClusterNode::name)
                .findFirst()
                .orElse(String.valueOf(node));
    }
}
