package org.waybill.systemtests.client;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.JMSException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.waybill.jms.WaybillConnectionFactory;
import org.waybill.systemtests.RunningBroker;
import org.waybill.systemtests.client.SmallApplication.Step;

/** SIGKILL and a new start of the broker at each step of an application. */
@Timeout(60)
@ExtendWith(Leftovers.class)
final class KilledBrokerIT {
    private static final String LIMITS =
            "jms.connectTimeout=15000&jms.requestTimeout=15000&jms.sendTimeout=15000&jms.closeTimeout=15000";

    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    /** At some: to a client that gives up, a killed broker looks like a cut line. */
    @ParameterizedTest
    @EnumSource(names = {"CONNECTED", "SENT", "MOVED", "RECEIVED_AGAIN"})
    void withoutFailoverItIsAnExceptionAndToldOnce(Step death) {
        WaybillConnectionFactory factory =
                new WaybillConnectionFactory("amqp://127.0.0.1:" + BROKER.port() + "?" + LIMITS);
        SmallApplication application = new SmallApplication(factory, "killed." + death, new Once(death));
        JMSException failure = null;
        try {
            application.run();
        } catch (JMSException e) {
            failure = e;
        }
        assertThat(failure).isNotNull().hasMessageContaining("127.0.0.1:" + BROKER.port());
        assertThat(failure.getCause()).isNotNull();
        assertThat(application.told()).hasSizeLessThanOrEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CLOSED")
    void withFailoverItGoesOn(Step death) throws JMSException {
        WaybillConnectionFactory factory = new WaybillConnectionFactory("failover:(amqp://127.0.0.1:" + BROKER.port()
                + ")?" + LIMITS + "&jms.exactlyOnce=true&failover.maxReconnectDelay=100");
        SmallApplication application = new SmallApplication(factory, "outlived." + death, new Once(death));
        application.run();
        assertThat(application.received()).isEqualTo(SmallApplication.everything());
        assertThat(application.told()).isEmpty();
    }

    /** Kills the broker when a step is done for the first time. */
    private static final class Once implements Consumer<Step> {
        private final Step at;
        private boolean done;

        Once(Step at) {
            this.at = at;
        }

        @Override
        public void accept(Step step) {
            if (step == at && !done) {
                done = true;
                BROKER.crash();
            }
        }
    }
}
