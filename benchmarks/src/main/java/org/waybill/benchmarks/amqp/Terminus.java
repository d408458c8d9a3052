package org.waybill.benchmarks.amqp;

/** The node a link goes to or comes from: its address and the capability that says what kind of node is meant, or "". */
public record Terminus(String address, String capability) {}
