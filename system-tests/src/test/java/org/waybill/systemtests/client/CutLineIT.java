package org.waybill.systemtests.client;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.waybill.jms.WaybillConnectionFactory;
import org.waybill.systemtests.Distribution;
import org.waybill.systemtests.RunningBroker;

/**
 * A line that is cut after so many bytes, anywhere between the first and the last of what a small application says and hears.
 * {@code -Dwaybill.cut.seed=N} repeats the places of a run.
 */
@Timeout(600)
@ExtendWith(Leftovers.class)
final class CutLineIT {
    private static final String LIMITS =
            "jms.connectTimeout=15000&jms.requestTimeout=15000&jms.sendTimeout=15000&jms.closeTimeout=15000";

    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    private final int cuts = Integer.parseInt(Distribution.required("waybill.client.cuts"));
    private final long seed = Long.getLong("waybill.cut.seed", System.nanoTime());
    private final Random random = new Random(seed);

    private static ConnectionFactory plain(FaultyLine line) {
        return new WaybillConnectionFactory("amqp://127.0.0.1:" + line.port() + "?" + LIMITS);
    }

    private static ConnectionFactory failover(FaultyLine line) {
        return new WaybillConnectionFactory("failover:(amqp://127.0.0.1:" + line.port() + ")?" + LIMITS
                + "&jms.exactlyOnce=true&failover.maxReconnectDelay=100");
    }

    /** What passes when nothing is cut. */
    private static long allBytes(String name, boolean failsOver) throws JMSException {
        try (FaultyLine line = new FaultyLine(BROKER.port())) {
            SmallApplication application =
                    new SmallApplication(failsOver ? failover(line) : plain(line), name, step -> {});
            application.run();
            assertThat(application.received()).isEqualTo(SmallApplication.everything());
            return line.passedBytes();
        }
    }

    @Test
    void withoutFailoverItIsAnExceptionAndToldOnce() throws JMSException {
        long all = allBytes("whole", false);
        for (int cut = 0; cut < cuts; cut++) {
            long after = 1 + random.nextLong(all);
            String place = "seed " + seed + ", cut " + cut + " after " + after + " of " + all + " bytes";
            try (FaultyLine line = new FaultyLine(BROKER.port())) {
                SmallApplication.Step[] last = new SmallApplication.Step[1];
                SmallApplication application =
                        new SmallApplication(plain(line), "plain." + cut, step -> last[0] = step);
                line.cutAfter(after);
                try {
                    application.run();
                    assertThat(last[0]).as(place).isEqualTo(SmallApplication.Step.CLOSED);
                    assertThat(application.received()).as(place).isEqualTo(SmallApplication.everything());
                } catch (JMSException e) {
                    assertThat(e).as(place).hasMessageContaining("127.0.0.1:" + line.port());
                    assertThat(e.getCause()).as(place).isNotNull();
                }
                assertThat(application.told()).as(place).hasSizeLessThanOrEqualTo(1);
            }
        }
    }

    @Test
    void withFailoverItGoesOn() throws JMSException {
        long all = allBytes("whole", true);
        for (int cut = 0; cut < cuts; cut++) {
            long after = 1 + random.nextLong(all);
            String place = "seed " + seed + ", cut " + cut + " after " + after + " of " + all + " bytes";
            try (FaultyLine line = new FaultyLine(BROKER.port())) {
                SmallApplication application = new SmallApplication(failover(line), "failover." + cut, step -> {});
                line.cutAfter(after);
                try {
                    application.run();
                } catch (JMSException | RuntimeException e) {
                    throw new AssertionError(place, e);
                }
                assertThat(application.received()).as(place).isEqualTo(SmallApplication.everything());
                assertThat(application.told()).as(place).isEmpty();
            }
        }
    }
}
