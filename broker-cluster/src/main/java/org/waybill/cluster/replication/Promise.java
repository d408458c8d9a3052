package org.waybill.cluster.replication;

/**
 * What a replica has given its word on: it obeys nobody of a lower epoch, and in this epoch gives its word to nobody else.
 *
 * @param epoch never goes down
 * @param candidate who asked, or who leads in this epoch
 */
public record Promise(long epoch, long candidate) {
    /** What a replica begins with. */
    public static final Promise NONE = new Promise(0, Members.NONE);
}
