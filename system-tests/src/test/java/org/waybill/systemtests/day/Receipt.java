package org.waybill.systemtests.day;

import org.jspecify.annotations.Nullable;

/**
 * A message that somebody received, with what follows about its further way from everything that was written.
 *
 * @param id which message
 * @param source {@code queue:NAME}, or {@code sub:NAME} for a subscription
 * @param life the connection it came over
 * @param timeUs when it was received
 * @param redelivered what its header said
 * @param tx the transaction it was received in, or null
 * @param fate whether it may come again
 * @param endUs from when on somebody else may hold it: when it was acknowledged, committed or given back, or its connection ended
 * @param returnUs from when on it may come again; {@link Long#MAX_VALUE} if it must not
 * @param returnedAlive whether its receiver gave it back and went on, by a rollback or by recovering its session
 */
record Receipt(
        String id,
        String source,
        Life life,
        long timeUs,
        boolean redelivered,
        @Nullable String tx,
        Fate fate,
        long endUs,
        long returnUs,
        boolean returnedAlive) {
    /** What its receiver and everybody's deaths made of it. */
    enum Fate {
        /** It must not come again. */
        CONSUMED,
        /** Nobody can know whether it was consumed. */
        PERHAPS_CONSUMED,
        /** It was not consumed: it must come again, or be found at the end. */
        GIVEN_BACK
    }

    String app() {
        return life.app();
    }

    /** Whether it was read from what the client library still held when the connection was gone already. */
    boolean isStale() {
        return timeUs >= life.endUs();
    }
}
