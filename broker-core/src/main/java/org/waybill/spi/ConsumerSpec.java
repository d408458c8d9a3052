package org.waybill.spi;

import org.jspecify.annotations.Nullable;
import org.waybill.message.Outcome;
import org.waybill.selector.Selector;

/**
 * What a consumer asks for.
 *
 * @param address where its messages come from; for a topic it may be a pattern, {@code *} for one word and {@code #} for any
 *     number of them
 * @param kind the kind of node it expects there
 * @param browse whether it only looks (AMQP distribution mode {@code copy}): every message once, none acquired
 * @param preSettled whether deliveries count as settled when they are sent, so that none can come back (at most once)
 * @param defaultOutcome what becomes of deliveries that are unsettled when the consumer is lost; see {@link Consumer#close}
 * @param selector only messages it matches are delivered; null for all
 * @param subscription the named subscription of a topic; null for a queue, and for a subscription that is the consumer's alone and
 *     ends with it
 * @param noLocal whether a topic's consumer gets nothing that was sent by a connection of its own container id
 * @param priority consumers of a higher one are served first, as long as they have credit; 0 is usual
 */
public record ConsumerSpec(
        String address,
        NodeKind kind,
        boolean browse,
        boolean preSettled,
        Outcome defaultOutcome,
        @Nullable Selector selector,
        @Nullable SubscriptionSpec subscription,
        boolean noLocal,
        int priority) {
    /** A consumer of a queue. */
    public ConsumerSpec(
            String address,
            NodeKind kind,
            boolean browse,
            boolean preSettled,
            Outcome defaultOutcome,
            @Nullable Selector selector) {
        this(address, kind, browse, preSettled, defaultOutcome, selector, null, false, 0);
    }
}
