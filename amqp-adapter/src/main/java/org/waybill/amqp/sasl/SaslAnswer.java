package org.waybill.amqp.sasl;

import org.jspecify.annotations.Nullable;

/** What the broker says to a client's SASL response. */
public sealed interface SaslAnswer {
    /** The exchange goes on with these bytes. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Challenge(byte[] bytes) implements SaslAnswer {}

    /**
     * The client is who it says.
     *
     * @param user its name, or null for an anonymous one
     * @param additional data for the client to check, or null
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Success(@Nullable String user, byte @Nullable [] additional) implements SaslAnswer {}

    /**
     * The client is not let in.
     *
     * @param temporary whether trying again later may help, as when too many passwords are being checked
     */
    record Failure(boolean temporary) implements SaslAnswer {}
}
