package org.waybill.benchmarks.amqp;

import org.jspecify.annotations.Nullable;

/** A described value as the generic decoder returns it. */
public record Described(@Nullable Object descriptor, @Nullable Object value) {}
