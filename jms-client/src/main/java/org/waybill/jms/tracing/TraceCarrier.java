package org.waybill.jms.tracing;

import org.jspecify.annotations.Nullable;

/** What carries the fields of a trace's context: a message. */
public interface TraceCarrier {
    /** Sets a field for the sending that is under way. */
    void traceField(String name, String value);

    /** The field of this name that it came with, or null; null too if it cannot be read. */
    @Nullable
    String traceField(String name);
}
