package org.waybill.systemtests.behaviour;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.waybill.systemtests.Conversation;
import org.waybill.systemtests.RunningBroker;

/** The scenarios of {@code behaviour.py}, through python3-qpid-proton. */
final class ProtonIT {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    @TestFactory
    List<DynamicTest> scenarios() throws JsonProcessingException {
        return new Scenarios(() -> Conversation.python("behaviour.py"), BROKER).tests();
    }
}
