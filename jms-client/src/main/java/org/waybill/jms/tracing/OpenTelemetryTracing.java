package org.waybill.jms.tracing;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * OpenTelemetry's global instance, from the moment an application or agent has set one. It is asked whether it is there first, for
 * asking for it would set it to nothing for good.
 */
record OpenTelemetryTracing() implements Tracing {
    private static final Scope NOTHING = () -> {};
    private static final TextMapSetter<TraceCarrier> SETTER = (carrier, name, value) -> {
        if (carrier != null) {
            carrier.traceField(name, value);
        }
    };
    private static final TextMapGetter<TraceCarrier> GETTER = new Getter();

    @Override
    public void inject(TraceCarrier carrier) {
        Context context = Context.current();
        if (context != Context.root() && GlobalOpenTelemetry.isSet()) {
            propagator().inject(context, carrier, SETTER);
        }
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // the caller closes what it gets
    public Scope enter(TraceCarrier carrier) {
        if (!GlobalOpenTelemetry.isSet()) {
            return NOTHING;
        }
        io.opentelemetry.context.Scope scope =
                propagator().extract(Context.current(), carrier, GETTER).makeCurrent();
        return scope::close;
    }

    private static TextMapPropagator propagator() {
        return GlobalOpenTelemetry.getPropagators().getTextMapPropagator();
    }

    /** The fields of a message. */
    private static final class Getter implements TextMapGetter<TraceCarrier> {
        @Override
        @SuppressWarnings("deprecation") // of the interface, which wants it nevertheless
        public Iterable<String> keys(TraceCarrier carrier) {
            return List.of();
        }

        @Override
        public @Nullable String get(@Nullable TraceCarrier carrier, String name) {
            return carrier == null ? null : carrier.traceField(name);
        }
    }
}
