package org.waybill.spi;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One client connection as the broker sees it. All calls and all answers are on the loop the session was opened with. No call
 * blocks. Answers never come from inside the call that asked for them.
 */
public interface BrokerSession {
    /** Opens a producer; the answer is {@link ProducerHandler#opened} or {@link ProducerHandler#closed}. */
    Producer openProducer(ProducerSpec spec, ProducerHandler handler);

    /** Opens a consumer; the answer is {@link ConsumerHandler#opened} or {@link ConsumerHandler#closed}. */
    org.waybill.spi.Consumer openConsumer(ConsumerSpec spec, ConsumerHandler handler);

    /**
     * Creates a node that lives no longer than this session and that only this session may consume from.
     *
     * @param reply gets its address, or the reason why there is none
     */
    void createTemporary(NodeKind kind, Consumer<Reply<String>> reply);

    /**
     * Deletes a node that {@link #createTemporary} made; consumers of it are closed with {@code RESOURCE_DELETED}. It cannot be
     * refused, as the detach that asks for it cannot: that a temporary in use is not deleted (Jakarta Messaging 3.1, section 6.2.2)
     * is for the client to see to, whose own connection alone can use it.
     */
    void deleteTemporary(String address);

    /**
     * Removes a durable subscription with its messages.
     *
     * @param reply an error when there is none ({@code NOT_FOUND}) or somebody consumes from it ({@code RESOURCE_LOCKED})
     */
    void unsubscribe(SubscriptionId id, Consumer<Reply<Boolean>> reply);

    /**
     * Says what a durable subscription is: {@code name}, {@code client-id} (absent when all clients share its name), {@code
     * address}, {@code shared}, {@code no-local}, {@code selector} (absent when it takes everything).
     *
     * @param reply an error when there is none
     */
    void findSubscription(SubscriptionId id, Consumer<Reply<Map<String, Object>>> reply);

    /** Begins a transaction. */
    Transaction begin();

    /** Branches of transactions that a transaction manager decides. */
    Branches branches();

    /** Carries out one administrative operation. */
    void manage(Operation operation, Consumer<Reply<List<Map<String, Object>>>> reply);

    /** Hands everything gathered since the last flush to the shards. Called at the end of each socket read. */
    void flush();

    /**
     * Ends the session because its client is lost: producers and consumers close, unsettled deliveries get their default outcome,
     * temporaries go.
     */
    void close();

    /** Ends the session because its client says so: as {@link #close}, but consumers end as by {@link Consumer#close}. */
    void leave();

    /**
     * An answer: exactly one of value and error.
     *
     * @param <T> the type of the value
     */
    sealed interface Reply<T> {
        /** It was done. */
        record Done<T>(T value) implements Reply<T> {}

        /** It was not done, and nothing has changed. */
        record Refused<T>(BrokerError error) implements Reply<T> {}
    }
}
