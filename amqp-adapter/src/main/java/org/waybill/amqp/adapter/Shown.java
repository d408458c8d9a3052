package org.waybill.amqp.adapter;

import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.DescribedType;
import org.jspecify.annotations.Nullable;

/** Says what a client wrote in the sentence that refuses it, in a few words whatever its size. */
final class Shown {
    private static final int MAX_CHARACTERS = 40;

    private Shown() {}

    static String of(@Nullable Object value) {
        if (value == null) {
            return "null";
        } else if (value instanceof List<?> || value instanceof Map<?, ?>) {
            return value instanceof Map<?, ?> ? "a map" : "a list";
        } else if (value instanceof Binary binary) {
            return "a binary of " + binary.getLength() + " bytes";
        } else if (value instanceof DescribedType || value.getClass().isArray()) {
            return value instanceof DescribedType ? "a described type" : "an array";
        }
        String text = value.toString();
        return text.length() <= MAX_CHARACTERS ? text : text.substring(0, MAX_CHARACTERS) + "...";
    }
}
