package org.waybill.spi;

/**
 * An administrative operation on queues. Its answer is a list of maps with the attributes of the queues it concerned: {@code
 * name}, {@code kind}, {@code durable}, {@code temporary}, {@code messages}, {@code unsettled}, {@code bytes}, {@code consumers}, {@code producers},
 * {@code enqueued}, {@code dequeued}, {@code blocked} (string, absent when not blocked).
 */
public sealed interface Operation {
    /** All queues, sorted by name. */
    record ListQueues() implements Operation {}

    /** One queue; {@code NOT_FOUND} when there is none. */
    record ReadQueue(String name) implements Operation {}

    /** Creates a durable queue; {@code PRECONDITION_FAILED} when it exists. */
    record CreateQueue(String name) implements Operation {}

    /** Deletes a queue with its messages; its consumers and producers are closed with {@code RESOURCE_DELETED}. */
    record DeleteQueue(String name) implements Operation {}

    /** Removes every message that no consumer holds; the answer's map has {@code purged}, their number. */
    record PurgeQueue(String name) implements Operation {}
}
