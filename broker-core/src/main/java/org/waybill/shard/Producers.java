package org.waybill.shard;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.waybill.config.ExactlyOnceSettings;
import org.waybill.message.Origin;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerError.Code;
import org.waybill.tx.TransactionId;

/**
 * Which message of each producer was stored last on this shard, by which those that are sent again are known ({@link Origin}): part
 * of a shard's {@link State}.
 *
 * <p>A producer sends its messages in order, and a shard gets them in order; so one number for each producer says of every message
 * whether it is here, wherever on this shard it went to. The number is in the log with the frame of the message, once for
 * each producer and frame. For messages that are not durable it is in memory only: a crash that loses them must not refuse them.
 * Within a transaction that is not decided it is promised, and forgotten if that is rolled back.
 *
 * <p>Bounded: beyond {@link ExactlyOnceSettings#producers} the one that was longest idle is forgotten, but none that was used in the
 * last {@link #FLOOR_MS}: then new producers are refused. Those idle for {@link ExactlyOnceSettings#idleMs} are forgotten in any case.
 */
final class Producers {
    /** For how long a producer is remembered at least, in milliseconds. */
    static final long FLOOR_MS = 600_000;

    /** What is to be done with a message. */
    enum Verdict {
        /** It was not stored before. */
        STORE,
        /** It was. */
        DUPLICATE,
        /** Its producer has a successor. */
        FENCED,
        /** A transaction that is not decided may have stored it. */
        UNDECIDED,
        /** Its producer is new, and no more can be remembered. */
        FULL
    }

    private static final class Known {
        int epoch;
        long last = -1;
        long logged = -1;
        long usedMs;
        boolean dirty;
    }

    /** Sees what is remembered of one producer. */
    @FunctionalInterface
    interface Visitor {
        /** The last message that the log has of this producer, and when that was. */
        void visit(Origin last, long usedMs);
    }

    private record Promised(Origin last, boolean logged, long storedMs) {}

    private final ExactlyOnceSettings settings;
    /** In the order of their last use, longest idle first. */
    private final Map<UUID, Known> known = new LinkedHashMap<>(16, 0.75f, true);

    private final List<UUID> dirty = new ArrayList<>();
    private final Map<TransactionId, Map<UUID, Promised>> promised = new HashMap<>(0);

    Producers(ExactlyOnceSettings settings) {
        this.settings = settings;
    }

    /** How many are remembered. */
    int size() {
        return known.size();
    }

    /** What is to be done with a message that comes now, in a transaction or, with null, in none. */
    Verdict verdict(Origin origin, long nowMs, @Nullable TransactionId in) {
        Known of = known.get(origin.producerId());
        if (of == null) {
            return hasRoom(nowMs) ? undecided(origin, in) : Verdict.FULL;
        }
        if (origin.epoch() < of.epoch) {
            return Verdict.FENCED;
        }
        return origin.epoch() == of.epoch && origin.sequence() <= of.last ? Verdict.DUPLICATE : undecided(origin, in);
    }

    private Verdict undecided(Origin origin, @Nullable TransactionId in) {
        for (Map.Entry<TransactionId, Map<UUID, Promised>> one : promised.entrySet()) {
            Promised promise = one.getValue().get(origin.producerId());
            if (promise != null && !isAfter(origin, promise.last)) {
                return Objects.equals(one.getKey(), in) ? Verdict.DUPLICATE : Verdict.UNDECIDED;
            }
        }
        return Verdict.STORE;
    }

    private static boolean isAfter(Origin origin, Origin other) {
        return origin.epoch() != other.epoch() ? origin.epoch() > other.epoch() : origin.sequence() > other.sequence();
    }

    /** What a message is refused with; null when it is not. */
    static @Nullable BrokerError refusal(Origin origin, Verdict verdict) {
        return switch (verdict) {
            case STORE, DUPLICATE -> null;
            case FENCED -> new BrokerError(
                    Code.PRECONDITION_FAILED,
                    "producer " + origin.producerId() + " of epoch " + origin.epoch()
                            + " is fenced: one of a later epoch has sent messages");
            case UNDECIDED -> new BrokerError(
                    Code.RESOURCE_LIMIT,
                    "message " + origin.sequence() + " of producer " + origin.producerId()
                            + " was sent in a transaction that is not decided");
            case FULL -> new BrokerError(
                    Code.RESOURCE_LIMIT,
                    "no more producers can be remembered that number their messages (exactly-once.producers)");
        };
    }

    private boolean hasRoom(long nowMs) {
        Iterator<Known> idle = known.values().iterator();
        while (idle.hasNext()) {
            long idleMs = nowMs - idle.next().usedMs;
            boolean tooMany = known.size() >= settings.producers();
            if (idleMs > settings.idleMs() || tooMany && idleMs >= FLOOR_MS) {
                idle.remove();
            } else {
                return !tooMany;
            }
        }
        return true;
    }

    // ---- apply

    /**
     * A message was stored in this turn.
     *
     * @param logged whether the log has it: {@link #record} writes so
     */
    void stored(Origin origin, boolean logged, long nowMs) {
        Known of = remember(origin, nowMs);
        if (logged) {
            of.logged = origin.sequence();
            if (!of.dirty) {
                of.dirty = true;
                dirty.add(origin.producerId());
            }
        }
    }

    /** The log says that this was the last message it had of a producer. */
    void found(Origin last, long usedMs) {
        if (known.size() >= settings.producers() && !known.containsKey(last.producerId())) {
            Iterator<Known> longestIdle = known.values().iterator();
            longestIdle.next();
            longestIdle.remove();
        }
        Known of = known.get(last.producerId());
        if (of == null || isAfter(last, new Origin(last.producerId(), of.epoch, of.last))) {
            remember(last, usedMs).logged = last.sequence();
        }
    }

    private Known remember(Origin origin, long usedMs) {
        Known of = known.computeIfAbsent(origin.producerId(), id -> new Known());
        if (origin.epoch() > of.epoch) {
            of.epoch = origin.epoch();
            of.logged = -1;
        }
        of.last = origin.sequence();
        of.usedMs = usedMs;
        return of;
    }

    /** A message waits for the decision of its transaction. */
    void promised(Origin origin, boolean logged, long nowMs, TransactionId undecided) {
        promised.computeIfAbsent(undecided, id -> new HashMap<>(1))
                .merge(
                        origin.producerId(),
                        new Promised(origin, logged, nowMs),
                        (before, now) -> new Promised(now.last, before.logged || now.logged, now.storedMs));
    }

    /** A transaction is decided: what it promised stays, or may be sent again. */
    void concluded(TransactionId transaction, boolean committed) {
        Map<UUID, Promised> some = promised.remove(transaction);
        if (some == null || !committed) {
            return;
        }
        for (Promised one : some.values()) {
            Known of = known.get(one.last.producerId());
            if (of == null || isAfter(one.last, new Origin(one.last.producerId(), of.epoch, of.last))) {
                Known now = remember(one.last, one.storedMs);
                now.logged = one.logged ? one.last.sequence() : now.logged;
            }
        }
    }

    /** Rolls back what was promised to transactions of which nothing else is known. */
    void keepPromises(Predicate<TransactionId> isKnown) {
        promised.keySet().removeIf(transaction -> !isKnown.test(transaction));
    }

    // ---- what the log is told

    /** Records the last durable message of each producer that sent any in this turn. */
    void record(Turn turn, Bytes event, long nowMs) {
        for (int i = 0; i < dirty.size(); i++) {
            UUID id = dirty.get(i);
            Known of = known.get(id);
            if (of != null) {
                of.dirty = false;
                Events.produced(event.clear(), new Origin(id, of.epoch, of.logged), nowMs, null);
                turn.record(Events.PRODUCED, event);
            }
        }
        dirty.clear();
    }

    /** Whether there is something to {@link #record}. */
    boolean isDirty() {
        return !dirty.isEmpty();
    }

    /** Visits what the log has, longest idle first. */
    void forEachLogged(Visitor visitor) {
        known.forEach((id, of) -> {
            if (of.logged >= 0) {
                visitor.visit(new Origin(id, of.epoch, of.logged), of.usedMs);
            }
        });
    }

    /** Visits what the log has of promises, in the form that {@link Events} gives them. */
    void forEachPromised(Consumer<Bytes> visitor) {
        promised.forEach((transaction, some) -> some.values().forEach(one -> {
            if (one.logged) {
                Bytes event = new Bytes();
                Events.produced(event, one.last, one.storedMs, transaction);
                visitor.accept(event);
            }
        }));
    }
}
