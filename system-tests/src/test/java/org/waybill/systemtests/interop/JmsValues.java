package org.waybill.systemtests.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Array;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Decimal128;
import org.apache.qpid.proton.amqp.Decimal32;
import org.apache.qpid.proton.amqp.Decimal64;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedByte;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.UnsignedShort;
import org.jspecify.annotations.Nullable;

/** Between descriptions and the Java objects that Qpid JMS takes and gives. */
@SuppressWarnings("JavaUtilDate") // what Qpid JMS makes of a timestamp
final class JmsValues {
    /** What a JMS program can hold in an object message, a map or a property. */
    private static final Set<String> SCALARS = Set.of(
            "boolean",
            "ubyte",
            "ushort",
            "uint",
            "ulong",
            "byte",
            "short",
            "int",
            "long",
            "float",
            "double",
            "decimal32",
            "decimal64",
            "decimal128",
            "timestamp",
            "uuid",
            "string");

    private JmsValues() {}

    /** Whether this value and all within are types that a JMS program can hold; a symbol, a described value or an array is not. */
    static boolean holds(JsonNode node) {
        return switch (node.get("t").asText()) {
            case "list" -> all(node.get("v"));
            case "map" -> {
                boolean plain = true;
                for (JsonNode entry : node.get("v")) {
                    plain &= entry.get(0).get("t").asText().equals("string") && all(entry);
                }
                yield plain;
            }
            case "null", "char", "binary" -> true;
            default -> SCALARS.contains(node.get("t").asText());
        };
    }

    private static boolean all(JsonNode items) {
        boolean all = true;
        for (JsonNode item : items) {
            all &= holds(item);
        }
        return all;
    }

    static @Nullable Object parse(JsonNode node) {
        String text = node.path("v").asText();
        return switch (node.get("t").asText()) {
            case "null" -> null;
            case "boolean" -> node.get("v").asBoolean();
            case "ubyte" -> UnsignedByte.valueOf((byte) Integer.parseInt(text));
            case "ushort" -> UnsignedShort.valueOf((short) Integer.parseInt(text));
            case "uint" -> UnsignedInteger.valueOf(Long.parseLong(text));
            case "ulong" -> UnsignedLong.valueOf(new BigInteger(text));
            case "byte" -> Byte.valueOf(text);
            case "short" -> Short.valueOf(text);
            case "int" -> Integer.valueOf(text);
            case "long" -> Long.valueOf(text);
            case "float" -> Float.intBitsToFloat(Integer.parseUnsignedInt(text, 16));
            case "double" -> Double.longBitsToDouble(Long.parseUnsignedLong(text, 16));
            case "decimal32" -> new Decimal32(Integer.parseUnsignedInt(text, 16));
            case "decimal64" -> new Decimal64(Long.parseUnsignedLong(text, 16));
            case "decimal128" -> new Decimal128(HexFormat.of().parseHex(text));
            case "char" -> (char) Integer.parseInt(text);
            case "timestamp" -> new Date(Long.parseLong(text));
            case "uuid" -> UUID.fromString(text);
            case "string" -> Values.string(node);
            case "binary" -> new Binary(Values.bytes(node));
            case "list" -> parseList(node.get("v"));
            case "map" -> parseMap(node.get("v"));
            default -> throw new IllegalArgumentException("not for JMS: " + node);
        };
    }

    private static List<@Nullable Object> parseList(JsonNode items) {
        List<@Nullable Object> list = new ArrayList<>();
        items.forEach(item -> list.add(parse(item)));
        return list;
    }

    private static Map<@Nullable Object, @Nullable Object> parseMap(JsonNode entries) {
        Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
        entries.forEach(entry -> map.put(parse(entry.get(0)), parse(entry.get(1))));
        return map;
    }

    static ObjectNode view(@Nullable Object value) {
        if (value == null) {
            return Values.nothing();
        } else if (value instanceof Boolean bool) {
            return Values.bool(bool);
        } else if (value instanceof Float number) {
            return Values.floating(number);
        } else if (value instanceof Double number) {
            return Values.floating(number);
        } else if (value instanceof String text) {
            return Values.text(text);
        } else if (value instanceof Binary binary) {
            return Values.binary(ByteBuffer.wrap(binary.getArray(), binary.getArrayOffset(), binary.getLength())
                    .slice()
                    .compact()
                    .array());
        } else if (value instanceof byte[] bytes) {
            return Values.binary(bytes);
        } else if (value instanceof List<?> list) {
            return Values.list(list.stream().map(JmsValues::view).toArray(JsonNode[]::new));
        } else if (value instanceof Map<?, ?> map) {
            List<JsonNode> flat = new ArrayList<>();
            map.forEach((key, item) -> flat.addAll(List.of(view(key), view(item))));
            return Values.map(flat.toArray(JsonNode[]::new));
        } else if (value.getClass().isArray()) {
            return viewArray(value);
        }
        return viewScalar(value);
    }

    private static ObjectNode viewArray(Object array) {
        JsonNode[] items = new JsonNode[Array.getLength(array)];
        for (int i = 0; i < items.length; i++) {
            items[i] = view(Array.get(array, i));
        }
        return Values.array(items.length == 0 ? "null" : items[0].get("t").asText(), items);
    }

    private static ObjectNode viewScalar(Object value) {
        if (value instanceof Decimal32 decimal) {
            return Values.scalar("decimal32", String.format("%08x", decimal.getBits()));
        } else if (value instanceof Decimal64 decimal) {
            return Values.scalar("decimal64", String.format("%016x", decimal.getBits()));
        } else if (value instanceof Decimal128 decimal) {
            return Values.scalar("decimal128", HexFormat.of().formatHex(decimal.asBytes()));
        } else if (value instanceof Date date) {
            return Values.scalar("timestamp", String.valueOf(date.getTime()));
        } else if (value instanceof Character character) {
            return Values.scalar("char", String.valueOf((int) character));
        }
        String type = Map.<Class<?>, String>of(
                        UnsignedByte.class, "ubyte",
                        UnsignedShort.class, "ushort",
                        UnsignedInteger.class, "uint",
                        UnsignedLong.class, "ulong",
                        Byte.class, "byte",
                        Short.class, "short",
                        Integer.class, "int",
                        Long.class, "long",
                        UUID.class, "uuid",
                        Symbol.class, "symbol")
                .getOrDefault(value.getClass(), value.getClass().getName());
        return Values.scalar(type, value.toString());
    }

    /** A message or correlation id in the form that the AMQP JMS mapping gives it. */
    static String jmsId(JsonNode id) {
        return switch (id.get("t").asText()) {
            case "ulong" -> "ID:AMQP_ULONG:" + id.get("v").asText();
            case "uuid" -> "ID:AMQP_UUID:" + id.get("v").asText();
            case "binary" -> "ID:AMQP_BINARY:" + id.get("v").asText();
            default -> id.get("v").asText();
        };
    }

    /** The id that a JMS program sees as this text; a message id of another prefix-less string is marked by the mapping. */
    static JsonNode viewId(String id) {
        String[][] forms = {
            {"ID:AMQP_ULONG:", "ulong"},
            {"ID:AMQP_UUID:", "uuid"},
            {"ID:AMQP_BINARY:", "binary"},
            {"ID:AMQP_NO_PREFIX:", "string"}
        };
        for (String[] form : forms) {
            if (id.startsWith(form[0])) {
                String rest = id.substring(form[0].length());
                return Values.scalar(
                        form[1], form[1].equals("binary") ? rest.toLowerCase(java.util.Locale.ROOT) : rest);
            }
        }
        return JsonNodeFactory.instance.objectNode().put("t", "string").put("v", id);
    }
}
