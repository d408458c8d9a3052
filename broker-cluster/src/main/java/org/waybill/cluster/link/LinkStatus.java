package org.waybill.cluster.link;

/**
 * What is known of a link.
 *
 * @param up whether the peer is there
 * @param sinceMs when that became so, in epoch milliseconds; 0 if it never was
 * @param sentBytes since the start
 * @param receivedBytes since the start
 * @param queuedBytes waiting to be sent
 */
public record LinkStatus(Peer peer, boolean up, long sinceMs, long sentBytes, long receivedBytes, long queuedBytes) {}
