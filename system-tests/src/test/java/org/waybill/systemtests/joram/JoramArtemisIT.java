package org.waybill.systemtests.joram;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

final class JoramArtemisIT {
    @RegisterExtension
    static final ArtemisBroker BROKER = new ArtemisBroker();

    @TestFactory
    Stream<DynamicTest> throughQpidJms() {
        return JoramSuite.through(Client.qpidJms(BROKER.port()));
    }

    @TestFactory
    Stream<DynamicTest> throughOurClient() {
        return JoramSuite.through(Client.waybill(BROKER.port()));
    }
}
