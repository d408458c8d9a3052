package org.waybill.shard;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.waybill.message.Message;
import org.waybill.shard.MovesOut.Departure;
import org.waybill.shard.ShardMessage.Move;
import org.waybill.shard.ShardMessage.MoveTaken;
import org.waybill.spi.BrokerError;

/**
 * Messages on their way to the queues of one other shard, some at a time. On the loop of the shard that they leave.
 *
 * <pre>
 *  waiting ── DEPARTED forced ──► sent, again and again ── MoveTaken ──► removed here, or given back (RETURNED)
 * </pre>
 *
 * <p>Each has a number, which the log has before the other shard hears of it; the other shard decides once what becomes of a number,
 * and its log has that before it answers. So whatever is lost or comes twice, and whoever leads the two shards, a message is stored
 * there once and then removed here. The next ones leave when all of these are removed or given back, so they keep their order.
 */
final class MovesBetween {
    /** After how many beats without an answer those who want to know are told that it takes its time. */
    private static final int PATIENCE_BEATS = 10;

    private static final int MOST_BEATS_BETWEEN = 10;

    private final Shard shard;
    private final Mover mover;
    private final Peers peers;
    private final int target;
    private final ArrayDeque<Moving> waiting = new ArrayDeque<>();
    private final ArrayDeque<Word> words = new ArrayDeque<>();
    private final Bytes event = new Bytes();
    private boolean busy;
    private @Nullable Flight flight;

    MovesBetween(Shard shard, Mover mover, Peers peers, int target) {
        this.shard = shard;
        this.mover = mover;
        this.peers = peers;
        this.target = target;
    }

    /** That a queue lives there from now on. */
    private record Word(Move.Handover item, Runnable whenTaken) {}

    /** What is on its way. */
    private static final class Flight {
        final List<Moving> entries = new ArrayList<>();
        final List<Move.One> messages = new ArrayList<>();
        private @Nullable Move sent;
        private Runnable whenTaken = () -> {};
        private int beats;
        private int sendAt = 2;

        void add(Moving entry, Move.One message) {
            entries.add(entry);
            messages.add(message);
        }

        long lastNumber() {
            return messages.get(messages.size() - 1).number();
        }
    }

    void add(Moving entry) {
        waiting.addLast(entry);
        proceed();
    }

    /** Says that a queue lives there from now on, whose messages have all gone there. */
    void handOver(Move.Handover item, Runnable whenTaken) {
        words.addLast(new Word(item, whenTaken));
        proceed();
    }

    int size() {
        return waiting.size() + (flight == null ? 0 : flight.entries.size());
    }

    boolean isIdle() {
        return waiting.isEmpty() && words.isEmpty() && !busy;
    }

    /** Whether an answer is waited for. */
    boolean isAway() {
        return flight != null;
    }

    private void proceed() {
        if (!busy && !(waiting.isEmpty() && words.isEmpty())) {
            busy = true;
            shard.execute(this::begin);
        }
    }

    private void begin() {
        if (mover.isStopped()) {
            return;
        }
        if (!peers.isLed(target)) {
            refuseUndecided();
        }
        if (!waiting.isEmpty()) {
            MoveLoad.take(shard, waiting, this::depart);
        } else if (!words.isEmpty()) {
            depart(words.removeFirst());
        } else {
            busy = false;
        }
    }

    private void depart(Word word) {
        Flight leaving = new Flight();
        long number = shard.state().movesOut().last(target) + 1;
        leaving.messages.add(new Move.One(number, word.item));
        leaving.whenTaken = word.whenTaken;
        depart(leaving, number, List.of());
    }

    /** Nobody would take them, so it is better not to decide that they go. */
    private void refuseUndecided() {
        BrokerError error =
                new BrokerError(BrokerError.Code.MOVED, "no node of the cluster leads shard " + target + " at present");
        List<Moving> undecided = new ArrayList<>(waiting);
        waiting.removeIf(entry -> entry.number() == 0);
        undecided.removeIf(entry -> entry.number() != 0);
        undecided.forEach(entry -> mover.refused(entry, error));
    }

    /** Decides that these go there, and sends them once that is forced. */
    private void depart(MoveLoad load) {
        if (mover.isStopped()) {
            return;
        }
        Flight leaving = new Flight();
        List<Departure> logged = new ArrayList<>();
        MovesOut out = shard.state().movesOut();
        long last = out.last(target);
        for (int i = 0; i < load.count(); i++) {
            Moving entry = load.entry(i);
            Message message = load.message(i);
            String to = entry.to();
            if (message != null && to != null) {
                long number = entry.number() == 0 ? ++last : entry.number();
                leaving.add(entry, new Move.One(number, mover.item(entry, to, message)));
                if (entry.number() == 0 && entry.block().logged(entry.index())) {
                    logged.add(departure(entry, number, to));
                }
            }
        }
        if (leaving.entries.isEmpty()) {
            busy = false;
            proceed();
            return;
        }
        depart(leaving, last, logged);
    }

    private void depart(Flight leaving, long last, List<Departure> logged) {
        MovesOut out = shard.state().movesOut();
        MoveEvents.departed(event.clear(), target, last, logged);
        shard.turn().record(Events.DEPARTED, event);
        out.numbered(target, last);
        logged.forEach(out::departed);
        flight = leaving;
        shard.turn().afterwards(() -> send(leaving));
    }

    private Departure departure(Moving entry, long number, String to) {
        return new Departure(target, number, entry.queue().id(), entry.id(), entry.cause(), entry.reason(), to);
    }

    private void send(Flight leaving) {
        if (!mover.isStopped()) {
            // what came before is removed or given back, which is forced with or before the record of these
            Move move = new Move(leaving.messages.get(0).number() - 1, leaving.messages);
            leaving.sent = move;
            peers.tell(target, move);
            mover.wake();
        }
    }

    /** The other shard has said which numbers it has decided about, and which of them it does not take. */
    void taken(MoveTaken answer) {
        Flight away = flight;
        if (away == null || away.sent == null || answer.last() < away.lastNumber()) {
            return;
        }
        flight = null;
        List<Moving> returned = new ArrayList<>();
        for (int i = 0; i < away.entries.size(); i++) {
            Moving entry = away.entries.get(i);
            BrokerError error = answer.refusal(away.messages.get(i).number());
            if (error == null) {
                mover.moved(entry);
            } else {
                returned.add(entry);
                mover.refused(entry, error);
            }
        }
        giveBack(returned);
        away.whenTaken.run();
        busy = false;
        proceed();
    }

    private void giveBack(List<Moving> returned) {
        MovesOut out = shard.state().movesOut();
        returned.removeIf(entry -> !out.has(entry.queue().id(), entry.id()));
        if (!returned.isEmpty()) {
            MoveEvents.returned(event.clear(), returned);
            shard.turn().record(Events.RETURNED, event);
            returned.forEach(entry -> out.gone(entry.queue().id(), entry.id()));
        }
    }

    /** Time has passed: says again what has not been answered. */
    void beat() {
        Flight away = flight;
        Move sent = away == null ? null : away.sent;
        if (away == null || sent == null) {
            return;
        }
        if (++away.beats >= away.sendAt) {
            away.sendAt = away.beats + Math.min(away.beats, MOST_BEATS_BETWEEN);
            peers.tell(target, sent);
        }
        if (away.beats == PATIENCE_BEATS) {
            away.entries.forEach(Moving::delay);
        }
    }
}
