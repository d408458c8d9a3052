package org.waybill.shard;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.spi.SubscriptionId;

/**
 * The topics of a broker and the subscriptions to them: part of the state of the shard on which all of them live.
 *
 * <p>A topic is here while it is of use: because somebody created it, sends to it, or subscribes to its very name. What is sent
 * to any other name can only reach subscriptions by pattern, for which it needs no topic that stays.
 */
final class Topics {
    private final AddressRules rules;
    private final Map<String, Topic> byName = new HashMap<>();
    private final Map<SubscriptionId, Node> durables = new HashMap<>();
    private final Map<SubscriptionId, Node> volatiles = new HashMap<>();
    private final List<Node> patterns = new ArrayList<>();
    private @Nullable Topic passing;
    private final Set<String> explicit = ConcurrentHashMap.newKeySet();

    Topics(AddressRules rules) {
        this.rules = rules;
    }

    /** Whether somebody created a topic of this name. Any thread. */
    boolean isExplicit(String name) {
        return explicit.contains(name);
    }

    @Nullable
    Topic topic(String name) {
        return byName.get(name);
    }

    Collection<Topic> all() {
        return byName.values();
    }

    /** Whether using a topic of this name makes it. */
    boolean mayCreate(String name) {
        return rules.of(name).autoCreate();
    }

    /** The topic of this name, which is forgotten when nobody uses it; see {@link #forgetIfUnused}. */
    Topic use(String name) {
        Topic topic = byName.get(name);
        if (topic == null) {
            topic = new Topic(name, rules.of(name), null);
            byName.put(name, topic);
        }
        return topic;
    }

    /** A topic that stands for a name nobody uses: for one message, or for several to the same name. */
    Topic passing(String name) {
        Topic topic = passing;
        if (topic == null || !topic.name.equals(name)) {
            topic = new Topic(name, rules.of(name), null);
            passing = topic;
        }
        return topic;
    }

    Topic temporary(String name, SessionPort owner) {
        Topic topic = new Topic(name, rules.of(name), owner);
        byName.put(name, topic);
        return topic;
    }

    void forgetIfUnused(Topic topic) {
        if (topic.unused()) {
            byName.remove(topic.name, topic);
        }
    }

    /** Removes a topic that has no subscriptions any more. */
    void remove(Topic topic) {
        byName.remove(topic.name, topic);
        explicit.remove(topic.name);
    }

    /** The subscription of this name, or null. */
    @Nullable
    Node named(SubscriptionId id, boolean durable) {
        return (durable ? durables : volatiles).get(id);
    }

    /** The subscription of this name, durable or not, or null. */
    @Nullable
    Node named(SubscriptionId id) {
        Node durable = durables.get(id);
        return durable != null ? durable : volatiles.get(id);
    }

    Route route(Topic topic) {
        Route route = topic.route;
        if (route == null) {
            List<Node> nodes = new ArrayList<>(topic.subscriptions);
            for (Node node : patterns) {
                if (Invariant.present(node.subscription).matches(topic.name)) {
                    nodes.add(node);
                }
            }
            route = new Route(nodes);
            topic.route = route;
        }
        return route;
    }

    /** Topics whose messages a subscription takes, of those that are here. */
    List<Topic> reaching(Subscription subscription) {
        if (subscription.pattern() == null) {
            Topic topic = byName.get(subscription.address());
            return topic == null ? List.of() : List.of(topic);
        }
        List<Topic> reaching = new ArrayList<>();
        for (Topic topic : byName.values()) {
            if (subscription.matches(topic.name)) {
                reaching.add(topic);
            }
        }
        return reaching;
    }

    // ---- apply

    Topic created(String name) {
        Topic topic = use(name);
        topic.explicit = true;
        explicit.add(name);
        return topic;
    }

    void deleted(String name) {
        Topic topic = byName.get(name);
        explicit.remove(name);
        if (topic != null) {
            topic.explicit = false;
            forgetIfUnused(topic);
        }
    }

    /** Gives a subscription its name: again, if replay has given that to an older one meanwhile. */
    void named(Node node) {
        Subscription subscription = Invariant.present(node.subscription);
        if (subscription.id() != null) {
            (subscription.durable() ? durables : volatiles).put(subscription.id(), node);
        }
    }

    void subscribed(Node node) {
        named(node);
        Subscription subscription = Invariant.present(node.subscription);
        if (subscription.pattern() == null) {
            use(subscription.address()).subscriptions.add(node);
        } else {
            patterns.add(node);
        }
        reroute(subscription);
    }

    void unsubscribed(Node node) {
        Subscription subscription = Invariant.present(node.subscription);
        if (subscription.id() != null) {
            (subscription.durable() ? durables : volatiles).remove(subscription.id(), node);
        }
        reroute(subscription);
        if (subscription.pattern() != null) {
            patterns.remove(node);
        } else {
            Topic topic = byName.get(subscription.address());
            if (topic != null) {
                topic.subscriptions.remove(node);
                forgetIfUnused(topic);
            }
        }
    }

    private void reroute(Subscription subscription) {
        passing = null;
        for (Topic topic : reaching(subscription)) {
            topic.route = null;
        }
    }
}
