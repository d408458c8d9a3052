package org.waybill.amqp.adapter;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.messaging.AmqpSequence;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.amqp.messaging.MessageAnnotations;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.Codec;
import org.waybill.spi.Operation;

/** Makes the body of a management answer of what the broker found. */
final class ManagementAnswers {
    private ManagementAnswers() {}

    static int status(Operation operation) {
        if (operation instanceof Operation.Create) {
            return 201;
        }
        return operation instanceof Operation.Delete ? 204 : 200;
    }

    static Map<String, Object> body(
            Operation operation,
            ManagementRequest request,
            ManagementType type,
            List<Map<String, Object>> found,
            Codec codec) {
        if (operation instanceof Operation.Query || operation instanceof Operation.QueryMessages) {
            return table(request, type, found);
        }
        if (found.isEmpty() || operation instanceof Operation.Delete) {
            return Map.of();
        }
        Map<String, Object> entity = new LinkedHashMap<>();
        found.get(0).forEach((name, value) -> entity.put(name, encodable(value)));
        if (operation instanceof Operation.ReadMessage) {
            open(entity, codec);
        } else if (operation instanceof Operation.Read || operation instanceof Operation.Create) {
            identify(entity, type);
        }
        return entity;
    }

    /** Adds what every entity has. */
    static void identify(Map<String, Object> entity, ManagementType type) {
        entity.put("type", type.symbol());
        entity.put("identity", String.valueOf(entity.get("name")));
    }

    static Map<String, Object> table(ManagementRequest request, ManagementType type, List<Map<String, Object>> found) {
        List<String> names = request.attributeNames().isEmpty() ? type.attributes() : request.attributeNames();
        List<List<@Nullable Object>> results = new ArrayList<>(found.size());
        for (Map<String, Object> entity : found) {
            List<@Nullable Object> row = new ArrayList<>(names.size());
            for (String name : names) {
                row.add(name.equals("type") ? type.symbol() : encodable(entity.get(name)));
            }
            results.add(row);
        }
        Map<String, Object> table = new LinkedHashMap<>();
        table.put("attributeNames", names);
        table.put("results", results);
        table.put("count", results.size());
        return table;
    }

    private static @Nullable Object encodable(@Nullable Object value) {
        if (value instanceof ByteBuffer bytes) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.duplicate().get(copy);
            return new Binary(copy);
        }
        return value instanceof byte[] bytes ? new Binary(bytes) : value;
    }

    /** Adds what a message says, unless it is longer than what is shown of it. */
    private static void open(Map<String, Object> entity, Codec codec) {
        if (!(entity.get("encoded") instanceof Binary encoded)) {
            return;
        }
        boolean truncated = entity.get("size") instanceof Integer size && encoded.getLength() < size;
        entity.put("truncated", truncated);
        if (truncated) {
            return;
        }
        List<Object> parts = new ArrayList<>();
        try {
            for (Object section : codec.decodeAll(encoded.getArray())) {
                if (section instanceof MessageAnnotations annotations) {
                    entity.put("message-annotations", annotations.getValue());
                } else if (section instanceof ApplicationProperties properties) {
                    entity.put("application-properties", properties.getValue());
                } else if (section instanceof AmqpValue value) {
                    entity.put("body", value.getValue());
                } else if (section instanceof Data data) {
                    parts.add(data.getValue());
                } else if (section instanceof AmqpSequence sequence) {
                    parts.add(sequence.getValue());
                }
            }
        } catch (IllegalArgumentException malformed) {
            // it is shown as it is encoded
            return;
        }
        if (!parts.isEmpty()) {
            entity.put("body", parts.size() == 1 ? parts.get(0) : parts);
        }
    }
}
