package org.waybill.spi;

/**
 * An administrative operation. The answer of one on queues is a list of maps with the attributes of the queues it concerned: {@code
 * name}, {@code kind}, {@code durable}, {@code temporary}, {@code messages}, {@code waiting} (those of them that are not available yet),
 * {@code unsettled}, {@code bytes}, {@code consumers}, {@code producers}, {@code enqueued}, {@code dequeued}, {@code expired} (those of
 * them whose time was up), {@code blocked} (string, absent when not blocked).
 *
 * <p>Topics have {@code name}, {@code kind}, {@code durable} (created explicitly), {@code temporary}, {@code producers}, {@code
 * subscriptions} (how many take something from it) and {@code blocked}. Subscriptions have {@code name} and {@code client-id} (absent
 * when there is none), {@code address}, {@code durable}, {@code shared}, {@code no-local}, {@code selector} (absent when they take
 * everything), and of a queue's attributes {@code messages}, {@code unsettled}, {@code bytes}, {@code consumers}, {@code enqueued},
 * {@code dequeued} and {@code blocked}.
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

    /** All topics that are in use or were created, sorted by name. */
    record ListTopics() implements Operation {}

    /** Creates a topic that stays until it is deleted; {@code PRECONDITION_FAILED} when that was done before. */
    record CreateTopic(String name) implements Operation {}

    /**
     * Deletes a topic with the subscriptions to its name, not those to patterns; their consumers and its producers are closed with
     * {@code RESOURCE_DELETED}.
     */
    record DeleteTopic(String name) implements Operation {}

    /** All subscriptions, sorted by name. */
    record ListSubscriptions() implements Operation {}
}
