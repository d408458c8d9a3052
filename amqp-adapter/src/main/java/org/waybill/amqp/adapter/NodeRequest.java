package org.waybill.amqp.adapter;

import java.io.ByteArrayOutputStream;
import java.util.Map;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Properties;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.Codec;

/**
 * A message to one of the broker's own nodes that wants an answer.
 *
 * @param properties its application properties
 * @param body the value in its body; null when it has none
 * @param replyTo where the answer goes, or null
 * @param correlationId what the answer is correlated by, or null
 */
record NodeRequest(
        Map<?, ?> properties, @Nullable Object body, @Nullable String replyTo, @Nullable Object correlationId) {

    /**
     * Reads a request.
     *
     * @throws IllegalArgumentException when the message cannot be decoded
     */
    static NodeRequest of(byte[] message, Codec codec) {
        Properties head = new Properties();
        Map<?, ?> properties = Map.of();
        Object body = null;
        for (Object section : codec.decodeAll(message)) {
            if (section instanceof Properties found) {
                head = found;
            } else if (section instanceof ApplicationProperties found && found.getValue() != null) {
                properties = found.getValue();
            } else if (section instanceof AmqpValue found) {
                body = found.getValue();
            }
        }
        return new NodeRequest(
                properties,
                body,
                head.getReplyTo(),
                head.getCorrelationId() == null ? head.getMessageId() : head.getCorrelationId());
    }

    /** The encoded answer. */
    byte[] answer(Codec codec, Map<String, Object> results, Object content) {
        Properties head = new Properties();
        head.setTo(replyTo);
        head.setCorrelationId(correlationId);
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(codec.encode(head));
        message.writeBytes(codec.encode(new ApplicationProperties(results)));
        message.writeBytes(codec.encode(new AmqpValue(content)));
        return message.toByteArray();
    }
}
