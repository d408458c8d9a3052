package org.waybill.message;

import org.jspecify.annotations.Nullable;

/**
 * What became of a delivery: the terminal states of AMQP 1.0 part 3, section 3.4. Immutable.
 */
public sealed interface Outcome {
    /** The receiver (or, for a producer, the broker) has taken responsibility. */
    Outcome ACCEPTED = new Accepted();

    /** Handed back untouched: the delivery count does not rise. */
    Outcome RELEASED = new Released();

    /** Handed back after a failed attempt: what a lost link means when its source names this default outcome. */
    Outcome FAILED = new Modified(true, false, null);

    /** See {@link #ACCEPTED}. */
    record Accepted() implements Outcome {}

    /** See {@link #RELEASED}. */
    record Released() implements Outcome {}

    /**
     * The message is invalid for whoever says so and is never delivered again from where it was.
     *
     * @param condition an AMQP error condition, or null when the receiver gave none
     * @param description a text for people, or null
     */
    record Rejected(@Nullable String condition, @Nullable String description) implements Outcome {}

    /**
     * Handed back changed.
     *
     * @param deliveryFailed whether this attempt counts in the delivery count
     * @param undeliverableHere whether the same consumer must not get it again
     * @param annotations an encoded AMQP map whose entries replace those of the message annotations, or null
     */
    @SuppressWarnings("ArrayRecordComponent") // encoded bytes, compared by nobody
    record Modified(boolean deliveryFailed, boolean undeliverableHere, byte @Nullable [] annotations)
            implements Outcome {}
}
