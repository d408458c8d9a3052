package org.waybill.systemtests.joram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.waybill.jms.WaybillXAConnectionFactory;

/** What Artemis's AMQP cannot do is refused when the connection is made, not when the first branch begins. */
final class XaArtemisIT {
    @RegisterExtension
    static final ArtemisBroker BROKER = new ArtemisBroker();

    @ParameterizedTest
    @MethodSource("connections")
    void noXaConnection(ThrowingCallable create) {
        JMSException refused = catchThrowableOfType(JMSException.class, create);
        assertThat(refused)
                .isExactlyInstanceOf(JMSException.class)
                .hasMessageStartingWith("the server at amqp://127.0.0.1:" + BROKER.port()
                        + " does not take part in distributed transactions");
        assertThat(refused.getErrorCode()).isEqualTo("not-offered");
    }

    @Test
    void noXaContext() {
        assertThat(catchThrowableOfType(
                        JMSRuntimeException.class, () -> factory().createXAContext()))
                .isExactlyInstanceOf(JMSRuntimeException.class)
                .hasMessageStartingWith("the server at amqp://127.0.0.1:" + BROKER.port()
                        + " does not take part in distributed transactions");
    }

    static Stream<ThrowingCallable> connections() {
        return Stream.of(
                () -> factory().createXAConnection(),
                () -> factory().createXAConnection("admin", "admin"),
                () -> factory().createXAQueueConnection(),
                () -> factory().createXATopicConnection());
    }

    private static WaybillXAConnectionFactory factory() {
        return new WaybillXAConnectionFactory("amqp://127.0.0.1:" + BROKER.port());
    }
}
