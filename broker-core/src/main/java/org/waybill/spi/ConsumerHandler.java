package org.waybill.spi;

import org.jspecify.annotations.Nullable;
import org.waybill.message.Message;

/** What the broker hands to a consumer, on the session's loop. */
public interface ConsumerHandler {
    /** The consumer may state credit from now on. */
    void opened();

    /** The consumer was refused, or its node went away while it was open; nothing more comes after this. */
    void closed(BrokerError error);

    /**
     * One delivery. Tokens are consecutive.
     *
     * @param message the message; its bytes are shared and must not be changed
     * @param head the bytes to send in place of {@code message.bytes()[0, message.bareAt())}, or null to send those as they are
     */
    void deliver(long token, Message message, byte @Nullable [] head);

    /** Everything that could be handed out below {@code limitToken} has been; answers a {@link Consumer#credit} with drain. */
    void drained(long limitToken);

    /** What administrators know it by, such as the name of its link. Any thread. */
    default String label() {
        return "";
    }

    /** The outcome that was stated for these tokens with {@code confirm} is committed. */
    void settled(long firstToken, long lastToken);
}
