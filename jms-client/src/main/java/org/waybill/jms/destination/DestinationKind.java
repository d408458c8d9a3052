package org.waybill.jms.destination;

import org.jspecify.annotations.Nullable;

/** What a destination is, with the values by which the AMQP mapping of JMS names it on links and in messages. */
public enum DestinationKind {
    /** A queue. */
    QUEUE(0, "queue"),
    /** A topic. */
    TOPIC(1, "topic"),
    /** A queue that ends with the connection that made it. */
    TEMPORARY_QUEUE(2, "temporary-queue"),
    /** A topic that ends with the connection that made it. */
    TEMPORARY_TOPIC(3, "temporary-topic");

    private static final DestinationKind[] BY_CODE = values();

    private final byte code;
    private final String capability;

    DestinationKind(int code, String capability) {
        this.code = (byte) code;
        this.capability = capability;
    }

    /** The value of the message annotations {@code x-opt-jms-dest} and {@code x-opt-jms-reply-to}. */
    public byte code() {
        return code;
    }

    /** The kind of this {@link #code()}, or null if there is none. */
    public static @Nullable DestinationKind ofCode(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }

    /** The capability by which a source or target asks for a node of this kind. */
    public String capability() {
        return capability;
    }

    /** Whether it is a queue, temporary or not; otherwise it is a topic. */
    public boolean isQueue() {
        return this == QUEUE || this == TEMPORARY_QUEUE;
    }

    /** Whether it ends with its connection. */
    public boolean isTemporary() {
        return this == TEMPORARY_QUEUE || this == TEMPORARY_TOPIC;
    }
}
