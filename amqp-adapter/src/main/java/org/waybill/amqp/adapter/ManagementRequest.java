package org.waybill.amqp.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request to the management node, whose arguments stand in its application properties or in a map as its body.
 *
 * @param asked the message
 */
record ManagementRequest(NodeRequest asked) {
    /** The map in its body, or an empty one. */
    Map<?, ?> body() {
        return asked.body() instanceof Map<?, ?> map ? map : Map.of();
    }

    /** What is to be done; empty when the request does not say. */
    String operation() {
        String operation = text("operation");
        return operation == null ? "" : operation;
    }

    /** An argument, from the body or else from the application properties; null when it has none. */
    @Nullable
    Object argument(String name) {
        Object value = body().get(name);
        return value == null ? asked.properties().get(name) : value;
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
}
