package org.waybill.amqp.adapter;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.NodeKind;
import org.waybill.spi.Operation;
import org.waybill.spi.SubscriptionId;
import org.waybill.spi.SubscriptionSpec;

/** A broker core in memory for one event loop; a name that begins with {@code missing} is never created on demand. */
final class FakeCore {
    final Map<String, FakeQueue> queues = new TreeMap<>();
    final Set<FakeSession> sessions = new LinkedHashSet<>();

    /** What was asked of the management node. */
    final List<Operation> operations = new ArrayList<>();

    int nextTemporary;

    /** Why the next commit is refused, or null. */
    @Nullable
    BrokerError refuseCommit;

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

    void pause(String name, boolean paused) {
        new ArrayList<>(Objects.requireNonNull(queues.get(name)).producers).forEach(producer -> producer.pause(paused));
    }

    /** What consumers and temporary nodes were asked for, in the order of the asking. */
    final List<ConsumerSpec> specs = new ArrayList<>();

    final List<NodeKind> temporaryKinds = new ArrayList<>();

    /** The durable subscriptions; nothing is ever published to them but by a test. */
    final Map<SubscriptionId, Map<String, Object>> subscriptions = new HashMap<>();

    static String queueOf(SubscriptionId id) {
        return "subscription " + id;
    }

    void subscribed(ConsumerSpec spec, SubscriptionSpec subscription) {
        Map<String, Object> attributes = new HashMap<>();
        attributes.put("name", subscription.id().name());
        attributes.put("address", spec.address());
        attributes.put("shared", subscription.shared());
        attributes.put("no-local", spec.noLocal());
        if (subscription.id().clientId() != null) {
            attributes.put("client-id", subscription.id().clientId());
        }
        if (spec.selector() != null) {
            attributes.put("selector", spec.selector().text());
        }
        subscriptions.put(subscription.id(), attributes);
    }

    Reply<Boolean> unsubscribe(SubscriptionId id) {
        if (!subscriptions.containsKey(id)) {
            return new Reply.Refused<>(missing(id));
        }
        FakeQueue queue = queues.get(queueOf(id));
        if (queue != null && !queue.consumers.isEmpty()) {
            return new Reply.Refused<>(new BrokerError(BrokerError.Code.RESOURCE_LOCKED, id + " is in use"));
        }
        subscriptions.remove(id);
        return new Reply.Done<>(true);
    }

    Reply<Map<String, Object>> findSubscription(SubscriptionId id) {
        Map<String, Object> found = subscriptions.get(id);
        return found == null ? new Reply.Refused<>(missing(id)) : new Reply.Done<>(found);
    }

    private static BrokerError missing(SubscriptionId id) {
        return new BrokerError(BrokerError.Code.NOT_FOUND, "no such subscription: " + id);
    }
}
