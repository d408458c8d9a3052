package org.waybill.benchmarks.relay;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.waybill.benchmarks.amqp.Link;
import org.waybill.benchmarks.amqp.LinkListener;
import org.waybill.benchmarks.amqp.ServerRole;

/** The relay's queues by address, and the way of a message through it. Confined to the loop's thread. */
final class Relay implements ServerRole.Nodes {
    private static final long CREDIT = 2000;

    private final @Nullable RelayJournal journal;
    private final Map<String, RelayQueue> queues = new HashMap<>();
    private final Map<Link, RelayQueue> consumers = new HashMap<>();
    private final Set<RelayQueue> touched = new LinkedHashSet<>();
    private List<RelayJournal.Entry> toAppend = new ArrayList<>();

    Relay(@Nullable RelayJournal journal) {
        this.journal = journal;
    }

    @Override
    public LinkListener node(String address) {
        return queues.computeIfAbsent(address, key -> new RelayQueue(this));
    }

    @Override
    public void onAttached(Link link) {
        if (!link.sender()) {
            link.grant(CREDIT);
        }
    }

    @Override
    public void onDetached(Link link) {
        RelayQueue queue = consumers.remove(link);
        if (queue != null) {
            queue.remove(link);
        }
    }

    /** A consumer of that queue has granted credit. */
    void credited(RelayQueue queue, Link consumer) {
        if (consumers.putIfAbsent(consumer, queue) == null) {
            queue.add(consumer);
        }
        touched.add(queue);
    }

    /** A whole message has come from a producer. */
    void received(RelayQueue queue, Link producer, byte[] message, boolean durable) {
        if (journal != null && durable) {
            toAppend.add(new RelayJournal.Entry(queue, producer, producer.transferId(), message));
        } else {
            producer.accept(producer.transferId());
            queue.enqueue(message);
            touched.add(queue);
        }
        if (producer.credit() <= CREDIT / 2) {
            producer.grant(CREDIT);
        }
    }

    @Override
    public void onBatchEnd() {
        if (journal != null && !toAppend.isEmpty()) {
            journal.append(toAppend);
            toAppend = new ArrayList<>();
        }
    }

    /** Settles what the journal has forced, and forwards what there is to forward. */
    void forward() {
        if (journal != null) {
            for (List<RelayJournal.Entry> done = journal.forced(); done != null; done = journal.forced()) {
                done.forEach(this::settle);
                done.forEach(entry -> entry.producer().sendAccepted());
            }
        }
        touched.forEach(RelayQueue::forward);
        touched.clear();
    }

    private void settle(RelayJournal.Entry entry) {
        entry.queue().enqueue(entry.message());
        touched.add(entry.queue());
        if (!entry.producer().connection().closed()) {
            entry.producer().accept(entry.deliveryId());
        }
    }
}
