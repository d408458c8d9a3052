package org.waybill.shard;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.waybill.config.AddressSettings;
import org.waybill.queue.Queue;

/** An address that exists: its queue, what it was told to be, and who uses it. */
final class Node {
    final Queue queue;
    final AddressSettings settings;

    /** The only session that may consume from it, or null. */
    final @Nullable LocalSession owner;

    final List<LocalProducer> producers = new ArrayList<>(1);
    final List<LocalConsumer> consumers = new ArrayList<>(1);

    /** Why its producers get no credit, or null. */
    @Nullable
    String blocked;

    /** When it was last said that its messages cannot be moved; epoch milliseconds. */
    long complainedAtMs;

    Node(Queue queue, AddressSettings settings, @Nullable LocalSession owner) {
        this.queue = queue;
        this.settings = settings;
        this.owner = owner;
    }

    boolean unused() {
        return producers.isEmpty() && consumers.isEmpty();
    }
}
