package org.waybill.spi;

/** What a client says it wants to reach under an address. */
public enum NodeKind {
    /** The client did not say: an existing node of any kind, else a queue. */
    ANY,
    /** Each message to one consumer. */
    QUEUE,
    /** Each message to every subscription. */
    TOPIC
}
