package org.waybill.spi;

import org.jspecify.annotations.Nullable;
import org.waybill.config.AddressSettings;
import org.waybill.message.Message;

/**
 * Sends messages into the broker. Called on the session's loop; calls take effect with the session's next flush.
 */
public interface Producer {
    /**
     * Sends one message. Its outcome comes back through {@link ProducerHandler#settled} once the broker is as sure of it as its
     * {@link #durability} promises: a durable message after it was forced to disk, any other as soon as it has its place in a queue.
     *
     * <p>Called only after {@link ProducerHandler#opened}.
     *
     * @param message owned by the broker from here on
     * @param token the caller's name for this send, given back with the outcome; consecutive sends that have consecutive tokens
     *     are answered as ranges
     */
    void send(Message message, long token);

    /**
     * Sends one message in a transaction: it reaches its queue when that commits. There is no outcome of its own; what the broker
     * has against it is the answer to the commit.
     */
    void send(Message message, Transaction transaction);

    /**
     * What durable messages that are sent outside of transactions have survived when their outcome comes, by the rules of the node that
     * leads the address' shard; null before {@link ProducerHandler#opened}, and when each message names its own address.
     */
    AddressSettings.@Nullable Durability durability();

    /** Ends the producer. What was sent before is still carried out and settled. */
    void close();
}
