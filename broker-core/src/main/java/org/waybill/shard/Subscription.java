package org.waybill.shard;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.waybill.config.AddressPattern;
import org.waybill.message.Message;
import org.waybill.queue.MessageProperties;
import org.waybill.selector.Selector;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.SubscriptionId;
import org.waybill.spi.SubscriptionSpec;

/**
 * What a subscription takes. Its messages are in the queue of its node.
 *
 * @param id its name; null for one that belongs to a single consumer and ends with it
 * @param address the topic, or a pattern over topics
 * @param pattern the pattern, or null when the address is a name
 * @param selector null when it takes everything
 * @param noLocal whether it takes nothing from connections of {@code containerId}
 * @param containerId the container id of the connection that made it
 * @param durable whether it outlives its consumers and the broker
 * @param shared whether it may have several consumers at a time
 */
record Subscription(
        @Nullable SubscriptionId id,
        String address,
        @Nullable AddressPattern pattern,
        @Nullable Selector selector,
        boolean noLocal,
        String containerId,
        boolean durable,
        boolean shared) {
    private static final int SHARED = 1;
    private static final int NO_LOCAL = 2;
    private static final int CLIENT_ID = 4;
    private static final int SELECTOR = 8;

    /**
     * What a consumer asks for.
     *
     * @throws IllegalArgumentException when the address has wildcards and is no pattern
     */
    static Subscription of(ConsumerSpec spec, String address, String containerId) {
        SubscriptionSpec named = spec.subscription();
        return new Subscription(
                named == null ? null : named.id(),
                address,
                patternOf(address),
                spec.selector(),
                spec.noLocal(),
                containerId,
                named != null && named.durable(),
                named != null && named.shared());
    }

    private static @Nullable AddressPattern patternOf(String address) {
        return isPattern(address) ? AddressPattern.of(address) : null;
    }

    /** Whether an address has wildcards. */
    static boolean isPattern(String address) {
        return address.indexOf('*') >= 0 || address.indexOf('#') >= 0;
    }

    /** Whether it takes anything at all from a topic. */
    boolean matches(String topic) {
        return pattern == null ? address.equals(topic) : pattern.matches(topic);
    }

    /** Whether it takes everything that is sent to its topics. */
    boolean takesAll() {
        return selector == null && !noLocal;
    }

    /** Whether it takes a message that a connection of this container id sends to one of its topics. */
    boolean takes(Message message, String from, long nowMs) {
        return takesFrom(from)
                && (selector == null || selector.matches(new MessageProperties(message, 0, null, nowMs)));
    }

    /** Whether it takes messages of connections of this container id. */
    boolean takesFrom(String from) {
        return !noLocal || !containerId.equals(from);
    }

    /** Whether a consumer that asks for {@code other} under its name gets this one. */
    boolean sameAs(Subscription other) {
        return address.equals(other.address)
                && selectorText().equals(other.selectorText())
                && noLocal == other.noLocal
                && (!noLocal || containerId.equals(other.containerId));
    }

    private Optional<String> selectorText() {
        return Optional.ofNullable(selector).map(Selector::text);
    }

    /** What people call it. */
    String title() {
        SubscriptionId named = id;
        return "subscription " + (named == null ? "to " + address : named);
    }

    void write(Bytes out, int queue) {
        SubscriptionId named = Objects.requireNonNull(id);
        String clientId = named.clientId();
        int flags = (shared ? SHARED : 0)
                | (noLocal ? NO_LOCAL : 0)
                | (clientId != null ? CLIENT_ID : 0)
                | (selector != null ? SELECTOR : 0);
        out.putVar(queue).putByte(flags).putText(named.name()).putText(address).putText(containerId);
        if (clientId != null) {
            out.putText(clientId);
        }
        if (selector != null) {
            out.putText(selector.text());
        }
    }

    /** Reads what {@link #write} wrote behind the queue's number. */
    static Subscription read(ByteBuffer in) {
        int flags = in.get();
        String name = Bytes.text(in);
        String address = Bytes.text(in);
        String containerId = Bytes.text(in);
        String clientId = (flags & CLIENT_ID) == 0 ? null : Bytes.text(in);
        Selector selector = (flags & SELECTOR) == 0 ? null : Selector.restore(Bytes.text(in));
        return new Subscription(
                new SubscriptionId(name, clientId),
                address,
                patternOf(address),
                selector,
                (flags & NO_LOCAL) != 0,
                containerId,
                true,
                (flags & SHARED) != 0);
    }
}
