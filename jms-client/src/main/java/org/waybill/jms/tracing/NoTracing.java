package org.waybill.jms.tracing;

/** Nothing, where there is no OpenTelemetry. */
record NoTracing() implements Tracing {
    private static final Scope NOTHING = () -> {};

    @Override
    public void inject(TraceCarrier carrier) {
        // There is no context.
    }

    @Override
    public Scope enter(TraceCarrier carrier) {
        return NOTHING;
    }
}
