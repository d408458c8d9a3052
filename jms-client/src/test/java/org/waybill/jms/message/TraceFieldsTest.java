package org.waybill.jms.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.ContextPropagators;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.MessageAnnotations;
import org.apache.qpid.proton.message.Message;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where the context of a trace stands in a message. */
final class TraceFieldsTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final Symbol PARENT = Symbol.valueOf("traceparent");

    private final Messages messages = Wires.messages();

    @BeforeEach
    void set() {
        GlobalOpenTelemetry.resetForTest();
        GlobalOpenTelemetry.set(
                OpenTelemetry.propagating(ContextPropagators.create(W3CTraceContextPropagator.getInstance())));
    }

    @AfterEach
    void reset() {
        GlobalOpenTelemetry.resetForTest();
    }

    @SuppressWarnings("MustBeClosedChecker") // its callers do
    private static Scope span(String id) {
        return Span.wrap(SpanContext.create(TRACE, id, TraceFlags.getDefault(), TraceState.getDefault()))
                .makeCurrent();
    }

    @Test
    void areMessageAnnotationsThatEachSendingWritesAnew() throws Exception {
        JmsMessage message = messages.createMessage();
        JmsMessage received;
        try (Scope scope = span("1111111111111111")) {
            assertThat(scope).isNotNull();
            assertThat(parent(Wires.proton(message))).isEqualTo("00-" + TRACE + "-1111111111111111-00");
            received = Wires.sent(message);
        }
        assertThat(received.traceField("traceparent")).isEqualTo("00-" + TRACE + "-1111111111111111-00");
        assertThat(received.getPropertyNames().nextElement()).isEqualTo("JMSXDeliveryCount");
        assertThat(parent(Wires.proton(message))).as("outside of any trace").isNull();
        try (Scope scope = span("2222222222222222")) {
            assertThat(scope).isNotNull();
            Map<Symbol, Object> annotations =
                    Wires.proton(received).getMessageAnnotations().getValue();
            assertThat(annotations).containsEntry(PARENT, "00-" + TRACE + "-2222222222222222-00");
        }
        assertThat(parent(Wires.proton(received)))
                .as("passed on as it came where nothing is traced")
                .isEqualTo("00-" + TRACE + "-1111111111111111-00");
    }

    @Test
    void areFoundInPropertiesToo() throws Exception {
        JmsMessage message = messages.createMessage();
        message.setStringProperty("traceparent", "p");
        assertThat(Wires.sent(message).traceField("traceparent")).isEqualTo("p");
        assertThat(Wires.sent(message).traceField("tracestate")).isNull();
        Message wire = Message.Factory.create();
        wire.setMessageAnnotations(new MessageAnnotations(Map.of(PARENT, 1)));
        assertThat(Wires.received(wire).traceField("traceparent")).isNull();
    }

    private static Object parent(Message wire) {
        return wire.getMessageAnnotations().getValue().get(PARENT);
    }
}
