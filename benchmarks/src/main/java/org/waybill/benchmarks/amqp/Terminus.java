package org.waybill.benchmarks.amqp;

/**
 * The node a link goes to or comes from.
 *
 * @param address its address
 * @param capability says what kind of node is meant, or ""
 * @param selector what a receiver wants of it, as a JMS selector, or ""
 * @param durable whether a receiver is a durable subscription of the link's name
 */
public record Terminus(String address, String capability, String selector, boolean durable) {
    /** A node of which everything is wanted. */
    public Terminus(String address, String capability) {
        this(address, capability, "", false);
    }
}
