package org.waybill.cluster.election;

import java.util.List;

/**
 * What a node knows of elections.
 *
 * @param answers whether the registers answered last time
 * @param answerAgeMs how long ago they did; -1 if they never have
 * @param claims by the shard's number, as they were read last
 * @param electors who keeps the registers
 */
public record ElectionStatus(boolean answers, long answerAgeMs, List<Claim> claims, List<Elector> electors) {
    /** Copies the lists. */
    public ElectionStatus {
        claims = List.copyOf(claims);
        electors = List.copyOf(electors);
    }
}
