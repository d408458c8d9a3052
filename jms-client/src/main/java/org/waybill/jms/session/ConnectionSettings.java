package org.waybill.jms.session;

import org.jspecify.annotations.Nullable;
import org.waybill.jms.message.DeserializationPolicy;

/**
 * How a {@link JmsConnection} behaves, where the application has a choice. Names and meanings are those of Qpid JMS's options.
 *
 * @param clientId the client identifier to begin with, or null for none
 * @param userId what to put into each message as its {@code JMSXUserID}, or null to leave it out
 * @param forceAsyncSend whether no send waits for its outcome
 * @param forceSyncSend whether every send waits for its outcome
 * @param localMessageExpiry whether to drop messages that expired on their way to the application
 * @param receiveLocalOnly whether {@code receive} with a time limit ends without asking the server for what it may still have
 * @param receiveNoWaitLocalOnly whether {@code receiveNoWait} looks only at what has arrived
 * @param daemonThreads whether the threads that run listeners let the JVM end
 * @param closeLinksThatFailOnReconnect whether a producer or consumer that the server refuses to have again after a reconnect is
 *     closed; otherwise the new connection counts as no good and the next one is tried
 * @param exactlyOnce whether sends carry a producer id and a sequence, by which the server knows a repeated one
 * @param validatePropertyNames whether names of message properties must be Java identifiers
 * @param jmx whether the platform's MBean server shows the connection
 * @param timeouts how long to wait for what
 * @param prefetch how many messages the server may send ahead
 * @param redelivery what to do with messages that were delivered too often
 * @param deserialization which classes object messages may hold
 */
public record ConnectionSettings(
        @Nullable String clientId,
        @Nullable String userId,
        boolean forceAsyncSend,
        boolean forceSyncSend,
        boolean localMessageExpiry,
        boolean receiveLocalOnly,
        boolean receiveNoWaitLocalOnly,
        boolean daemonThreads,
        boolean closeLinksThatFailOnReconnect,
        boolean exactlyOnce,
        boolean validatePropertyNames,
        boolean jmx,
        Timeouts timeouts,
        Prefetch prefetch,
        Redelivery redelivery,
        DeserializationPolicy deserialization) {
    /** What holds where nothing else is said. */
    public static final ConnectionSettings DEFAULT = new ConnectionSettings(
            null,
            null,
            false,
            false,
            true,
            false,
            false,
            false,
            false,
            false,
            true,
            false,
            Timeouts.DEFAULT,
            Prefetch.DEFAULT,
            Redelivery.DEFAULT,
            DeserializationPolicy.NOTHING);

    /**
     * Limits of waiting, each positive.
     *
     * @param requestMs for an answer of the server's: session, link, commit; reconnecting included
     * @param sendMs for a message's outcome, room to send it included
     * @param closeMs for listeners and outcomes when closing or stopping
     */
    public record Timeouts(long requestMs, long sendMs, long closeMs) {
        /** A minute each. */
        public static final Timeouts DEFAULT = new Timeouts(60_000, 60_000, 60_000);

        /** Checks the ranges. */
        public Timeouts {
            if (requestMs <= 0 || sendMs <= 0 || closeMs <= 0) {
                throw new IllegalArgumentException("a time limit is not positive");
            }
        }
    }

    /**
     * Messages the server may send before the application asks for them, by kind of consumer. 0: one at a time, when a {@code receive}
     * waits for it.
     */
    public record Prefetch(int queue, int topic, int durableTopic, int browser) {
        /** 1,000 each. */
        public static final Prefetch DEFAULT = new Prefetch(1000, 1000, 1000, 1000);

        /** Checks the ranges. */
        public Prefetch {
            if (queue < 0 || topic < 0 || durableTopic < 0 || browser < 0) {
                throw new IllegalArgumentException("a prefetch is negative");
            }
        }
    }

    /**
     * What the client does with a message that comes once too often.
     *
     * @param maxRedeliveries deliveries after the first, or -1 for no limit of the client's
     * @param outcome what the server gets to hear about one more
     */
    public record Redelivery(int maxRedeliveries, Outcome outcome) {
        /** No limit. */
        public static final Redelivery DEFAULT = new Redelivery(-1, Outcome.MODIFIED_FAILED_UNDELIVERABLE);
    }

    /** Outcomes of AMQP 1.0 (part 3, section 3.4). */
    public enum Outcome {
        ACCEPTED,
        REJECTED,
        RELEASED,
        MODIFIED_FAILED,
        MODIFIED_FAILED_UNDELIVERABLE
    }
}
