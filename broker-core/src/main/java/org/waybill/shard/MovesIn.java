package org.waybill.shard;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.waybill.spi.BrokerError;

/**
 * What a shard's log says about messages that have come from other shards: up to which number it has decided about each, and which
 * of the last ones it has not taken. Part of its {@link State}. What is kept for a shard is bounded by what that has on its way.
 */
final class MovesIn {
    private final Map<Integer, Source> sources = new TreeMap<>();

    private static final class Source {
        long last;
        final TreeMap<Long, BrokerError> refused = new TreeMap<>();
    }

    /** A message that was not taken. */
    record Refusal(long number, BrokerError why) {}

    /** Sees what is known of one shard. */
    interface Visitor {
        void source(int source, long last, List<Refusal> refused);
    }

    /** The last number of this shard that was decided about, or 0. */
    long last(int source) {
        Source known = sources.get(source);
        return known == null ? 0 : known.last;
    }

    /** What was not taken, and may still be asked about. */
    List<Refusal> refused(int source) {
        Source known = sources.get(source);
        return known == null ? List.of() : refused(known);
    }

    private static List<Refusal> refused(Source known) {
        return known.refused.entrySet().stream()
                .map(entry -> new Refusal(entry.getKey(), entry.getValue()))
                .toList();
    }

    void forEach(Visitor visitor) {
        sources.forEach((source, known) -> visitor.source(source, known.last, refused(known)));
    }

    /**
     * Applies what was decided.
     *
     * @param done nobody asks about numbers up to this one any more
     * @param last everything up to this number is decided about: taken, if it is not refused
     */
    void decided(int source, long done, long last, List<Refusal> refusals) {
        Source known = sources.computeIfAbsent(source, key -> new Source());
        known.last = Math.max(known.last, last);
        known.refused.headMap(done, true).clear();
        refusals.forEach(refusal -> known.refused.put(refusal.number(), refusal.why()));
    }
}
