package org.waybill.shard;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a shard's log says of queues that do not live where the hash of their address says: part of its {@link State}. Each address has a
 * <i>home</i>, which is the shard that the hash chooses; it lives there, or on one other shard, of which its home knows.
 *
 * <pre>
 *  at home:  lives here ── LEAVING ──► is moving ── LEFT ──► away ── ARRIVED ──► lives here
 *  elsewhere:         (nothing) ── ARRIVED ──► lives here ── LEAVING ──► is moving ── LEFT ──► (nothing)
 *
 *  PLACE  25  u8 what, u8 1 at home, var other shard, var generation, text address
 *  what       1 LEAVING, to the other shard; 2 LEFT, for the other shard, which has it; 3 ARRIVED, from the other shard
 * </pre>
 *
 * <p>Each move of an address has a generation, one above that of the move before: a shard that is told again that it has a queue, by one that
 * has forgotten that it knows, must not take that for the next move back.
 *
 * <p>On the shard's loop, but for {@link #away}, {@link #moves} and {@link #hasMoved}.
 */
final class Places {
    /** What has happened to an address, by its number in the log. */
    private static final int LEAVING = 1;

    private static final int LEFT = 2;
    private static final int ARRIVED = 3;

    /** Read by sessions on any thread. */
    private final Map<String, Integer> away = new ConcurrentHashMap<>();

    /** When the place of an address of this home changed last, counted in {@link #moves}. */
    private final Map<String, Integer> changes = new ConcurrentHashMap<>();

    private volatile int moves;

    private final Set<String> guests = new HashSet<>();

    /** Of what has come here, or left its home. */
    private final Map<String, Integer> generations = new HashMap<>();

    private final Map<String, Integer> leaving = new TreeMap<>();

    /** The shard on which an address of this home lives, or {@code home}. Any thread. */
    int away(String address, int home) {
        return away.getOrDefault(address, home);
    }

    /** How many addresses of this home have changed their place: one that reads this before {@link #away} misses no change. Any thread. */
    int moves() {
        return moves;
    }

    /** Whether an address has changed its place after so many others had. Any thread. */
    boolean hasMoved(String address, int before) {
        return moves != before && changes.getOrDefault(address, 0) > before;
    }

    /** The place of an address changes: whoever finds it changed finds that said. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // only the shard's loop writes it
    private void changes(String address) {
        changes.put(address, moves + 1);
        moves++;
    }

    /** Whether nothing lives anywhere but at home, or moves. */
    boolean isUsual() {
        return away.isEmpty() && guests.isEmpty() && leaving.isEmpty();
    }

    /** Whether a queue lives here that has another home. */
    boolean isGuest(String address) {
        return guests.contains(address);
    }

    /** The shard that a queue of this shard is moving to, or null. */
    @Nullable
    Integer leavingTo(String address) {
        return leaving.get(address);
    }

    /** The generation of the last move of an address that has ended here or begun at home, or 0. */
    int generation(String address) {
        return generations.getOrDefault(address, 0);
    }

    /** Visits each queue that is moving, and where to. */
    void forEachLeaving(ObjIntConsumer<String> visitor) {
        Map.copyOf(leaving).forEach(visitor::accept);
    }

    /** Visits the events that make this of nothing. */
    void forEachEvent(Consumer<Bytes> visitor) {
        generations.forEach((address, generation) -> {
            Integer to = away.get(address);
            boolean home = !guests.contains(address);
            visitor.accept(
                    to != null
                            ? event(new Bytes(), LEFT, home, to, generation, address)
                            : event(new Bytes(), ARRIVED, home, 0, generation, address));
        });
        leaving.forEach((address, to) -> visitor.accept(
                event(new Bytes(), LEAVING, !guests.contains(address), to, generation(address) + 1, address)));
    }

    // ---- events

    Bytes leaving(Bytes out, boolean home, int to, String address) {
        return event(out, LEAVING, home, to, generation(address) + 1, address);
    }

    Bytes left(Bytes out, boolean home, int to, String address) {
        return event(out, LEFT, home, to, generation(address) + 1, address);
    }

    static Bytes arrived(Bytes out, boolean home, int from, int generation, String address) {
        return event(out, ARRIVED, home, from, generation, address);
    }

    private static Bytes event(Bytes out, int what, boolean home, int other, int generation, String address) {
        return out.putByte(what)
                .putByte(home ? 1 : 0)
                .putVar(other)
                .putVar(generation)
                .putText(address);
    }

    /** Applies an event. */
    void apply(ByteBuffer in) {
        int what = in.get();
        boolean home = in.get() != 0;
        int other = (int) Bytes.var(in);
        int generation = (int) Bytes.var(in);
        String address = Bytes.text(in);
        switch (what) {
            case LEAVING -> leaving.put(address, other);
            case LEFT -> {
                leaving.remove(address);
                if (home) {
                    changes(address);
                    away.put(address, other);
                    generations.put(address, generation);
                } else {
                    guests.remove(address);
                    generations.remove(address);
                }
            }
            case ARRIVED -> {
                generations.put(address, generation);
                if (home) {
                    changes(address);
                    away.remove(address);
                } else {
                    guests.add(address);
                }
            }
            default -> throw new IllegalArgumentException("an unknown kind of place: " + what);
        }
    }
}
