package org.waybill.amqp.adapter;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.waybill.message.Annotations;
import org.waybill.message.Message;
import org.waybill.message.Outcome;

/** A queue in memory that keeps order, counts and holders. One loop alone uses it. */
final class FakeQueue {
    final String name;
    final @Nullable FakeSession owner;
    final List<FakeConsumer> consumers = new ArrayList<>();
    final List<FakeProducer> producers = new ArrayList<>();
    final TreeSet<Entry> ready = new TreeSet<>(Comparator.comparingLong(e -> e.id));
    final List<Outcome.Rejected> rejected = new ArrayList<>();
    int held;
    private long nextId;
    private int turn;

    /** A message with its place in the queue. */
    static final class Entry {
        final long id;
        final Message message;
        int failures;
        byte @Nullable [] annotations;

        @Nullable
        FakeConsumer notFor;

        Entry(long id, Message message) {
            this.id = id;
            this.message = message;
        }
    }

    FakeQueue(String name, @Nullable FakeSession owner) {
        this.name = name;
        this.owner = owner;
    }

    void put(Message message) {
        ready.add(new Entry(nextId++, message));
        dispatch();
    }

    /** Hands messages to consumers with credit, each message to the next one in turn that may have it. */
    void dispatch() {
        for (FakeConsumer consumer : List.copyOf(consumers)) {
            if (consumer.spec.browse()) {
                consumer.browse(ready);
            }
        }
        for (Entry entry : List.copyOf(ready)) {
            for (int i = 0; i < consumers.size(); i++) {
                FakeConsumer consumer = consumers.get((turn + i) % consumers.size());
                if (!consumer.spec.browse() && consumer.wants(entry)) {
                    ready.remove(entry);
                    turn++;
                    held++;
                    consumer.deliver(entry);
                    break;
                }
            }
        }
        for (FakeConsumer consumer : List.copyOf(consumers)) {
            consumer.answerDrain();
        }
    }

    void settle(Entry entry, Outcome outcome, FakeConsumer by) {
        held--;
        if (outcome instanceof Outcome.Released) {
            ready.add(entry);
        } else if (outcome instanceof Outcome.Modified modified) {
            if (modified.deliveryFailed()) {
                entry.failures++;
            }
            if (modified.undeliverableHere()) {
                entry.notFor = by;
            }
            if (modified.annotations() != null) {
                entry.annotations = Annotations.merge(
                        entry.annotations == null ? entry.message.annotations() : entry.annotations,
                        modified.annotations());
            }
            ready.add(entry);
        } else if (outcome instanceof Outcome.Rejected error) {
            rejected.add(error);
        }
    }
}
