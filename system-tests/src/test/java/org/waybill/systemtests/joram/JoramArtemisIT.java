package org.waybill.systemtests.joram;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The same against Apache Artemis: what is shown through Qpid JMS as well is not a peculiarity of this client, or of that broker. */
final class JoramArtemisIT {
    @RegisterExtension
    static final ArtemisBroker BROKER = new ArtemisBroker();

    @TestFactory
    @EnabledIfSystemProperty(
            named = "waybill.joram.yardstick",
            matches = "true",
            disabledReason =
                    "it has nothing of Waybill in it, and has hung where Qpid JMS drains a browser at Artemis: -Plong")
    Stream<DynamicTest> throughQpidJms() {
        return JoramSuite.through(Client.qpidJms(BROKER.port()));
    }

    @TestFactory
    Stream<DynamicTest> throughOurClient() {
        return JoramSuite.through(Client.waybill(BROKER.port()));
    }
}
