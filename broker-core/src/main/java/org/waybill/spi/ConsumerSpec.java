package org.waybill.spi;

import org.jspecify.annotations.Nullable;
import org.waybill.message.Outcome;
import org.waybill.selector.Selector;

/**
 * What a consumer asks for.
 *
 * @param address where its messages come from
 * @param kind the kind of node it expects there
 * @param browse whether it only looks (AMQP distribution mode {@code copy}): every message once, none acquired
 * @param preSettled whether deliveries count as settled when they are sent, so that none can come back (at most once)
 * @param defaultOutcome what becomes of deliveries that are unsettled when the consumer closes or is lost
 * @param selector only messages it matches are delivered; null for all
 */
public record ConsumerSpec(
        String address,
        NodeKind kind,
        boolean browse,
        boolean preSettled,
        Outcome defaultOutcome,
        @Nullable Selector selector) {}
