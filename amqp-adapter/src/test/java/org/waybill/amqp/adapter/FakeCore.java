package org.waybill.amqp.adapter;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.SubscriptionId;

/** A broker core in memory for one event loop; a name that begins with {@code missing} is never created on demand. */
final class FakeCore {
    final Map<String, FakeQueue> queues = new TreeMap<>();
    final Set<FakeSession> sessions = new LinkedHashSet<>();
    int nextTemporary;

    @Nullable
    FakeQueue queue(String address) {
        if (address.startsWith("missing") || address.startsWith("temporary-")) {
            return queues.get(address);
        }
        return queues.computeIfAbsent(address, name -> new FakeQueue(name, null));
    }

    void delete(String name) {
        FakeQueue queue = queues.remove(name);
        if (queue == null) {
            return;
        }
        BrokerError gone = new BrokerError(BrokerError.Code.RESOURCE_DELETED, name + " was deleted");
        List.copyOf(queue.consumers).forEach(consumer -> consumer.refuse(gone));
        List.copyOf(queue.producers).forEach(producer -> producer.refuse(gone));
    }

    void block(String name, @Nullable String reason) {
        FakeQueue queue = queues.get(name);
        if (queue == null) {
            throw new IllegalArgumentException(name);
        }
        for (FakeProducer producer : new ArrayList<>(queue.producers)) {
            producer.block(reason);
        }
    }

    /** There are no subscriptions but those that a test puts here. */
    final Map<SubscriptionId, Map<String, Object>> subscriptions = new HashMap<>();

    Reply<Boolean> unsubscribe(SubscriptionId id) {
        return subscriptions.remove(id) == null ? new Reply.Refused<>(missing(id)) : new Reply.Done<>(true);
    }

    Reply<Map<String, Object>> findSubscription(SubscriptionId id) {
        Map<String, Object> found = subscriptions.get(id);
        return found == null ? new Reply.Refused<>(missing(id)) : new Reply.Done<>(found);
    }

    private static BrokerError missing(SubscriptionId id) {
        return new BrokerError(BrokerError.Code.NOT_FOUND, "no such subscription: " + id);
    }
}
