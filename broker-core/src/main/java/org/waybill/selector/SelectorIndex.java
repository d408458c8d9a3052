package org.waybill.selector;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds, among many subscribers with a selector each, those a message is for, without evaluating every selector.
 *
 * <p>A selector that can only be true if a certain property has a certain value ({@code region = 'north' AND weight > 3},
 * {@code region IN ('north', 'east')}, {@code region = 'north' OR region = 'east'}, {@code isUrgent}) is kept under that value: the
 * property is read once for each message, whatever the number of selectors that ask for it, and only those kept under the
 * message's value are looked at. Nothing but what else they require is evaluated. Selectors of any other form are evaluated
 * in turn. The outcome is always that of {@link Selector#matches}.
 *
 * <p>Matching allocates nothing besides what {@link PropertySource} does and at most one boxed number for each property. For
 * one thread at a time.
 *
 * @param <T> what has a selector: a consumer, a subscription; told apart by identity
 */
public final class SelectorIndex<T> {
    private static final int WORD_BITS = Long.SIZE;

    private final IdentityHashMap<T, Entry<T>> entries = new IdentityHashMap<>();
    private final Map<Identifier, Values<T>> properties = new HashMap<>();

    /** The same in a row, to be walked through without an iterator. */
    private final List<Values<T>> propertyRow = new ArrayList<>();

    /** In the order of adding; null where one was removed. */
    private final List<@Nullable Entry<T>> places = new ArrayList<>();

    /** A bit for each place whose selector is not kept under a value. */
    private long[] unindexed = new long[1];

    /** A bit for each place that has yet to be looked at for the message at hand. */
    private long[] candidates = new long[1];

    /**
     * Adds a subscriber behind all others.
     *
     * @param selector what its messages must match; null for all
     * @throws IllegalArgumentException when it was added before and not removed
     */
    public void add(T subscriber, @Nullable Selector selector) {
        Entry<T> entry = new Entry<>(subscriber);
        if (entries.putIfAbsent(subscriber, entry) != null) {
            throw new IllegalArgumentException("was added before: " + subscriber);
        }
        if (selector != null) {
            prepare(entry, selector.condition());
        }
        place(entry);
    }

    private void prepare(Entry<T> entry, Condition condition) {
        List<Condition> parts = Requirement.parts(condition);
        Requirement requirement = mostTelling(Requirement.among(parts));
        if (requirement == null) {
            entry.rest = condition;
            return;
        }
        entry.requirement = requirement;
        entry.rest = requirement.rest(parts);
        Values<T> values = properties.get(requirement.identifier());
        if (values == null) {
            values = new Values<>(requirement.identifier());
            properties.put(requirement.identifier(), values);
            propertyRow.add(values);
        }
        values.add(entry, requirement);
    }

    /** The one whose values have the fewest subscribers already; among equals one whose property is read anyway. */
    private @Nullable Requirement mostTelling(List<Requirement> requirements) {
        Requirement best = null;
        long bestCost = Long.MAX_VALUE;
        for (Requirement requirement : requirements) {
            Values<T> values = properties.get(requirement.identifier());
            long cost = values == null ? 1 : 2L * values.count(requirement);
            if (cost < bestCost) {
                best = requirement;
                bestCost = cost;
            }
        }
        return best;
    }

    private void place(Entry<T> entry) {
        entry.place = places.size();
        places.add(entry);
        int word = entry.place / WORD_BITS;
        if (word == unindexed.length) {
            unindexed = Arrays.copyOf(unindexed, 2 * word);
            candidates = new long[2 * word];
        }
        if (entry.requirement == null) {
            unindexed[word] |= 1L << entry.place;
        }
    }

    /** Takes a subscriber away; returns whether it was there. */
    public boolean remove(T subscriber) {
        Entry<T> entry = entries.remove(subscriber);
        if (entry == null) {
            return false;
        }
        places.set(entry.place, null);
        unindexed[entry.place / WORD_BITS] &= ~(1L << entry.place);
        if (entry.requirement != null) {
            leave(entry, entry.requirement);
        }
        if (places.size() > WORD_BITS && entries.size() < places.size() / 2) {
            closeGaps();
        }
        return true;
    }

    private void leave(Entry<T> entry, Requirement requirement) {
        Values<T> values = properties.get(requirement.identifier());
        if (values != null && values.remove(entry, requirement)) {
            properties.remove(requirement.identifier());
            propertyRow.remove(values);
        }
    }

    private void closeGaps() {
        List<@Nullable Entry<T>> all = new ArrayList<>(places);
        places.clear();
        Arrays.fill(unindexed, 0);
        for (Entry<T> entry : all) {
            if (entry != null) {
                place(entry);
            }
        }
    }

    /** How many subscribers there are. */
    public int size() {
        return entries.size();
    }

    /**
     * Shows every subscriber without a selector, or whose selector a message matches, in the order of adding.
     *
     * @param visitor must not call this index
     */
    public void match(PropertySource message, Consumer<? super T> visitor) {
        int words = (places.size() + WORD_BITS - 1) / WORD_BITS;
        System.arraycopy(unindexed, 0, candidates, 0, words);
        for (int i = 0; i < propertyRow.size(); i++) {
            propertyRow.get(i).mark(message, candidates);
        }
        for (int word = 0; word < words; word++) {
            for (long bits = candidates[word]; bits != 0; bits &= bits - 1) {
                Entry<T> entry = places.get(word * WORD_BITS + Long.numberOfTrailingZeros(bits));
                if (entry != null && entry.isRestTrue(message)) {
                    visitor.accept(entry.subscriber);
                }
            }
        }
    }

    /** A subscriber. */
    private static final class Entry<T> {
        final T subscriber;

        /** What it is kept under, or null. */
        @Nullable
        Requirement requirement;

        /** What must be true besides, or null for nothing. */
        @Nullable
        Condition rest;

        int place;

        Entry(T subscriber) {
            this.subscriber = subscriber;
        }

        boolean isRestTrue(PropertySource message) {
            return rest == null || rest.truth(message) == Truth.TRUE;
        }
    }

    /** The subscribers that are kept under the values of one property. */
    private static final class Values<T> {
        private final Identifier identifier;
        private final Map<Object, List<Entry<T>>> byKey = new HashMap<>();

        Values(Identifier identifier) {
            this.identifier = identifier;
        }

        void add(Entry<T> entry, Requirement requirement) {
            for (Object key : requirement.keys()) {
                byKey.computeIfAbsent(key, absent -> new ArrayList<>(1)).add(entry);
            }
        }

        /** Returns whether none is left. */
        boolean remove(Entry<T> entry, Requirement requirement) {
            for (Object key : requirement.keys()) {
                List<Entry<T>> sharing = byKey.get(key);
                if (sharing != null && sharing.remove(entry) && sharing.isEmpty()) {
                    byKey.remove(key);
                }
            }
            return byKey.isEmpty();
        }

        /** How many subscribers a message that fulfils the requirement can have here. */
        int count(Requirement requirement) {
            int count = 0;
            for (Object key : requirement.keys()) {
                List<Entry<T>> sharing = byKey.get(key);
                count = Math.max(count, sharing == null ? 0 : sharing.size());
            }
            return count;
        }

        void mark(PropertySource message, long[] candidates) {
            Object value = identifier.value(message);
            Object key = Requirement.key(value);
            if (key != null) {
                mark(byKey.get(key), candidates);
            } else if (value instanceof Number number && Requirement.mayEqualSeveral(number)) {
                markEqual(number, candidates);
            }
        }

        /** For a number that promotion may make equal to several keys. */
        private void markEqual(Number number, long[] candidates) {
            for (Map.Entry<Object, List<Entry<T>>> keyed : byKey.entrySet()) {
                if (keyed.getKey() instanceof Long key && Promotion.holds(number, Comparison.Operator.EQUAL, key)) {
                    mark(keyed.getValue(), candidates);
                }
            }
        }

        private void mark(@Nullable List<Entry<T>> entries, long[] candidates) {
            if (entries != null) {
                for (int i = 0; i < entries.size(); i++) {
                    int place = entries.get(i).place;
                    candidates[place / WORD_BITS] |= 1L << place;
                }
            }
        }
    }
}
