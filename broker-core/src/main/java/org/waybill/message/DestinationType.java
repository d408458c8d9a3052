package org.waybill.message;

/** What the sender of a message says its address is (AMQP JMS mapping, annotation {@code x-opt-jms-dest}). */
public enum DestinationType {
    /** A queue: 0. */
    QUEUE,
    /** A topic: 1. */
    TOPIC,
    /** A temporary queue: 2. */
    TEMPORARY_QUEUE,
    /** A temporary topic: 3. */
    TEMPORARY_TOPIC,
    /** It does not say. */
    UNKNOWN;

    static DestinationType of(int code) {
        return switch (code) {
            case 0 -> QUEUE;
            case 1 -> TOPIC;
            case 2 -> TEMPORARY_QUEUE;
            case 3 -> TEMPORARY_TOPIC;
            default -> UNKNOWN;
        };
    }

    /** Reads the older annotation {@code x-opt-to-type}: {@code queue} or {@code topic}, also {@code temporary}. */
    static DestinationType ofWords(String words) {
        boolean temporary = words.contains("temporary");
        if (words.contains("topic")) {
            return temporary ? TEMPORARY_TOPIC : TOPIC;
        }
        if (words.contains("queue")) {
            return temporary ? TEMPORARY_QUEUE : QUEUE;
        }
        return UNKNOWN;
    }
}
