package org.waybill.spi;

import org.jspecify.annotations.Nullable;

/**
 * What a producer asks for.
 *
 * @param address where its messages go, or null for an anonymous producer whose messages each name their own ({@code to})
 * @param kind the kind of node it expects there
 */
public record ProducerSpec(@Nullable String address, NodeKind kind) {}
