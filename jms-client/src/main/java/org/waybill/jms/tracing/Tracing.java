package org.waybill.jms.tracing;

/** How the context of a trace gets into messages and out of them. */
public sealed interface Tracing permits NoTracing, OpenTelemetryTracing {
    /** By OpenTelemetry if its API, 1.57 or newer, is on the class path of this client. */
    Tracing DETECTED = detect();

    private static Tracing detect() {
        try {
            Class.forName("io.opentelemetry.api.GlobalOpenTelemetry", false, Tracing.class.getClassLoader())
                    .getMethod("isSet");
            return new OpenTelemetryTracing();
        } catch (ReflectiveOperationException | LinkageError e) {
            return new NoTracing();
        }
    }

    /** Puts the context that is current on this thread into a message that is about to be sent. */
    void inject(TraceCarrier carrier);

    /** Makes the context of a received message current on this thread until the answer is closed. */
    Scope enter(TraceCarrier carrier);

    /** While it is open, the context of a message is current. */
    @FunctionalInterface
    interface Scope extends AutoCloseable {
        @Override
        void close();
    }
}
