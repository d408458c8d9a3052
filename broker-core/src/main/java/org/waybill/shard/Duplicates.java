package org.waybill.shard;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.waybill.spi.Destination;
import org.waybill.spi.NodeKind;
import org.waybill.tx.TransactionId;

/**
 * The newest duplicate ids of each address, by which a message that is sent again is known: part of a shard's {@link State}.
 *
 * <p>An id is remembered in the frame that stores its message. Within a transaction that is not decided it is promised: nobody else
 * may use it, and it is forgotten if that is rolled back. Ids of non-durable messages are not in the log: whoever sends such a
 * message again after a crash, which has lost it, is not refused.
 *
 * <p>Bounded by the setting {@code duplicate-ids} for each address and by {@link #MOST_ADDRESSES}.
 */
final class Duplicates {
    /** Addresses whose ids are remembered; the one that was first used goes first. */
    private static final int MOST_ADDRESSES = 10_000;

    private final AddressRules rules;
    /** Of each address the ids, oldest first, and whether the log has them. */
    private final Map<Destination, Map<String, Boolean>> byAddress = new LinkedHashMap<>();

    private final Map<TransactionId, List<Promised>> promised = new HashMap<>();

    private record Promised(Destination address, String id, boolean logged) {}

    Duplicates(AddressRules rules) {
        this.rules = rules;
    }

    /** How the ids of a queue or topic are kept. */
    static Destination address(NodeKind kind, String name) {
        return new Destination(name, kind);
    }

    /** Whether a message of this id was stored, or waits for the decision of its transaction. */
    boolean knows(Destination address, String id) {
        Map<String, Boolean> ids = byAddress.get(address);
        return ids != null && ids.containsKey(id);
    }

    /** Whether a transaction that is not decided has promised this id. */
    boolean isPromised(Destination address, String id) {
        return promised.values().stream()
                .flatMap(List::stream)
                .anyMatch(one -> one.address.equals(address) && one.id.equals(id));
    }

    /** The addresses of which ids are remembered. */
    Collection<Destination> addresses() {
        return byAddress.keySet();
    }

    /** The ids of one address that the log has and that are not merely promised, oldest first. */
    List<String> ids(Destination address) {
        List<String> ids = new ArrayList<>();
        byAddress.getOrDefault(address, Map.of()).forEach((id, logged) -> {
            if (logged) {
                ids.add(id);
            }
        });
        for (List<Promised> some : promised.values()) {
            some.forEach(one -> {
                if (one.address.equals(address)) {
                    ids.remove(one.id);
                }
            });
        }
        return ids;
    }

    /** Visits what the log has of promises, in the form that {@link Events} gives them. */
    void forEachPromised(Consumer<Bytes> visitor) {
        promised.forEach((transaction, some) -> some.forEach(one -> {
            if (one.logged) {
                Bytes event = new Bytes();
                Events.duplicate(event, one.address, one.id, transaction);
                visitor.accept(event);
            }
        }));
    }

    // ---- apply

    /**
     * A message of this id is stored.
     *
     * @param logged whether the log says so
     * @param undecided the transaction that may still be rolled back, or null
     */
    void remembered(Destination address, String id, boolean logged, @Nullable TransactionId undecided) {
        int limit = rules.of(address.name()).duplicateIds();
        if (limit == 0) {
            return;
        }
        Map<String, Boolean> ids = byAddress.computeIfAbsent(address, key -> new LinkedHashMap<>());
        if (ids.putIfAbsent(id, logged) == null && ids.size() > limit) {
            removeFirst(ids);
        }
        if (undecided != null) {
            promised.computeIfAbsent(undecided, key -> new ArrayList<>(1)).add(new Promised(address, id, logged));
        }
        if (byAddress.size() > MOST_ADDRESSES) {
            removeFirst(byAddress);
        }
    }

    private static void removeFirst(Map<?, ?> from) {
        Iterator<?> first = from.keySet().iterator();
        first.next();
        first.remove();
    }

    /** A transaction is decided: what it promised stays, or may be sent again. */
    void concluded(TransactionId transaction, boolean committed) {
        List<Promised> some = promised.remove(transaction);
        if (some != null && !committed) {
            for (Promised one : some) {
                Map<String, Boolean> ids = byAddress.get(one.address);
                if (ids != null) {
                    ids.remove(one.id);
                }
            }
        }
    }

    /** Rolls back what was promised to transactions of which nothing else is known. */
    void keepPromises(Predicate<TransactionId> isKnown) {
        for (TransactionId transaction : List.copyOf(promised.keySet())) {
            if (!isKnown.test(transaction)) {
                concluded(transaction, false);
            }
        }
    }

    /** A queue or a topic was deleted. */
    void deleted(Destination address) {
        byAddress.remove(address);
    }
}
