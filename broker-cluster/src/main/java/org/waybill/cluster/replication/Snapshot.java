package org.waybill.cluster.replication;

import java.util.List;

/** A shard's live set after some entry, in pieces that are sent and written one by one. */
public record Snapshot(List<byte[]> pieces) {
    /** Nothing. */
    public static final Snapshot EMPTY = new Snapshot(List.of());

    /** The pieces must never change. */
    public Snapshot {
        pieces = List.copyOf(pieces);
    }
}
