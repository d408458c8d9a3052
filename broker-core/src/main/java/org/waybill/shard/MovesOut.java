package org.waybill.shard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;

/**
 * What a shard's log says about messages that leave it for other shards: the numbers that were given, and the entries that are on
 * their way. Part of its {@link State}.
 */
final class MovesOut {
    private final Map<Integer, Long> lastNumbers = new TreeMap<>();
    private final Map<EntryName, Departure> onTheWay = new LinkedHashMap<>();

    private record EntryName(int queue, long messageId) {}

    /** An entry that is held because it goes to another shard's queue. */
    record Departure(
            int target, long number, int queue, long messageId, Moving.Cause cause, String reason, String to) {}

    /** The last number that was given to a message for this shard, or 0. */
    long last(int target) {
        return lastNumbers.getOrDefault(target, 0L);
    }

    /** Whether an entry is on its way, as the log has it. */
    boolean has(int queue, long messageId) {
        return !onTheWay.isEmpty() && onTheWay.containsKey(new EntryName(queue, messageId));
    }

    boolean isEmpty() {
        return onTheWay.isEmpty();
    }

    /** What is on its way to this shard, in the order of its numbers. */
    List<Departure> to(int target) {
        List<Departure> found = new ArrayList<>();
        for (Departure each : onTheWay.values()) {
            if (each.target() == target) {
                found.add(each);
            }
        }
        found.sort((one, other) -> Long.compare(one.number(), other.number()));
        return found;
    }

    /** Visits each shard that something has ever gone to. */
    void forEachTarget(IntConsumer visitor) {
        lastNumbers.keySet().forEach(visitor::accept);
    }

    // ---- apply

    /** Numbers up to this one are given. */
    void numbered(int target, long last) {
        lastNumbers.merge(target, last, Math::max);
    }

    /** An entry goes there. */
    void departed(Departure departure) {
        onTheWay.put(new EntryName(departure.queue(), departure.messageId()), departure);
    }

    /** An entry is not in its queue any more, or does not go anywhere after all. */
    void gone(int queue, long messageId) {
        if (!onTheWay.isEmpty()) {
            onTheWay.remove(new EntryName(queue, messageId));
        }
    }

    /** A queue is gone with what was in it. */
    void deleted(int queue) {
        if (!onTheWay.isEmpty()) {
            onTheWay.keySet().removeIf(name -> name.queue() == queue);
        }
    }
}
