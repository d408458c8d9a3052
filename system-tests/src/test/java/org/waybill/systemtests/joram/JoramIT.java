package org.waybill.systemtests.joram;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.waybill.systemtests.RunningBroker;

/** Each test of the suite as a test of its own name, through Qpid JMS and through Waybill's own client. */
final class JoramIT {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    @Test
    void ourListNamesEveryTestOfTheSuite() {
        assertThat(JoramSuite.list()).isEqualTo(JoramSuite.tests().keySet());
    }

    @TestFactory
    Stream<DynamicTest> throughQpidJms() {
        return JoramSuite.through(Client.qpidJms(BROKER.port()));
    }

    @TestFactory
    Stream<DynamicTest> throughOurClient() {
        return JoramSuite.through(Client.waybill(BROKER.port()));
    }
}
