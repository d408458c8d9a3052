package org.waybill.broker;

import io.netty.util.concurrent.DefaultEventExecutor;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.waybill.config.ClusterSettings;
import org.waybill.config.Settings;
import org.waybill.io.Clock;
import org.waybill.io.Disk;
import org.waybill.io.FileDisk;
import org.waybill.io.SystemClock;
import org.waybill.journal.Journal;
import org.waybill.journal.JournalDamage;
import org.waybill.shard.Memory;
import org.waybill.shard.Recovery;
import org.waybill.shard.Shard;
import org.waybill.shard.Shards;

/**
 * Makes what a broker that stands alone has kept the beginning of a cluster: of each shard's log it is the only member then, and leads it by
 * itself until other nodes have come and have everything too. Writes a checkpoint of each shard that says so, and then, at once and for good,
 * whose the data directory is; whatever fails before leaves it as it was.
 */
public final class Adoption {
    private static final long TIMEOUT_S = 600;

    private Adoption() {}

    /**
     * Adopts the data directory that the settings name; blocks while all of it is read.
     *
     * @param settings of the node that it becomes, with its cluster
     * @return how many shards it has, which all nodes of the cluster must have
     * @throws StartFailure when it cannot, in one sentence
     */
    public static int run(Settings settings) {
        ClusterSettings cluster = settings.cluster()
                .orElseThrow(() -> new StartFailure(StartFailure.Reason.SETTINGS, "the settings have no cluster"));
        if (!DataDirectory.exists(settings.dataDirectory())) {
            throw new StartFailure(
                    StartFailure.Reason.DATA_UNUSABLE,
                    "the data directory " + settings.dataDirectory()
                            + " holds nothing that a cluster could begin with");
        }
        Cluster.Provider clusters = Broker.clusters();
        try (DataDirectory data = DataDirectory.open(settings.dataDirectory(), 1, Optional.empty())) {
            DefaultEventExecutor executor = new DefaultEventExecutor();
            try {
                checkpoint(settings, data, clusters, new EventLoop(executor, "adoption"));
                data.join(cluster.name());
            } finally {
                boolean unused =
                        executor.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1_000);
            }
            return data.shards();
        } catch (JournalDamage damage) {
            throw new StartFailure(StartFailure.Reason.DATA_DAMAGED, String.valueOf(damage.getMessage()));
        } catch (IOException failure) {
            throw new StartFailure(
                    StartFailure.Reason.DATA_UNUSABLE,
                    "the data directory " + settings.dataDirectory() + " cannot be used: " + failure.getMessage());
        }
    }

    private static void checkpoint(Settings settings, DataDirectory data, Cluster.Provider clusters, EventLoop loop)
            throws IOException {
        Clock clock = new SystemClock();
        Disk disk = new FileDisk(data.journal());
        Journal journal = Broker.openJournal(settings, data);
        Memory memory = new Memory(Runtime.getRuntime().maxMemory() / 4);
        Shard[] all = new Shard[data.shards()];
        for (int i = 0; i < all.length; i++) {
            all[i] = new Shard(
                    i,
                    loop,
                    clock,
                    journal,
                    memory,
                    settings::address,
                    settings.exactlyOnce(),
                    settings.journal().segmentBytes());
        }
        Recovery.run(
                journal,
                disk,
                Shards.ledHere(all),
                lastIndex -> clusters.foundersMeta(settings, data.brokerId(), lastIndex));
        try {
            journal.start(failure -> {
                // the checkpoint is missing then
            });
            CountDownLatch concluded = new CountDownLatch(all.length);
            for (Shard shard : all) {
                shard.conclude(concluded::countDown);
            }
            boolean unused = concluded.await(TIMEOUT_S, TimeUnit.SECONDS);
            journal.close();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
        for (int i = 0; i < all.length; i++) {
            if (Recovery.logMeta(disk, i).length == 0) {
                throw new IOException("no checkpoint of shard " + i + " could be written");
            }
        }
    }
}
