package org.waybill.cluster.election;

import org.waybill.cluster.replication.LeaderHint;

/** Is told who should lead, on the executor that was given with it. */
public interface HintListener {
    /** Again and again, whether it has changed or not, as long as somebody says so. */
    void hinted(int shard, LeaderHint hint);
}
