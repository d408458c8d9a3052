package org.waybill.cluster.replication;

/** Where a log ends: the epoch and the index of its last entry. */
record LogEnd(long epoch, long index) {}
