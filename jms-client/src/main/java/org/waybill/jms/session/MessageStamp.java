package org.waybill.jms.session;

import jakarta.jms.CompletionListener;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import java.time.InstantSource;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.destination.WaybillDestination;
import org.waybill.jms.message.JmsMessage;
import org.waybill.jms.message.Origin;

/**
 * What a producer puts on a message before it leaves: the header fields that sending sets (JMS 3.4), an id of its own, and, for exactly
 * once, where it comes from. Used by the sending thread, one message after the other.
 */
final class MessageStamp {
    /** How one message is to be sent. */
    record Sending(
            WaybillDestination to,
            int mode,
            int priority,
            long timeToLiveMs,
            long delayMs,
            boolean withoutId,
            boolean withoutTimestamp,
            @Nullable CompletionListener listener) {
        boolean isPersistent() {
            return mode == DeliveryMode.PERSISTENT;
        }
    }

    private final InstantSource clock;
    private final UUID producerId;
    private final String idPrefix;
    private final @Nullable String userId;
    private final boolean tracksOrigin;
    private long ids;
    private long sequence;

    MessageStamp(InstantSource clock, @Nullable String userId, boolean tracksOrigin) {
        this.clock = clock;
        this.producerId = UUID.randomUUID();
        this.idPrefix = "ID:" + producerId + "-";
        this.userId = userId;
        this.tracksOrigin = tracksOrigin;
    }

    void put(JmsMessage message, Sending how) throws JMSException {
        long nowMs = clock.millis();
        message.setJMSDestination(how.to());
        message.setJMSDeliveryMode(how.mode());
        message.setJMSPriority(how.priority());
        message.setJMSRedelivered(false);
        message.setJMSTimestamp(how.withoutTimestamp() ? 0 : nowMs);
        message.setJMSExpiration(how.timeToLiveMs() == 0 ? 0 : nowMs + how.timeToLiveMs());
        message.deliveryTime(nowMs + how.delayMs(), how.delayMs() > 0);
        message.userId(userId);
        if (how.withoutId()) {
            message.setJMSMessageID(null);
        } else {
            message.assignMessageId(idPrefix, ++ids);
        }
    }

    /** Where the message after this call comes from, if the server is to know it again; null if not. */
    @Nullable
    Origin nextOrigin() {
        return tracksOrigin ? new Origin(producerId, 0, ++sequence) : null;
    }
}
