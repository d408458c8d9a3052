package org.waybill.systemtests.interop;

import static org.waybill.systemtests.interop.Values.array;
import static org.waybill.systemtests.interop.Values.bool;
import static org.waybill.systemtests.interop.Values.described;
import static org.waybill.systemtests.interop.Values.floating;
import static org.waybill.systemtests.interop.Values.generated;
import static org.waybill.systemtests.interop.Values.list;
import static org.waybill.systemtests.interop.Values.map;
import static org.waybill.systemtests.interop.Values.nothing;
import static org.waybill.systemtests.interop.Values.scalar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The messages of the table: every AMQP value type, every kind of body, sizes from nothing to 16 MiB, every property. */
final class Cases {
    private static final String A_UUID = "01234567-89ab-4cde-8f01-23456789abcd";

    private final List<Case> all = new ArrayList<>();

    private Cases() {}

    /** All of them, each durable and not durable. */
    static List<Case> all() {
        Cases cases = new Cases();
        cases.scalars();
        cases.compounds();
        cases.sizes();
        cases.properties();
        cases.annotations();
        List<Case> both = new ArrayList<>();
        for (Case one : cases.all) {
            both.add(one.durable(true));
            both.add(one.durable(false));
        }
        return List.copyOf(both);
    }

    private void scalars() {
        value("null", nothing());
        value("true", bool(true));
        value("false", bool(false));
        for (String[] integer : new String[][] {
            {"ubyte", "0", "255"},
            {"ushort", "0", "65535"},
            {"uint", "0", "200", "4294967295"},
            {"ulong", "0", "200", "18446744073709551615"},
            {"byte", "-128", "127"},
            {"short", "-32768", "32767"},
            {"int", "-128", "-129", "2147483647", "-2147483648"},
            {"long", "-128", "-129", "9223372036854775807", "-9223372036854775808"},
            {"char", "97", "8364", "128666"},
            {"timestamp", "0", "1700000000123"},
        }) {
            for (int i = 1; i < integer.length; i++) {
                value(integer[0] + " " + integer[i], scalar(integer[0], integer[i]));
            }
        }
        value("float", floating(-3.25f));
        value("double", floating(Math.PI));
        value("double infinity", floating(Double.NEGATIVE_INFINITY));
        value("decimal32", scalar("decimal32", "2ab4c5d6"));
        value("decimal64", scalar("decimal64", "22380000000004d2"));
        value("decimal128", scalar("decimal128", "2208000000000000000000000000162e"));
        value("uuid", scalar("uuid", A_UUID));
        value("empty symbol", scalar("symbol", ""));
        value("symbol", scalar("symbol", "amqp:a-symbol"));
        value("empty string", scalar("string", ""));
        value("text", scalar("string", "Grüße, 世界, \uD83D\uDE9A\n"));
        value("text of 255 bytes", scalar("string", "x".repeat(255)));
        value("empty binary value", scalar("binary", ""));
        value("binary value", scalar("binary", "00ff7f80"));
        value("long binary value", generated("binary", "value", 70_000));
    }

    private void compounds() {
        JsonNode nested = list(
                scalar("int", "1"),
                nothing(),
                list(scalar("string", "deep"), list()),
                map(scalar("string", "k"), scalar("symbol", "v")));
        value("empty list", list());
        value("list", list(scalar("int", "1"), scalar("string", "two"), bool(true)));
        value("nested list", nested);
        JsonNode[] many = new JsonNode[1_000];
        for (int i = 0; i < many.length; i++) {
            many[i] = scalar("int", String.valueOf(i));
        }
        value("list of 1000", list(many));
        value("empty map", map());
        value("map of plain values", plainMap());
        value(
                "map of many types",
                map(
                        scalar("string", "list"), nested,
                        scalar("string", "ulong"), scalar("ulong", "18446744073709551615"),
                        scalar("symbol", "symbol key"), scalar("uuid", A_UUID),
                        scalar("int", "7"), nothing()));
        value("array of int", array("int", scalar("int", "1"), scalar("int", "-2000000000")));
        value("array of symbol", array("symbol", scalar("symbol", "a"), scalar("symbol", "b")));
        value("described value", described(scalar("ulong", "4660"), list(scalar("string", "described"))));
        value(
                "value described by a symbol",
                described(scalar("symbol", "org.waybill:test:string"), scalar("string", "described")));
        value(
                "list of a described value",
                list(
                        scalar("int", "1"),
                        described(scalar("symbol", "org.waybill:test:string"), scalar("string", "described"))));
        body("sequence", "sequence", list(scalar("string", "a"), scalar("long", "5"), bool(false)));
        body("empty sequence", "sequence", list());
    }

    private static JsonNode plainMap() {
        return map(
                scalar("string", "boolean"), bool(true),
                scalar("string", "byte"), scalar("byte", "-1"),
                scalar("string", "short"), scalar("short", "-2"),
                scalar("string", "int"), scalar("int", "-3"),
                scalar("string", "long"), scalar("long", "-4"),
                scalar("string", "float"), floating(0.5f),
                scalar("string", "double"), floating(0.25),
                scalar("string", "string"), scalar("string", "text"),
                scalar("string", "char"), scalar("char", "97"),
                scalar("string", "binary"), scalar("binary", "0102"));
    }

    private void sizes() {
        for (int size : new int[] {0, 1, 255, 256, 1_000, 65_535, 65_536, 1 << 20, 16 << 20}) {
            body("data of " + size + " bytes", "data", generated("binary", "data", size));
        }
        value("text of 1 MiB", generated("string", "text", 1 << 19));
    }

    private void properties() {
        for (String[] id : new String[][] {
            {"string", "an-id"},
            {"string", "ID:another-id"},
            {"ulong", "0"},
            {"ulong", "18446744073709551615"},
            {"uuid", A_UUID},
            {"binary", "0aff"}
        }) {
            with(
                    "message id, " + id[0] + " " + id[1],
                    Map.of("properties", object(Map.of("message-id", scalar(id[0], id[1])))));
            with(
                    "correlation id, " + id[0] + " " + id[1],
                    Map.of("properties", object(Map.of("correlation-id", scalar(id[0], id[1])))));
        }
        with(
                "subject and groups",
                Map.of(
                        "properties",
                        object(Map.of(
                                "subject", scalar("string", "a subject"),
                                "group-id", scalar("string", "a group"),
                                "group-sequence", scalar("uint", "7"),
                                "reply-to-group-id", scalar("string", "another group")))));
        with(
                "every other property",
                Map.of(
                        "properties",
                        object(Map.of(
                                "user-id", scalar("binary", "75736572"),
                                "reply-to", scalar("string", "some.reply.queue"),
                                "content-type", scalar("symbol", "text/x-own"),
                                "content-encoding", scalar("symbol", "identity"),
                                "absolute-expiry-time", scalar("timestamp", "4102444800000"),
                                "creation-time", scalar("timestamp", "1700000000000")))));
        with("priority 9", Map.of("priority", JsonNodeFactory.instance.numberNode(9)));
        with(
                "plain application properties",
                Map.of(
                        "app",
                        object(Map.of(
                                "aBoolean", bool(false),
                                "aByte", scalar("byte", "-7"),
                                "aShort", scalar("short", "300"),
                                "anInt", scalar("int", "70000"),
                                "aLong", scalar("long", "-9007199254740991"),
                                "aFloat", floating(1.5f),
                                "aDouble", floating(2.75),
                                "aString", scalar("string", "ü")))));
        with(
                "application properties of other types",
                Map.of(
                        "app",
                        object(Map.of(
                                "aUbyte", scalar("ubyte", "200"),
                                "aUint", scalar("uint", "4000000000"),
                                "aTimestamp", scalar("timestamp", "1700000000123"),
                                "aUuid", scalar("uuid", A_UUID),
                                "aSymbol", scalar("symbol", "sym"),
                                "aBinary", scalar("binary", "ff00"),
                                "with a space", scalar("string", "v")))));
    }

    private void annotations() {
        with(
                "message annotations",
                Map.of(
                        "annotations",
                        object(Map.of(
                                "x-opt-waybill-test-string", scalar("string", "kept"),
                                "x-opt-waybill-test-long", scalar("long", "-5"),
                                "x-opt-waybill-test-symbol", scalar("symbol", "kept"),
                                "x-opt-waybill-test-list", list(scalar("int", "1"), scalar("string", "two"))))));
    }

    private void value(String name, JsonNode value) {
        body(name, "value", value);
    }

    private void body(String name, String section, JsonNode value) {
        ObjectNode node = JsonNodeFactory.instance.objectNode().put("durable", true);
        node.putObject("body").put("section", section).set("v", value);
        all.add(new Case(name, node));
    }

    private void with(String name, Map<String, JsonNode> parts) {
        value(name, scalar("string", "body of " + name));
        parts.forEach((part, content) -> all.get(all.size() - 1).node().set(part, content));
    }

    private static ObjectNode object(Map<String, JsonNode> entries) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        entries.forEach(node::set);
        return node;
    }
}
