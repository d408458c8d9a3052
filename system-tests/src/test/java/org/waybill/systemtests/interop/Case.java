package org.waybill.systemtests.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One message to be carried.
 *
 * @param name what it is about
 * @param node its description, as it goes to the peers
 */
record Case(String name, ObjectNode node) {
    JsonNode body() {
        return node.get("body").get("v");
    }

    String section() {
        return node.get("body").get("section").asText();
    }

    String bodyType() {
        return body().get("t").asText();
    }

    boolean has(String part) {
        return node.has(part);
    }

    /** The same message, durable or not. */
    Case durable(boolean durable) {
        ObjectNode copy = node.deepCopy();
        copy.put("durable", durable);
        return new Case(name + (durable ? "" : ", not durable"), copy);
    }
}
