package org.waybill.systemtests.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;

/**
 * Descriptions of AMQP values: {@code {"t": type, "v": value}}, numbers as text or as the hexadecimal form of their bits, long texts and
 * binaries as a recipe ({@code gen}, {@code len}) when sent and as length and digest when received.
 */
final class Values {
    private static final int SHORT = 256;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private Values() {}

    static ObjectNode scalar(String type, String value) {
        return JSON.objectNode().put("t", type).put("v", value);
    }

    static ObjectNode nothing() {
        return JSON.objectNode().put("t", "null");
    }

    static ObjectNode bool(boolean value) {
        return JSON.objectNode().put("t", "boolean").put("v", value);
    }

    static ObjectNode floating(float value) {
        return scalar("float", String.format("%08x", Float.floatToRawIntBits(value)));
    }

    static ObjectNode floating(double value) {
        return scalar("double", String.format("%016x", Double.doubleToRawLongBits(value)));
    }

    static ObjectNode list(JsonNode... items) {
        ObjectNode node = JSON.objectNode().put("t", "list");
        node.putArray("v").addAll(Arrays.asList(items));
        return node;
    }

    static ObjectNode array(String of, JsonNode... items) {
        ObjectNode node = list(items);
        return node.put("t", "array").put("of", of);
    }

    /** A map of alternating keys and values. */
    static ObjectNode map(JsonNode... keysAndValues) {
        ObjectNode node = JSON.objectNode().put("t", "map");
        ArrayNode entries = node.putArray("v");
        for (int i = 0; i < keysAndValues.length; i += 2) {
            entries.addArray().add(keysAndValues[i]).add(keysAndValues[i + 1]);
        }
        return node;
    }

    static ObjectNode described(JsonNode descriptor, JsonNode value) {
        ObjectNode node = JSON.objectNode().put("t", "described");
        node.set("d", descriptor);
        node.set("v", value);
        return node;
    }

    /** A long binary, or a text of hexadecimal digits, by recipe. */
    static ObjectNode generated(String type, String seed, int bytes) {
        return JSON.objectNode().put("t", type).put("gen", seed).put("len", bytes);
    }

    static ObjectNode binary(byte[] value) {
        return value.length > SHORT
                ? digested("binary", value)
                : scalar("binary", HexFormat.of().formatHex(value));
    }

    static ObjectNode text(String value) {
        byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
        return encoded.length > SHORT ? digested("string", encoded) : scalar("string", value);
    }

    /** The bytes of a binary that is described by its content or by its recipe. */
    static byte[] bytes(JsonNode node) {
        return node.has("gen")
                ? generatedBytes(node.get("gen").asText(), node.get("len").asInt())
                : HexFormat.of().parseHex(node.get("v").asText());
    }

    /** The text of a string that is described by its content or by its recipe. */
    static String string(JsonNode node) {
        return node.has("gen")
                ? HexFormat.of().formatHex(bytes(node))
                : node.get("v").asText();
    }

    /** A description as a receiver gives it: recipes replaced by what a receiver of their product sees. */
    static JsonNode asReceived(JsonNode node) {
        if (node.isObject() && node.has("t") && node.get("t").asText().equals("binary")) {
            return binary(bytes(node));
        }
        if (node.isObject() && node.has("t") && node.get("t").asText().equals("string")) {
            return text(string(node));
        }
        if (node.isObject()) {
            ObjectNode copy = JSON.objectNode();
            for (Map.Entry<String, JsonNode> entry : node.properties()) {
                copy.set(entry.getKey(), asReceived(entry.getValue()));
            }
            return copy;
        }
        if (node.isArray()) {
            ArrayNode copy = JSON.arrayNode();
            node.forEach(item -> copy.add(asReceived(item)));
            return copy;
        }
        return node;
    }

    private static ObjectNode digested(String type, byte[] value) {
        return JSON.objectNode()
                .put("t", type)
                .put("len", value.length)
                .put("sha256", HexFormat.of().formatHex(sha256().digest(value)));
    }

    private static byte[] generatedBytes(String seed, int length) {
        MessageDigest digest = sha256();
        byte[] out = new byte[length];
        for (int at = 0; at < length; at += 32) {
            byte[] block = digest.digest((seed + ":" + at / 32).getBytes(StandardCharsets.UTF_8));
            System.arraycopy(block, 0, out, at, Math.min(32, length - at));
        }
        return out;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
