package org.waybill.systemtests.behaviour;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.DynamicTest;
import org.waybill.systemtests.Conversation;
import org.waybill.systemtests.RunningBroker;

/** The scenarios of a program in another language, each as a test of its own name. */
final class Scenarios {
    private final Supplier<Conversation> program;
    private final RunningBroker broker;
    private final boolean webSocket;
    private final ObjectMapper json = new ObjectMapper();

    /** @param program starts the program, which says what its scenarios are and runs one */
    Scenarios(Supplier<Conversation> program, RunningBroker broker) {
        this(program, broker, false);
    }

    private Scenarios(Supplier<Conversation> program, RunningBroker broker, boolean webSocket) {
        this.program = program;
        this.broker = broker;
        this.webSocket = webSocket;
    }

    /** The same over WebSockets, for a program that knows them. */
    Scenarios overWebSocket() {
        return new Scenarios(program, broker, true);
    }

    List<DynamicTest> tests() throws JsonProcessingException {
        List<DynamicTest> tests = new ArrayList<>();
        try (Conversation asked = program.get()) {
            for (JsonNode name : ask(asked, "list").get("scenarios")) {
                tests.add(dynamicTest(name.asText().replace('_', ' '), () -> run(name.asText())));
            }
        }
        return tests;
    }

    /** In a process of its own, so that a scenario that leaves its library in disorder spoils no other. */
    private void run(String scenario) throws JsonProcessingException {
        try (Conversation asked = program.get()) {
            JsonNode answer = ask(asked, scenario);
            if (!answer.get("ok").asBoolean()) {
                throw new AssertionError(answer.get("error").asText());
            }
        }
    }

    private JsonNode ask(Conversation asked, String scenario) throws JsonProcessingException {
        String request = json.writeValueAsString(json.createObjectNode()
                .put("scenario", scenario)
                .put("port", broker.port())
                .put("webSocket", webSocket));
        return json.readTree(asked.ask(request));
    }
}
