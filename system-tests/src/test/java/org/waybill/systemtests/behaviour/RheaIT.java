package org.waybill.systemtests.behaviour;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.waybill.systemtests.Conversation;
import org.waybill.systemtests.RunningBroker;

/** The scenarios of {@code behaviour.js}, through rhea, over TCP and over WebSockets. */
final class RheaIT {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker("amqp: {websocket: {}}");

    private final Scenarios scenarios = new Scenarios(() -> Conversation.node("behaviour.js"), BROKER);

    @TestFactory
    List<DynamicTest> scenarios() throws JsonProcessingException {
        return scenarios.tests();
    }

    @TestFactory
    List<DynamicTest> scenariosOverWebSocket() throws JsonProcessingException {
        return scenarios.overWebSocket().tests();
    }
}
