package org.waybill.jms.session;

import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The named subscriptions that a connection's consumers use, and their links' names, by which the server knows them. The names are
 * those of Qpid JMS, so that both clients find the same subscriptions:
 *
 * <pre>{@code
 *  durable                            | name
 *  shared durable, first; others      | name, name|2       without a client id: name|global, name|global2
 *  shared                             | name|volatile1     without a client id: name|global-volatile1
 * }</pre>
 *
 * <p>Any thread.
 */
final class Subscriptions {
    private static final char DELIMITER = '|';

    /** How a subscription is kept and by whom it is used. */
    enum Kind {
        DURABLE,
        SHARED_DURABLE,
        SHARED
    }

    /** A subscription that consumers use. */
    private static final class InUse {
        final String topic;
        final @Nullable String selector;
        final Set<Integer> numbers = new TreeSet<>();

        InUse(String topic, @Nullable String selector) {
            this.topic = topic;
            this.selector = selector;
        }
    }

    /** One consumer's use of a subscription. */
    record Use(Kind kind, String name, int number, String linkName) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, InUse> durable = new HashMap<>();
    private final Map<String, InUse> sharedDurable = new HashMap<>();
    private final Map<String, InUse> shared = new HashMap<>();

    /**
     * Begins to use a subscription.
     *
     * @throws IllegalStateException if one of this name is in use that does not go together with it (JMS 4.11)
     */
    Use use(Kind kind, @Nullable String name, String topic, @Nullable String selector, boolean hasClientId)
            throws JMSException {
        lock.lock();
        try {
            return begin(kind, check(name), topic, selector, hasClientId);
        } finally {
            lock.unlock();
        }
    }

    private Use begin(Kind kind, String checked, String topic, @Nullable String selector, boolean hasClientId)
            throws JMSException {
        if (kind == Kind.DURABLE && (durable.containsKey(checked) || sharedDurable.containsKey(checked))) {
            throw inUse(checked, "has a consumer already");
        }
        if (kind == Kind.SHARED_DURABLE && durable.containsKey(checked)) {
            throw inUse(checked, "has a consumer that does not share it");
        }
        InUse entry = of(kind).computeIfAbsent(checked, key -> new InUse(topic, selector));
        if (!entry.topic.equals(topic) || !Objects.equals(entry.selector, selector)) {
            throw inUse(checked, "has a consumer with another topic or selector");
        }
        int number = firstFree(entry.numbers);
        entry.numbers.add(number);
        return new Use(kind, checked, number, linkName(kind, checked, number, hasClientId));
    }

    /** The consumer is gone. */
    void release(Use use) {
        lock.lock();
        try {
            Map<String, InUse> uses = of(use.kind());
            InUse entry = uses.get(use.name());
            if (entry != null) {
                entry.numbers.remove(use.number());
                if (entry.numbers.isEmpty()) {
                    uses.remove(use.name());
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * The link name to look for to remove a durable subscription.
     *
     * @throws IllegalStateException if a consumer of this connection uses it
     */
    String toUnsubscribe(@Nullable String name, boolean hasClientId) throws JMSException {
        String checked = check(name);
        lock.lock();
        try {
            if (durable.containsKey(checked) || sharedDurable.containsKey(checked)) {
                throw inUse(checked, "has a consumer: close it before the subscription is removed");
            }
        } finally {
            lock.unlock();
        }
        return linkName(hasClientId ? Kind.DURABLE : Kind.SHARED_DURABLE, checked, 1, hasClientId);
    }

    private Map<String, InUse> of(Kind kind) {
        return switch (kind) {
            case DURABLE -> durable;
            case SHARED_DURABLE -> sharedDurable;
            case SHARED -> shared;
        };
    }

    private static int firstFree(Set<Integer> numbers) {
        int number = 1;
        while (numbers.contains(number)) {
            number++;
        }
        return number;
    }

    private static String linkName(Kind kind, String name, int number, boolean hasClientId) {
        if (kind == Kind.SHARED) {
            return name + DELIMITER + (hasClientId ? "volatile" : "global-volatile") + number;
        }
        if (hasClientId) {
            return number == 1 ? name : name + DELIMITER + number;
        }
        return name + DELIMITER + "global" + (number == 1 ? "" : Integer.toString(number));
    }

    private static String check(@Nullable String name) throws JMSException {
        if (name == null || name.isEmpty()) {
            throw new JMSException("a subscription needs a name that is not empty", "invalid-name");
        }
        if (name.indexOf(DELIMITER) >= 0) {
            throw new JMSException(
                    "the subscription name '" + name + "' contains '" + DELIMITER
                            + "', which ends names on the wire: choose another one",
                    "invalid-name");
        }
        return name;
    }

    private static IllegalStateException inUse(String name, String how) {
        return new IllegalStateException("the subscription '" + name + "' " + how, "in-use");
    }
}
