package org.waybill.io;

/** Time as a parameter. Safe for any thread. */
public interface Clock {
    /** Nanoseconds since an arbitrary origin; never goes back. For durations and deadlines. */
    long nanoTime();

    /** Milliseconds since 1970 in UTC; may jump. For what people and other machines read. */
    long epochMs();
}
