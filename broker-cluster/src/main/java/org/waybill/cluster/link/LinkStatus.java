package org.waybill.cluster.link;

/**
 * What is known of a link.
 *
 * @param up whether the peer is there
 * @param sinceMs when that became so, in epoch milliseconds; 0 if it never was
 * @param sentBytes handed to the network since the start
 * @param receivedBytes since the start
 * @param queuedBytes waiting to be sent
 * @param roundTripMicros how long the last question for an answer took; 0 if there was none yet on this connection
 * @param lastEnd why the last connection, or the last attempt to make one, ended; empty if none has
 */
public record LinkStatus(
        Peer peer,
        boolean up,
        long sinceMs,
        long sentBytes,
        long receivedBytes,
        long queuedBytes,
        long roundTripMicros,
        String lastEnd) {}
