package org.waybill.cluster.node;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.waybill.cluster.replication.ReplicationOptions;
import org.waybill.config.AddressPattern;
import org.waybill.config.AddressSettings;
import org.waybill.config.ClusterSettings;
import org.waybill.config.ExactlyOnceSettings;
import org.waybill.config.Redelivery;
import org.waybill.config.Settings;

/** What simulated nodes are set to. */
final class WorldSettings {
    private WorldSettings() {}

    /** Of a node of a cluster of this size. */
    static Settings of(int id, int size) {
        List<org.waybill.config.ClusterNode> nodes = IntStream.rangeClosed(1, size)
                .mapToObj(i -> new org.waybill.config.ClusterNode(
                        "n" + i, i, "127.0.0.1", 10_000 + i, 20_000 + i, "amqp://127.0.0.1:" + (30_000 + i)))
                .toList();
        ClusterSettings cluster = new ClusterSettings(
                "world", nodes.get(id - 1), "a secret of enough characters", null, nodes, true, 800, 1_000);
        AddressSettings usual = AddressSettings.defaults();
        AddressSettings fragile =
                usual.withRedelivery(new Redelivery(1, 0, 1, 0), Optional.of(WorldClients.DEAD_LETTERS));
        Settings all = Settings.defaults();
        return new Settings(
                Path.of("unused"),
                World.SHARDS,
                all.amqp(),
                all.journal(),
                all.memory(),
                all.transactions(),
                ExactlyOnceSettings.defaults(),
                List.of(usual, withMatch(fragile, WorldClients.FRAGILE + ".#")),
                Optional.of(cluster));
    }

    private static AddressSettings withMatch(AddressSettings of, String pattern) {
        return new AddressSettings(
                AddressPattern.of(pattern),
                of.kind(),
                of.autoCreate(),
                of.autoDelete(),
                of.maxMessages(),
                of.maxBytes(),
                of.fullPolicy(),
                of.redelivery(),
                of.deadLetterAddress(),
                of.expiryAddress(),
                of.exclusive(),
                of.lastValueKey(),
                of.duplicateIds(),
                of.durability());
    }

    /** The usual times, and little of everything else: so that logs outgrow memory, and followers need snapshots. */
    static ReplicationOptions replication(Settings settings) {
        ReplicationOptions usual = ReplicationSettings.of(settings.cluster().orElseThrow());
        return new ReplicationOptions(
                usual.heartbeatNs(),
                usual.leaseNs(),
                usual.retryNs(),
                usual.roundNs(),
                usual.failoverNs(),
                4 << 10,
                16 << 10,
                24 << 10);
    }
}
