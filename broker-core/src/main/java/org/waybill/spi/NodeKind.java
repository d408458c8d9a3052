package org.waybill.spi;

/** What a client says it wants to reach under an address. */
public enum NodeKind {
    /** The client did not say: a topic that was created explicitly, else what the settings of the name say. */
    ANY,
    /** Each message to one consumer. */
    QUEUE,
    /** Each message to every subscription. */
    TOPIC
}
