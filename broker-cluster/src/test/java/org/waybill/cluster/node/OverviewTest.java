package org.waybill.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.waybill.cluster.election.Elector;
import org.waybill.cluster.election.Electorate;
import org.waybill.cluster.link.LinkStatus;
import org.waybill.cluster.link.Peer;
import org.waybill.config.ClusterNode;
import org.waybill.config.ClusterSettings;

final class OverviewTest {
    private static final long MS = 1_000_000;
    private static final NodeMessage.Replica SECOND = new NodeMessage.Replica(2, true, false, 0, 0, 40);
    private static final NodeMessage.Replica THIRD = new NodeMessage.Replica(3, true, false, 7, 900, 40);

    private final int[] leaders = {0, 2, -1};
    private final Placement placement = new Placement(new Electorate(1, List.of(1, 2, 3), 3), 10);
    private final Overview overview = new Overview(settings(), leaders.length, shard -> leaders[shard]);

    @Test
    void aShardIsWholeWhenAllReplicasCountAndAnswer() {
        heard(0, 5, THIRD, SECOND);

        Map<String, Object> shard = shard(0);
        assertThat(shard)
                .containsEntry("name", "0")
                .containsEntry("health", "ok")
                .containsEntry("leader", "n1")
                .containsEntry("prefers", "n1")
                .containsEntry("epoch", 5L)
                .containsEntry("commit-index", 30L)
                .containsEntry("age-ms", 3L);
        assertThat((List<?>) shard.get("replicas"))
                .map(String::valueOf)
                .containsExactly(
                        "{node=n2, counts=true, lag-entries=0, lag-bytes=0, snapshot=false, answered-ms=40}",
                        "{node=n3, counts=true, lag-entries=7, lag-bytes=900, snapshot=false, answered-ms=40}");
    }

    @Test
    void aShardIsDegradedWhenAReplicaIsMissingSilentOrDoesNotCount() {
        assertThat(shard(1)).as("its leader has said nothing yet").containsEntry("health", "degraded");
        heard(1, 5, SECOND);
        assertThat(shard(1)).as("one is missing").containsEntry("health", "degraded");
        heard(1, 5, SECOND, new NodeMessage.Replica(3, true, false, 0, 0, 2_000));
        assertThat(shard(1)).as("one is silent").containsEntry("health", "degraded");
        heard(1, 5, SECOND, new NodeMessage.Replica(3, true, false, 0, 0, -1));
        assertThat(shard(1)).as("one has never answered").containsEntry("health", "degraded");
        heard(1, 5, SECOND, new NodeMessage.Replica(3, false, true, 0, 0, 10));
        assertThat(shard(1)).as("one does not count").containsEntry("health", "degraded");
        heard(1, 5, SECOND, THIRD);
        assertThat(shard(1)).containsEntry("health", "ok").containsEntry("leader", "n2");
    }

    @Test
    void aShardWithoutALeaderSaysSoAndNothingOld() {
        heard(2, 5, SECOND, THIRD);

        assertThat(shard(2))
                .containsEntry("health", "leaderless")
                .doesNotContainKeys("leader", "replicas", "commit-index");
    }

    @Test
    void aFormerLeaderIsNotBelieved() {
        heard(0, 5, SECOND, THIRD);
        heard(0, 4, SECOND);

        assertThat(shard(0)).containsEntry("health", "ok");
    }

    @Test
    void nodesAreAsThisOneSeesThem() {
        List<Map<String, Object>> nodes = overview.nodes(
                List.of(
                        new LinkStatus(
                                new Peer(2, "n2", "127.0.0.1", 5682), true, 1_700_000_000_000L, 1, 2, 3, 250, ""),
                        new LinkStatus(new Peer(3, "n3", "127.0.0.1", 5683), false, 0, 0, 0, 0, 0, "refused")),
                List.of(
                        new Elector(1, true, true, true),
                        new Elector(2, true, true, false),
                        new Elector(3, true, false, false)));

        assertThat(nodes).extracting(row -> row.get("name")).containsExactly("n1", "n2", "n3");
        assertThat(nodes).extracting(row -> row.get("connected")).containsExactly(true, true, false);
        assertThat(nodes).extracting(row -> row.get("elector")).containsExactly("leads", "votes", "present");
        assertThat(nodes).extracting(row -> row.get("leads")).containsExactly(1, 1, 0);
        assertThat(nodes.get(1))
                .containsEntry("since", 1_700_000_000_000L)
                .containsEntry("round-trip-us", 250L)
                .containsEntry("queued-bytes", 3L);
        assertThat(nodes.get(2)).containsEntry("last-end", "refused").doesNotContainKey("since");
    }

    private void heard(int shard, long epoch, NodeMessage.Replica... others) {
        overview.heard(new NodeMessage.Replicas(shard, epoch, 30, List.of(others)), 0);
    }

    private Map<String, Object> shard(int number) {
        return overview.shards(placement, new long[] {5, 5, 5}, 3 * MS).get(number);
    }

    private static ClusterSettings settings() {
        List<ClusterNode> nodes = List.of(node(1), node(2), node(3));
        return new ClusterSettings("test", nodes.get(0), "a secret long enough", null, nodes, true, 800, 1_000);
    }

    private static ClusterNode node(int id) {
        return new ClusterNode("n" + id, id, "127.0.0.1", 5_680 + id, 5_690 + id, "amqp://127.0.0.1:" + (5_670 + id));
    }
}
