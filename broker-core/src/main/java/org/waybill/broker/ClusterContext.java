package org.waybill.broker;

import io.vertx.core.Vertx;
import java.util.concurrent.Executor;
import org.waybill.config.Settings;
import org.waybill.io.Clock;
import org.waybill.io.Disk;
import org.waybill.io.Loop;
import org.waybill.journal.Journal;
import org.waybill.shard.Shard;
import org.waybill.shard.Shards;

/** What a broker gives to its {@link Cluster}. Thread-safe. */
public interface ClusterContext {
    /** The broker's settings, which have a cluster. */
    Settings settings();

    /** The id that the data directory keeps for ever. */
    String brokerId();

    /** The event loops' owner. */
    Vertx vertx();

    /** A loop for what concerns the node as a whole. */
    Loop loop();

    /** Runs what blocks, each task on a thread of its own. */
    Executor blocking();

    /** The clock of everything. */
    Clock clock();

    /** What the journal is on, for checkpoints. */
    Disk disk();

    /** The journal, which was opened and nothing else. */
    Journal journal();

    /** What this node has of each shard, with nothing in it, and who leads it, which nobody knows. */
    Shards shards();

    /** A shard with nothing in it, for one whose state was given up. */
    Shard newShard(int number);

    /** Something happened after which nothing may be acknowledged any more: the broker ends. */
    void failed(Throwable cause);
}
