package org.waybill.io;

import java.util.UUID;

/** Time, and what is unique in it, as a parameter. Safe for any thread. */
public interface Clock {
    /** Nanoseconds since an arbitrary origin; never goes back. For durations and deadlines. */
    long nanoTime();

    /** Milliseconds since 1970 in UTC; may jump. For what people and other machines read. */
    long epochMs();

    /** A name that nobody else has given to anything, at any time, on any machine. */
    default UUID newName() {
        return UUID.randomUUID();
    }
}
