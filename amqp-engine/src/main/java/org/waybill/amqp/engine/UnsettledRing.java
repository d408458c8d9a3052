package org.waybill.amqp.engine;

import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The unsettled deliveries of one direction of a session: delivery id to link and token.
 *
 * <p>A ring over the running ids between the oldest and the newest, with one bit each that says whether it is there. A few old ones
 * that stay behind while the rest moves on are put aside in a tree, so that space follows what is unsettled, not how far apart it
 * is. Walking a range costs its live members and a 64th of the ring. Entries of links that are over count as gone. Nothing is
 * allocated while nothing is unsettled.
 */
final class UnsettledRing {
    static final long NONE = Long.MAX_VALUE;

    private static final int MIN_CAPACITY = 64;
    /** Below this the ring rather grows than puts aside. */
    private static final int SMALL_CAPACITY = 1024;

    private static final @Nullable Link[] NO_LINKS = new Link[0];
    private static final long[] NO_LONGS = new long[0];

    private record Aside(Link link, long token) {}

    private @Nullable Link[] links = NO_LINKS;
    private long[] tokens = NO_LONGS;
    private long[] bits = NO_LONGS;
    private @Nullable TreeMap<Long, Aside> aside;
    /** The ring covers ids from {@code base} up to {@code end}, at most its capacity. */
    private long base;

    private long end;
    private int live;

    int live() {
        return live;
    }

    /** How many ids the ring can span. */
    int capacity() {
        return links.length;
    }

    /** Adds a delivery; ids only ever rise. */
    void add(long id, Link link, long token) {
        if (live == 0) {
            base = id;
            end = id;
        }
        if (id - base >= links.length) {
            makeRoom(id);
        }
        int slot = slot(id);
        links[slot] = link;
        tokens[slot] = token;
        bits[slot >> 6] |= 1L << slot;
        end = id + 1;
        live++;
        link.unsettled++;
    }

    /** The lowest id from {@code from} to {@code last} that is unsettled, or {@link #NONE}. */
    long next(long from, long last) {
        if (aside != null && from < base) {
            Long id = nextAside(from, Math.min(last, base - 1));
            if (id != null) {
                return id;
            }
        }
        long id = Math.max(from, base);
        long until = Math.min(last + 1, end);
        while (id < until) {
            int slot = slot(id);
            long word = bits[slot >> 6] >>> slot;
            if (word == 0) {
                id += 64 - (slot & 63);
                continue;
            }
            id += Long.numberOfTrailingZeros(word);
            if (id >= until) {
                return NONE;
            }
            Link link = links[slot(id)];
            if (link != null && !link.isOver()) {
                return id;
            }
            clear(slot(id));
            id++;
        }
        return NONE;
    }

    /** The last id up to {@code last} of the run of this link with rising tokens that starts at {@code first}, which is live. */
    long runEnd(long first, long last) {
        if (first < base) {
            return first;
        }
        int slot = slot(first);
        Link link = links[slot];
        long token = tokens[slot];
        long id = first;
        long until = Math.min(last, end - 1);
        while (id < until) {
            int following = slot(id + 1);
            if (links[following] != link || tokens[following] != ++token || !isSet(following)) {
                break;
            }
            id++;
        }
        return id;
    }

    /** The link of an id that is live. */
    Link link(long id) {
        Link link = id < base ? asideOf(id).link : links[slot(id)];
        if (link == null) {
            throw new IllegalStateException("not unsettled");
        }
        return link;
    }

    /** The token of an id that is live. */
    long token(long id) {
        return id < base ? asideOf(id).token : tokens[slot(id)];
    }

    /** Takes out ids that are all live and belong to one link. */
    void remove(long first, long last) {
        for (long id = first; id <= last; id++) {
            link(id).unsettled--;
            live--;
            if (id < base) {
                dropAside(id);
            } else {
                clear(slot(id));
            }
        }
        advance();
    }

    /** Forgets the deliveries of a link that is over. */
    void forget(Link link, int count) {
        live -= count;
        if (aside != null) {
            aside.values().removeIf(entry -> entry.link == link);
            if (aside.isEmpty()) {
                aside = null;
            }
        }
        if (live == 0) {
            release();
        }
    }

    /** Gives the arrays back if nothing is unsettled. */
    void release() {
        if (live == 0 && links.length > 0) {
            links = NO_LINKS;
            tokens = NO_LONGS;
            bits = NO_LONGS;
            aside = null;
            base = end;
        }
    }

    private void advance() {
        if (live == 0) {
            base = end;
            return;
        }
        if (base < end && !isSet(slot(base))) {
            long id = next(base, end - 1);
            base = id == NONE ? end : id;
        }
    }

    private void makeRoom(long id) {
        int capacity = links.length;
        advance();
        while (id - base >= capacity && base < end && capacity >= SMALL_CAPACITY && live < capacity / 4) {
            putAside(base);
            long following = next(base + 1, end - 1);
            base = following == NONE ? end : following;
        }
        if (base == end) {
            base = id;
            end = id;
        }
        if (id - base < capacity) {
            return;
        }
        if (id - base >= 4L * Math.max(capacity, SMALL_CAPACITY)) {
            // A jump of ids, which only a strange peer makes: the ring starts anew behind it.
            for (long old = next(base, end - 1); old != NONE; old = next(old + 1, end - 1)) {
                putAside(old);
            }
            base = id;
            end = id;
        }
        grow(id);
    }

    private void grow(long id) {
        int capacity = Math.max(MIN_CAPACITY, links.length);
        while (id - base >= capacity) {
            capacity *= 2;
        }
        if (capacity == links.length) {
            return;
        }
        @Nullable Link[] oldLinks = links;
        long[] oldTokens = tokens;
        long[] oldBits = bits;
        links = new Link[capacity];
        tokens = new long[capacity];
        bits = new long[capacity >> 6];
        for (long old = base; old < end; old++) {
            int from = (int) old & (oldLinks.length - 1);
            if ((oldBits[from >> 6] >>> from & 1) != 0) {
                int to = slot(old);
                links[to] = oldLinks[from];
                tokens[to] = oldTokens[from];
                bits[to >> 6] |= 1L << to;
            }
        }
    }

    private void putAside(long id) {
        int slot = slot(id);
        Link link = links[slot];
        if (link != null && isSet(slot) && !link.isOver()) {
            if (aside == null) {
                aside = new TreeMap<>();
            }
            aside.put(id, new Aside(link, tokens[slot]));
        }
        clear(slot);
    }

    private @Nullable Long nextAside(long from, long last) {
        if (aside == null || from > last) {
            return null;
        }
        Long id = aside.ceilingKey(from);
        return id == null || id > last ? null : id;
    }

    private Aside asideOf(long id) {
        Aside entry = aside == null ? null : aside.get(id);
        if (entry == null) {
            throw new IllegalStateException("not unsettled");
        }
        return entry;
    }

    private void dropAside(long id) {
        if (aside != null) {
            aside.remove(id);
            if (aside.isEmpty()) {
                aside = null;
            }
        }
    }

    private void clear(int slot) {
        links[slot] = null;
        bits[slot >> 6] &= ~(1L << slot);
    }

    private boolean isSet(int slot) {
        return (bits[slot >> 6] >>> slot & 1) != 0;
    }

    private int slot(long id) {
        return (int) id & (links.length - 1);
    }
}
