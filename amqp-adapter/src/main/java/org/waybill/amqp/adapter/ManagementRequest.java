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
 * @param arguments its application properties
 * @param body the map in its body, or an empty one
 * @param replyTo where the answer goes, or null
 * @param correlationId what the answer is correlated by, or null
 */
record ManagementRequest(
        Map<?, ?> arguments, Map<?, ?> body, @Nullable String replyTo, @Nullable Object correlationId) {

    /**
     * Reads a request.
     *
     * @throws IllegalArgumentException when the message cannot be decoded
     */
    static ManagementRequest of(byte[] message, Codec codec) {
        Properties properties = new Properties();
        Map<?, ?> arguments = Map.of();
        Map<?, ?> body = Map.of();
        for (Object section : codec.decodeAll(message)) {
            if (section instanceof Properties found) {
                properties = found;
            } else if (section instanceof ApplicationProperties found && found.getValue() != null) {
                arguments = found.getValue();
            } else if (section instanceof AmqpValue found && found.getValue() instanceof Map<?, ?> map) {
                body = map;
            }
        }
        return new ManagementRequest(
                arguments,
                body,
                properties.getReplyTo(),
                properties.getCorrelationId() == null ? properties.getMessageId() : properties.getCorrelationId());
    }

    /** What is to be done; empty when the request does not say. */
    String operation() {
        String operation = text("operation");
        return operation == null ? "" : operation;
    }

    /** An argument, from the body or else from the application properties; null when it has none. */
    @Nullable
    Object argument(String name) {
        Object value = body.get(name);
        return value == null ? arguments.get(name) : value;
    }

    /** An argument that is a string; null when there is none of this name. */
    @Nullable
    String text(String name) {
        Object value = argument(name);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw ManagementError.badRequest(name + " must be a string, not " + value);
    }

    /** A string that the operation cannot do without. */
    String required(String name) {
        String value = text(name);
        if (value == null) {
            throw ManagementError.badRequest("operation " + operation() + " needs the argument " + name);
        }
        return value;
    }

    /** An argument that is a whole number, or a default. */
    int number(String name, int otherwise) {
        Object value = argument(name);
        if (value == null) {
            return otherwise;
        }
        Long number = wholeNumber(value);
        if (number == null || number != number.intValue()) {
            throw ManagementError.badRequest(name + " must be a whole number, not " + value);
        }
        return number.intValue();
    }

    /** A value that is a whole number, perhaps as a string of digits; null for any other. */
    static @Nullable Long wholeNumber(Object value) {
        try {
            return Long.valueOf(String.valueOf(value));
        } catch (NumberFormatException noNumber) {
            return null;
        }
    }

    /** The attributes a query asks for; empty for all. */
    List<String> attributeNames() {
        List<String> names = new ArrayList<>();
        if (argument("attributeNames") instanceof List<?> listed) {
            for (Object name : listed) {
                names.add(String.valueOf(name));
            }
        }
        return names;
    }

    /** The encoded answer. */
    byte[] answer(Codec codec, int status, String description, Object content) {
        Properties properties = new Properties();
        properties.setTo(replyTo);
        properties.setCorrelationId(correlationId);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("statusCode", status);
        result.put("statusDescription", description);
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(codec.encode(properties));
        message.writeBytes(codec.encode(new ApplicationProperties(result)));
        message.writeBytes(codec.encode(new AmqpValue(content)));
        return message.toByteArray();
    }
}
