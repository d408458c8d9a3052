package org.waybill.cluster.replication;

/**
 * What a replica does at present.
 *
 * <pre>
 *   FOLLOWER ── hint, handed over, or no leader for seconds ──► CANDIDATE ── majority, log as high as theirs ──► LEADER
 *      ▲  ▲                                                        │                                              │
 *      │  └────────── refused, time over, another leads ───────────┘                                              │
 *      └──────────────────────── higher epoch, no majority, handed over ──────────────────────────────────────────┘
 * </pre>
 */
public enum Role {
    /** Takes entries from a leader, or waits for one. */
    FOLLOWER,
    /** Asks for promises, and adopts what others have. */
    CANDIDATE,
    /** Appends and commits; the shard works once the barrier is committed. */
    LEADER
}
