package org.waybill.jms.failover;

import org.jspecify.annotations.Nullable;

/**
 * How to look for a server when the connection is lost, or there never was one.
 *
 * @param initialReconnectDelayMs how long to wait before the first attempt after a loss
 * @param reconnectDelayMs how long to wait between the first and the second round of attempts; a round tries each server once
 * @param maxReconnectDelayMs how long to wait between two rounds at most
 * @param backOffMultiplier by how much the wait grows from round to round; 1 for not at all
 * @param maxReconnectAttempts attempts after a loss before giving up, at least one, or -1 for no limit
 * @param startupMaxReconnectAttempts attempts for the first connection, at least one, or -1 for no limit
 * @param warnAfterReconnectAttempts after how many attempts in vain to log that it is still trying, again and again; 0 for never
 * @param randomize whether to try the servers in random order
 * @param serverListAction what to do with the servers that a server names as its stand-ins
 * @param near the address whose leader in a cluster it wants to be connected to, or null for any node
 */
public record FailoverOptions(
        long initialReconnectDelayMs,
        long reconnectDelayMs,
        long maxReconnectDelayMs,
        double backOffMultiplier,
        int maxReconnectAttempts,
        int startupMaxReconnectAttempts,
        int warnAfterReconnectAttempts,
        boolean randomize,
        ServerListAction serverListAction,
        @Nullable String near) {
    /** What to do with the property {@code failover-server-list} of a server's open. */
    public enum ServerListAction {
        /** They replace all servers but the one that named them. */
        REPLACE,
        /** They come after those that are known. */
        ADD,
        /** Nothing. */
        IGNORE
    }

    /** Checks the ranges. */
    public FailoverOptions {
        check(initialReconnectDelayMs >= 0, "initialReconnectDelayMs");
        check(reconnectDelayMs >= 0, "reconnectDelayMs");
        check(maxReconnectDelayMs >= 0, "maxReconnectDelayMs");
        check(backOffMultiplier >= 1 && backOffMultiplier <= 1000, "backOffMultiplier");
        check(maxReconnectAttempts >= -1, "maxReconnectAttempts");
        check(startupMaxReconnectAttempts >= -1, "startupMaxReconnectAttempts");
        check(warnAfterReconnectAttempts >= 0, "warnAfterReconnectAttempts");
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException(what + " is out of range");
        }
    }
}
