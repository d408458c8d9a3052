package org.waybill.spi;

/**
 * The named subscription a consumer takes from. It is made when there is none of that name, and used as it is when its topic,
 * selector and noLocal are the consumer's; where they differ it is made anew, without its messages, provided that nobody uses it.
 *
 * @param id its name
 * @param durable whether it outlives its consumers and the broker; else it goes with its last consumer
 * @param shared whether several consumers may take from it at the same time
 */
public record SubscriptionSpec(SubscriptionId id, boolean durable, boolean shared) {}
