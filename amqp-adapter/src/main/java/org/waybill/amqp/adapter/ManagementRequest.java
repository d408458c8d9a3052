package org.waybill.amqp.adapter;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Properties;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.Codec;

/**
 * One request to the management node.
 *
 * @param operation what is to be done, or null
 * @param type what it is to be done to, or null
 * @param name which one of them, or null
 * @param attributeNames the attributes a query asks for; empty for all
 * @param replyTo where the answer goes, or null
 * @param correlationId what the answer is correlated by, or null
 */
record ManagementRequest(
        @Nullable String operation,
        @Nullable String type,
        @Nullable String name,
        List<String> attributeNames,
        @Nullable String replyTo,
        @Nullable Object correlationId) {

    /**
     * Reads a request.
     *
     * @throws IllegalArgumentException when the message cannot be decoded
     */
    static ManagementRequest of(byte[] message, Codec codec) {
        Properties properties = new Properties();
        Map<?, ?> arguments = Map.of();
        Object body = null;
        for (Object section : codec.decodeAll(message)) {
            if (section instanceof Properties found) {
                properties = found;
            } else if (section instanceof ApplicationProperties found && found.getValue() != null) {
                arguments = found.getValue();
            } else if (section instanceof AmqpValue found) {
                body = found.getValue();
            }
        }
        return new ManagementRequest(
                text(arguments, "operation"),
                text(arguments, "type"),
                text(arguments, "name"),
                names(body),
                properties.getReplyTo(),
                properties.getCorrelationId() == null ? properties.getMessageId() : properties.getCorrelationId());
    }

    private static @Nullable String text(Map<?, ?> arguments, String name) {
        return arguments.get(name) instanceof String text ? text : null;
    }

    private static List<String> names(@Nullable Object body) {
        List<String> names = new ArrayList<>();
        if (body instanceof Map<?, ?> map && map.get("attributeNames") instanceof List<?> listed) {
            for (Object name : listed) {
                names.add(String.valueOf(name));
            }
        }
        return names;
    }

    /** The encoded answer. */
    byte[] answer(Codec codec, int status, String description, Map<String, Object> body) {
        Properties properties = new Properties();
        properties.setTo(replyTo);
        properties.setCorrelationId(correlationId);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("statusCode", status);
        result.put("statusDescription", description);
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(codec.encode(properties));
        message.writeBytes(codec.encode(new ApplicationProperties(result)));
        message.writeBytes(codec.encode(new AmqpValue(body)));
        return message.toByteArray();
    }
}
