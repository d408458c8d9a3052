package org.waybill.cluster.replication;

/**
 * Who should lead, in the opinion of whoever coordinates elections. It may be wrong, old or missing: it is a reason to try,
 * and nothing that safety rests on.
 *
 * @param epoch how new it is: the epoch of the leader that it followed, or a higher one
 * @param member who should lead
 */
public record LeaderHint(long epoch, long member) {}
