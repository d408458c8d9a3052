package org.waybill.shard;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.waybill.config.AddressSettings;

/** A topic: who sends to it, and where its messages go. It holds none itself. */
final class Topic {
    final String name;
    final AddressSettings settings;

    /** The only session that may subscribe to it, or null. */
    final @Nullable SessionPort owner;

    final List<LocalProducer> producers = new ArrayList<>(1);

    /** Subscriptions to this name and no pattern. */
    final List<Node> subscriptions = new ArrayList<>(1);

    /** Whether somebody created it: it stays until somebody deletes it. */
    boolean explicit;

    /** Why its producers get no credit, or null. */
    @Nullable
    String blocked;

    /** Null when subscriptions have changed since it was made. */
    @Nullable
    Route route;

    Topic(String name, AddressSettings settings, @Nullable SessionPort owner) {
        this.name = name;
        this.settings = settings;
        this.owner = owner;
    }

    /** Whether nothing would be missed if it were forgotten. */
    boolean unused() {
        return !explicit && owner == null && producers.isEmpty() && subscriptions.isEmpty();
    }
}
