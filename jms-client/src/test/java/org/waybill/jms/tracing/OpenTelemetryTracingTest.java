package org.waybill.jms.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class OpenTelemetryTracingTest {
    private static final SpanContext SENDER = SpanContext.create(
            "0af7651916cd43dd8448eb211c80319c",
            "b7ad6b7169203331",
            TraceFlags.getSampled(),
            TraceState.builder().put("vendor", "x").build());

    private final Map<String, String> fields = new HashMap<>();
    private final TraceCarrier message = new TraceCarrier() {
        @Override
        public void traceField(String name, String value) {
            fields.put(name, value);
        }

        @Override
        public String traceField(String name) {
            return fields.get(name);
        }
    };
    private final Tracing tracing = Tracing.DETECTED;

    @BeforeEach
    @AfterEach
    void reset() {
        GlobalOpenTelemetry.resetForTest();
    }

    private static void setGlobal() {
        GlobalOpenTelemetry.set(
                OpenTelemetry.propagating(ContextPropagators.create(W3CTraceContextPropagator.getInstance())));
    }

    @Test
    void carriesTheContextAsTheW3cWritesIt() {
        setGlobal();
        try (var current = Span.wrap(SENDER).makeCurrent()) {
            assertThat(current).isNotNull();
            tracing.inject(message);
        }
        assertThat(fields)
                .containsOnly(
                        Map.entry("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
                        Map.entry("tracestate", "vendor=x"));
        try (Tracing.Scope scope = tracing.enter(message)) {
            assertThat(scope).isNotNull();
            assertThat(Span.current().getSpanContext().getTraceId()).isEqualTo(SENDER.getTraceId());
            assertThat(Span.current().getSpanContext().getSpanId()).isEqualTo(SENDER.getSpanId());
            assertThat(Span.current().getSpanContext().isRemote()).isTrue();
        }
        assertThat(Span.current().getSpanContext().isValid()).isFalse();
    }

    @Test
    void writesNothingWithoutAContext() {
        setGlobal();
        tracing.inject(message);
        assertThat(fields).isEmpty();
    }

    @Test
    void leavesItToTheApplicationToSetTheInstance() {
        try (var current = Span.wrap(SENDER).makeCurrent()) {
            assertThat(current).isNotNull();
            tracing.inject(message);
        }
        tracing.enter(message).close();
        assertThat(fields).isEmpty();
        assertThat(GlobalOpenTelemetry.isSet()).isFalse();
        setGlobal();
    }
}
