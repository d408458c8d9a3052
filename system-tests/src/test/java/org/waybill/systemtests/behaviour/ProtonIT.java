package org.waybill.systemtests.behaviour;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.waybill.systemtests.Conversation;
import org.waybill.systemtests.RunningBroker;

/** The scenarios of {@code behaviour.py}, each as a test of its own name. */
final class ProtonIT {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    private final ObjectMapper json = new ObjectMapper();

    @TestFactory
    List<DynamicTest> scenarios() throws JsonProcessingException {
        List<DynamicTest> tests = new ArrayList<>();
        try (Conversation python = Conversation.python("behaviour.py")) {
            for (JsonNode name : ask(python, "list").get("scenarios")) {
                tests.add(dynamicTest(name.asText().replace('_', ' '), () -> run(name.asText())));
            }
        }
        return tests;
    }

    /** In a process of its own, so that a scenario that leaves its library in disorder spoils no other. */
    private void run(String scenario) throws JsonProcessingException {
        try (Conversation python = Conversation.python("behaviour.py")) {
            JsonNode answer = ask(python, scenario);
            if (!answer.get("ok").asBoolean()) {
                throw new AssertionError(answer.get("error").asText());
            }
        }
    }

    private JsonNode ask(Conversation python, String scenario) throws JsonProcessingException {
        String request = json.writeValueAsString(
                json.createObjectNode().put("scenario", scenario).put("port", BROKER.port()));
        return json.readTree(python.ask(request));
    }
}
