package org.waybill.systemtests.cluster;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.waybill.systemtests.BrokerProcess;
import org.waybill.systemtests.cluster.Trial.Between;

/** The disk of one node fills up while it works. Nothing is lost, and all goes on when there is room. */
final class ClusterFullDiskIT {
    private static final int NODE = 2;
    private static final int MEBIBYTES = 192;

    @Test
    void aFullDiskCostsNothingThatWasSettled() throws Exception {
        int rounds = Trial.rounds();
        try (SmallDisk disk = new SmallDisk(MEBIBYTES);
                Trial trial = new Trial("full disk", Between.PROXIES, 3)) {
            trial.cluster().kill(NODE);
            trial.cluster().useDisk(NODE, disk.directory());
            trial.cluster().start(NODE);
            trial.cluster().awaitTakenIn(NODE);
            for (int round = 0; round < rounds; round++) {
                trial.fault(() -> {
                    disk.fill();
                    awaitNoticed(trial.cluster().node(NODE));
                    disk.free();
                    if (!trial.cluster().node(NODE).isAlive()) {
                        trial.cluster().start(NODE);
                    }
                });
            }
            trial.end();
        }
    }

    /** Says WB2101 for want of room, or stops at the first force that fails. */
    private static void awaitNoticed(BrokerProcess node) {
        await("the node notices that its disk is full")
                .atMost(Duration.ofSeconds(60))
                .until(() -> !node.isAlive() || node.stderrLines().stream().anyMatch(line -> line.contains("WB2101")));
    }
}
