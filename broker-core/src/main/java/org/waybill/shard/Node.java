package org.waybill.shard;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.waybill.config.AddressSettings;
import org.waybill.queue.Queue;

/** A queue that clients send to, or that a subscription fills: what it was told to be, and who uses it. */
final class Node {
    final Queue queue;
    final AddressSettings settings;

    /** What brings it its messages, or null for a queue that clients send to. */
    final @Nullable Subscription subscription;

    /** The only session that may consume from it, or null. */
    final @Nullable SessionPort owner;

    final List<LocalProducer> producers = new ArrayList<>(1);
    final List<LocalConsumer> consumers = new ArrayList<>(1);

    /** Why its producers get no credit, or null. */
    @Nullable
    String blocked;

    /** When it was last said that its messages cannot be moved; epoch milliseconds. */
    long complainedAtMs;

    private Node(
            Queue queue, AddressSettings settings, @Nullable SessionPort owner, @Nullable Subscription subscription) {
        this.queue = queue;
        this.settings = settings;
        this.owner = owner;
        this.subscription = subscription;
    }

    static Node ofQueue(Queue queue, AddressSettings settings, @Nullable SessionPort owner) {
        return new Node(queue, settings, owner, null);
    }

    static Node ofSubscription(Queue queue, AddressSettings settings, Subscription subscription) {
        return new Node(queue, settings, null, subscription);
    }

    /** Whether it is the queue of this name. */
    boolean isQueue(String name) {
        return subscription == null && queue.name().equals(name);
    }

    /** What people call it. */
    String title() {
        return subscription == null ? "queue " + queue.name() : subscription.title();
    }

    boolean unused() {
        return producers.isEmpty() && consumers.isEmpty();
    }
}
