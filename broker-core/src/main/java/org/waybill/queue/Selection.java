package org.waybill.queue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.waybill.selector.PropertySource;
import org.waybill.selector.Selector;

/** Consumers of a queue that want the same messages, and what of it they have yet to be offered. */
final class Selection implements Taker {
    final @Nullable Selector selector;
    final Backlog backlog = new Backlog(this);
    final Turns ready = new Turns();
    final List<QueueConsumer> members = new ArrayList<>(1);

    /** Ids of messages that its only member must not get again; null when it has refused none. */
    private final @Nullable Set<Long> refused;

    private Selection(@Nullable Selector selector, @Nullable Set<Long> refused) {
        this.selector = selector;
        this.refused = refused;
    }

    /** Of all consumers with this selector, or, when it is null, without one. */
    static Selection of(@Nullable Selector selector) {
        return new Selection(selector, null);
    }

    /** Of one consumer that refuses some messages. */
    static Selection refusing(@Nullable Selector selector) {
        return new Selection(selector, new HashSet<>());
    }

    /** Whether it is of one consumer that refuses some messages. */
    boolean isRefusing() {
        return refused != null;
    }

    boolean selectsBy(@Nullable Selector other) {
        return selector == null || other == null
                ? selector == other
                : selector.text().equals(other.text());
    }

    boolean isPlain() {
        return selector == null && refused == null;
    }

    void refuse(long id) {
        if (refused != null) {
            refused.add(id);
        }
    }

    /** A message left the queue. */
    void forget(long id) {
        if (refused != null) {
            refused.remove(id);
        }
    }

    boolean refuses(long id) {
        return refused != null && refused.contains(id);
    }

    boolean wants(long id, PropertySource properties) {
        return !refuses(id) && (selector == null || selector.matches(properties));
    }

    @Override
    public boolean isReady() {
        return ready.first() != null;
    }

    @Override
    public int priority() {
        QueueConsumer first = ready.first();
        return first == null ? 0 : first.priority;
    }
}
