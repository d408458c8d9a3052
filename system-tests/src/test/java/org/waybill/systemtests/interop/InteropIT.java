package org.waybill.systemtests.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.jms.JMSException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.waybill.systemtests.Conversation;
import org.waybill.systemtests.RunningBroker;

/** The table sender × receiver, printed at the end: how many messages arrived as they were sent, of those that both ends can express. */
final class InteropIT {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    private static final int SLICE = 25;
    private static final List<Peer> PEERS = new ArrayList<>();
    private static final Map<String, String> TABLE = new LinkedHashMap<>();

    @BeforeAll
    static void meet() throws JMSException {
        PEERS.add(new JmsPeer(BROKER.port()));
        PEERS.add(new ProcessPeer("qpid-proton", Conversation.python("peer.py"), BROKER.port(), Set.of("null")));
        PEERS.add(new ProcessPeer("rhea", Conversation.node("peer.js"), BROKER.port(), Set.of("described")));
    }

    @AfterAll
    static void printTheTable() {
        PEERS.forEach(Peer::close);
        System.out.printf("%-28s", "messages, sender \\ receiver");
        PEERS.forEach(receiver -> System.out.printf(" | %-14s", receiver.name()));
        System.out.println();
        for (Peer sender : PEERS) {
            System.out.printf("%-28s", sender.name());
            PEERS.forEach(receiver ->
                    System.out.printf(" | %-14s", TABLE.getOrDefault(sender.name() + receiver.name(), "failed")));
            System.out.println();
        }
    }

    @TestFactory
    Stream<DynamicTest> carries() {
        return PEERS.stream().flatMap(sender -> PEERS.stream()
                .map(receiver -> dynamicTest(sender.name() + " to " + receiver.name(), () -> carry(sender, receiver))));
    }

    private static void carry(Peer sender, Peer receiver) {
        List<Case> cases = Cases.all().stream()
                .filter(sender::canSend)
                .filter(receiver::canReceive)
                .toList();
        String address = "interop." + sender.name().replace(' ', '-') + "."
                + receiver.name().replace(' ', '-');
        List<String> differences = new ArrayList<>();
        for (List<Case> some : slices(cases)) {
            List<String> digests = sender.send(address, some);
            List<JsonNode> received = receiver.receive(address, some.size());
            for (int i = 0; i < some.size(); i++) {
                String digest = digests.isEmpty() ? "" : digests.get(i);
                differences.addAll(differences(some.get(i), received.get(i), digest, receiver));
            }
        }
        TABLE.put(sender.name() + receiver.name(), (cases.size() - differences.size()) + " of " + cases.size());
        assertThat(differences).isEmpty();
    }

    /** Small ones, because a peer holds one in memory; a priority travels alone, because it would overtake. */
    private static List<List<Case>> slices(List<Case> cases) {
        List<List<Case>> slices = new ArrayList<>();
        for (Case next : cases) {
            List<Case> last = slices.isEmpty() ? List.of() : slices.get(slices.size() - 1);
            if (last.isEmpty()
                    || last.size() == SLICE
                    || next.has("priority")
                    || last.get(last.size() - 1).has("priority")) {
                last = new ArrayList<>();
                slices.add(last);
            }
            last.add(next);
        }
        return slices;
    }

    /** At most one sentence: everything in which a message differs from what was sent. */
    private static List<String> differences(Case sent, JsonNode received, String digest, Peer receiver) {
        JsonNode expected = Values.asReceived(sent.node());
        ObjectNode wanted = JsonNodeFactory.instance.objectNode();
        ObjectNode seen = JsonNodeFactory.instance.objectNode();
        for (String part : List.of("durable", "priority")) {
            compare(part, expected.path(part), received.path(part), receiver, wanted, seen);
        }
        for (Map.Entry<String, JsonNode> property : expected.path("properties").properties()) {
            compare(
                    property.getKey(),
                    property.getValue(),
                    received.path("properties").path(property.getKey()),
                    receiver,
                    wanted,
                    seen);
        }
        for (Map.Entry<String, JsonNode> annotation :
                expected.path("annotations").properties()) {
            if (receiver.shows("annotations")) {
                put(
                        annotation.getKey(),
                        annotation.getValue(),
                        received.path("annotations").path(annotation.getKey()),
                        wanted,
                        seen);
            }
        }
        for (Map.Entry<String, JsonNode> property : expected.path("app").properties()) {
            put(property.getKey(), property.getValue(), received.path("app").path(property.getKey()), wanted, seen);
        }
        put("body", expected.get("body").get("v"), received.path("body").path("v"), wanted, seen);
        if (receiver.shows("section")) {
            put(
                    "section",
                    expected.get("body").get("section"),
                    received.path("body").path("section"),
                    wanted,
                    seen);
        }
        if (receiver.shows("bare") && !digest.isEmpty()) {
            put("bare", JsonNodeFactory.instance.textNode(digest), received.path("bare"), wanted, seen);
        }
        return wanted.equals(seen) ? List.of() : List.of(sent.name() + ": expected " + wanted + ", got " + seen);
    }

    private static void compare(
            String part, JsonNode expected, JsonNode received, Peer receiver, ObjectNode wanted, ObjectNode seen) {
        if (!expected.isMissingNode() && receiver.shows(part)) {
            put(part, expected, received, wanted, seen);
        }
    }

    private static void put(String part, JsonNode expected, JsonNode received, ObjectNode wanted, ObjectNode seen) {
        if (!expected.equals(received)) {
            wanted.set(part, expected);
            seen.set(part, received.isMissingNode() ? JsonNodeFactory.instance.nullNode() : received);
        }
    }
}
