package org.waybill.systemtests.joram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.time.Duration;
import java.util.stream.Stream;
import junit.framework.TestCase;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.waybill.systemtests.RunningBroker;

/** Each test of the suite as a test of its own name. */
final class JoramIT {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @BeforeAll
    static void pointTheSuiteAtTheBroker() {
        QpidJmsAdmin.connectTo("amqp://127.0.0.1:" + BROKER.port()
                + "?jms.requestTimeout=10000&jms.connectTimeout=10000&jms.closeTimeout=10000");
    }

    @Test
    void ourListNamesEveryTestOfTheSuite() {
        assertThat(JoramSuite.list()).isEqualTo(JoramSuite.tests().keySet());
    }

    @TestFactory
    Stream<DynamicTest> suite() {
        return JoramSuite.tests().entrySet().stream()
                .map(entry -> dynamicTest(entry.getKey(), () -> run(entry.getValue())));
    }

    private static void run(TestCase test) {
        Throwable failure = assertTimeoutPreemptively(LIMIT, () -> JoramSuite.run(test));
        if (failure != null) {
            throw new AssertionError(test.getName() + ": " + failure.getMessage(), failure);
        }
    }
}
