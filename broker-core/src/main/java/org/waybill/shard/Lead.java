package org.waybill.shard;

/** Who leads a shard for the time being: another object whenever that changes. Any thread. */
interface Lead {
    /** Hands commands over, behind those that were handed over by the same session before. They are lost when the lead ends. */
    void submit(Batch batch);

    /** Higher with each lead of a shard in a cluster; 0 where there is none. */
    long term();
}
