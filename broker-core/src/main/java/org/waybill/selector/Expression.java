package org.waybill.selector;

import org.jspecify.annotations.Nullable;

/** A part of a selector that has a value. Immutable, evaluated on any thread. */
sealed interface Expression permits Literal, Identifier, Sign, Arithmetic, Function, Condition {
    ValueType type();

    /**
     * A Boolean, a Number of one of the six classes Java promotes among, a String, or null for SQL's NULL; in a filter
     * expression also a read-only ByteBuffer or a UUID.
     */
    @Nullable
    Object value(PropertySource source);
}
