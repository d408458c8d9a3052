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
 * Which messages of each producer were stored on this shard, by which those that are sent again are known ({@link Origin}): part of a
 * shard's {@link State}.
 *
 * <p>A producer numbers its messages whatever address they go to, so a shard sees some of the numbers, and one that was refused may be
 * missing before others that were stored: a {@link SequenceWindow} says which are here. The last number alone would not do: who sends
 * again after a lost connection all that had no answer would be told that a message was stored which was refused.
 *
 * <p>Numbers are in the log with the frame of their messages, a run at a time: mostly one event for each producer and frame. Those of
 * messages that are not durable are in memory only: a crash that loses them must not refuse them. Within a transaction that is
 * not decided they are promised, and forgotten if that is rolled back.
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
        SequenceWindow stored = new SequenceWindow();
        /** What the log has of these: the same until a message is stored that it does not have. */
        SequenceWindow logged = stored;

        long usedMs;
        /** What this turn has stored last and not recorded yet. */
        @Nullable
        Unrecorded unrecorded;

        void add(SequenceRun run, boolean isLogged) {
            if (run.epoch() > epoch) {
                epoch = run.epoch();
                stored = new SequenceWindow();
                logged = stored;
            }
            if (!isLogged && logged == stored) {
                logged = stored.copy();
            }
            stored.add(run.first(), run.last());
            if (isLogged && logged != stored) {
                logged.add(run.first(), run.last());
            }
        }
    }

    /** Grows while messages that follow each other come in one turn. */
    private static final class Unrecorded {
        final Known known;
        final Origin first;
        long last;

        Unrecorded(Known known, Origin first) {
            this.known = known;
            this.first = first;
            this.last = first.sequence();
        }
    }

    /** Sees what is remembered of one producer. */
    @FunctionalInterface
    interface Visitor {
        /** Messages that the log has, and when the last one of their producer came. */
        void visit(SequenceRun run, long usedMs);
    }

    private record Promised(SequenceRun run, boolean logged, long storedMs) {}

    private final ExactlyOnceSettings settings;
    /** In the order of their last use, longest idle first. */
    private final Map<UUID, Known> known = new LinkedHashMap<>(16, 0.75f, true);

    private final List<Unrecorded> unrecorded = new ArrayList<>();
    private final Map<TransactionId, Map<UUID, List<Promised>>> promised = new HashMap<>(0);

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
        boolean isStored = origin.epoch() == of.epoch && of.stored.contains(origin.sequence());
        return isStored ? Verdict.DUPLICATE : undecided(origin, in);
    }

    private Verdict undecided(Origin origin, @Nullable TransactionId in) {
        for (Map.Entry<TransactionId, Map<UUID, List<Promised>>> one : promised.entrySet()) {
            for (Promised promise : one.getValue().getOrDefault(origin.producerId(), List.of())) {
                if (promise.run.contains(origin)) {
                    return Objects.equals(one.getKey(), in) ? Verdict.DUPLICATE : Verdict.UNDECIDED;
                }
            }
        }
        return Verdict.STORE;
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
        Known of = remember(SequenceRun.of(origin), logged, nowMs);
        if (!logged) {
            return;
        }
        Unrecorded before = of.unrecorded;
        if (before != null && before.first.epoch() == origin.epoch() && before.last + 1 == origin.sequence()) {
            before.last++;
        } else {
            Unrecorded begun = new Unrecorded(of, origin);
            of.unrecorded = begun;
            unrecorded.add(begun);
        }
    }

    /** The log says that it has these messages of a producer. */
    void found(SequenceRun run, long usedMs) {
        if (known.size() >= settings.producers() && !known.containsKey(run.producerId())) {
            Iterator<Known> longestIdle = known.values().iterator();
            longestIdle.next();
            longestIdle.remove();
        }
        remember(run, true, usedMs);
    }

    private Known remember(SequenceRun run, boolean logged, long usedMs) {
        Known of = known.computeIfAbsent(run.producerId(), id -> new Known());
        if (run.epoch() >= of.epoch) {
            of.add(run, logged);
            of.usedMs = Math.max(of.usedMs, usedMs);
        }
        return of;
    }

    /** Messages wait for the decision of their transaction. */
    void promised(SequenceRun run, boolean logged, long nowMs, TransactionId undecided) {
        List<Promised> runs = promised.computeIfAbsent(undecided, id -> new HashMap<>(1))
                .computeIfAbsent(run.producerId(), id -> new ArrayList<>(1));
        Promised before = runs.isEmpty() ? null : runs.get(runs.size() - 1);
        if (before != null && before.logged == logged && before.run.isFollowedBy(run)) {
            runs.set(runs.size() - 1, new Promised(before.run.upTo(run.last()), logged, nowMs));
        } else {
            runs.add(new Promised(run, logged, nowMs));
        }
    }

    /** A transaction is decided: what it promised stays, or may be sent again. */
    void concluded(TransactionId transaction, boolean committed) {
        Map<UUID, List<Promised>> some = promised.remove(transaction);
        if (some != null && committed) {
            some.values().forEach(runs -> runs.forEach(one -> remember(one.run, one.logged, one.storedMs)));
        }
    }

    /** Rolls back what was promised to transactions of which nothing else is known. */
    void keepPromises(Predicate<TransactionId> isKnown) {
        promised.keySet().removeIf(transaction -> !isKnown.test(transaction));
    }

    // ---- what the log is told

    /** Records the durable messages of each producer that sent any in this turn. */
    void record(Turn turn, Bytes event, long nowMs) {
        for (int i = 0; i < unrecorded.size(); i++) {
            Unrecorded one = unrecorded.get(i);
            Events.produced(event.clear(), SequenceRun.of(one.first).upTo(one.last), nowMs, null);
            turn.record(Events.PRODUCED, event);
            one.known.unrecorded = null;
        }
        unrecorded.clear();
    }

    /** Whether there is something to {@link #record}. */
    boolean isDirty() {
        return !unrecorded.isEmpty();
    }

    /** Visits what the log has, longest idle first. */
    void forEachLogged(Visitor visitor) {
        known.forEach((id, of) -> of.logged.forEachRun(
                (first, last) -> visitor.visit(new SequenceRun(id, of.epoch, first, last), of.usedMs)));
    }

    /** Visits what the log has of promises, in the form that {@link Events} gives them. */
    void forEachPromised(Consumer<Bytes> visitor) {
        promised.forEach((transaction, some) -> some.values()
                .forEach(runs -> runs.forEach(one -> {
                    if (one.logged) {
                        Bytes event = new Bytes();
                        Events.produced(event, one.run, one.storedMs, transaction);
                        visitor.accept(event);
                    }
                })));
    }
}
