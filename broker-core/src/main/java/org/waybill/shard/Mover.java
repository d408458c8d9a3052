package org.waybill.shard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.waybill.io.Cancellable;
import org.waybill.message.Message;
import org.waybill.queue.Block;
import org.waybill.queue.Queue;
import org.waybill.shard.MovesIn.Refusal;
import org.waybill.shard.MovesOut.Departure;
import org.waybill.shard.ShardMessage.Move;
import org.waybill.shard.ShardMessage.MoveTaken;
import org.waybill.spi.BrokerError;

/**
 * Moves messages from one queue of its shard to another address, dead letters and what has expired, or to the end of their own
 * queue, when their time comes while others are ahead of it; and takes what other shards move here. Those that go somewhere are held
 * until they are gone from here, and moved in order, a batch a turn. On the shard's loop.
 *
 * <p>Within the shard one frame holds both the message's arrival and its removal ({@link MovesWithin}); to another shard it goes as
 * {@link MovesBetween} says: either way it is in one of the two queues, once, whatever crashes. What the address does not take is put
 * off, and available again at its old place after {@link #RETRY_MS}.
 *
 * <p>The moved message has no time to live and waits for nothing. Its annotations say where it came from, why, when, and after how
 * many failed deliveries; see {@link Moving.Cause}.
 */
final class Mover {
    /** How long a message waits that could not be moved. */
    static final long RETRY_MS = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(Mover.class);

    /** Beyond this what has expired is let wait a little. */
    private static final int MANY = 2_048;

    private static final long MS_BETWEEN_COMPLAINTS = 60_000;

    private final Shard shard;
    private final Peers peers;
    private final MovesWithin within;
    private final Map<Integer, MovesBetween> between = new LinkedHashMap<>();
    private final Bytes event = new Bytes();
    private @Nullable Cancellable timer;
    private boolean stopped;

    Mover(Shard shard, Peers peers) {
        this.shard = shard;
        this.peers = peers;
        this.within = new MovesWithin(shard, this);
    }

    /** Goes on with what the log says is on its way. Called before anything else of the shard works. */
    void start() {
        MovesOut out = shard.state().movesOut();
        out.forEachTarget(target -> {
            for (Departure each : out.to(target)) {
                Moving entry = held(each);
                if (entry != null) {
                    between(target).add(entry);
                }
            }
        });
    }

    /** Holds an entry that was on its way; null when it is gone. */
    private @Nullable Moving held(Departure departure) {
        Queue queue = shard.state().queue(departure.queue());
        Block block = queue == null ? null : queue.lines().find(departure.messageId());
        if (queue == null || block == null) {
            return null;
        }
        int index = Queue.indexOf(block, departure.messageId());
        boolean scheduled = queue.intervention().withdraw(block, index);
        boolean isUrgent = departure.cause() == Moving.Cause.DEAD_LETTER || departure.cause() == Moving.Cause.EXPIRED;
        Moving.Ending back = isUrgent
                ? null
                : error -> {
                    if (error != null && !queue.closed() && block.isHere(index, departure.messageId())) {
                        queue.intervention().replace(block, index, scheduled);
                    }
                };
        return new Moving(
                queue,
                block,
                index,
                departure.messageId(),
                departure.to(),
                departure.cause(),
                departure.reason(),
                departure.number(),
                back);
    }

    /** Whether so many messages are on their way that what can wait should. */
    boolean isBusy() {
        int size = within.size();
        for (MovesBetween each : between.values()) {
            size += each.size();
        }
        return size > MANY;
    }

    /** Whether nothing is on its way. */
    boolean isIdle() {
        return within.isIdle() && between.values().stream().allMatch(MovesBetween::isIdle);
    }

    /** Whether something is on its way within the shard. */
    boolean isMovingWithin() {
        return !within.isIdle();
    }

    /** Moves a held entry to another address. */
    void move(Queue queue, Block block, int index, String to, Moving.Cause cause, String reason) {
        move(new Moving(queue, block, index, block.id(index), to, cause, reason, 0, null), to);
    }

    /** Moves a held entry to another address because somebody has asked for that. */
    void move(Queue queue, Block block, int index, String to, Moving.Ending ending) {
        String reason = "moved by an administrator";
        move(new Moving(queue, block, index, block.id(index), to, Moving.Cause.MOVED, reason, 0, ending), to);
    }

    private void move(Moving entry, String to) {
        int target = peers.shardOf(to);
        if (target == shard.number()) {
            within.add(entry);
        } else {
            between(target).add(entry);
        }
    }

    /** Moves a held entry to the shard that its queue moves to. */
    void moveWithQueue(Queue queue, Block block, int index, int target, Moving.Ending ending) {
        between(target)
                .add(new Moving(
                        queue, block, index, block.id(index), queue.name(), Moving.Cause.WITH_QUEUE, "", 0, ending));
    }

    /** Says that a queue lives on another shard from now on, whose messages have all gone there. */
    void handOver(int target, Move.Handover word, Runnable whenTaken) {
        between(target).handOver(word, whenTaken);
    }

    private MovesBetween between(int target) {
        return between.computeIfAbsent(target, key -> new MovesBetween(shard, this, peers, target));
    }

    /** Moves a held entry behind all others of its queue. */
    void moveBehind(Queue queue, Block block, int index) {
        within.add(new Moving(queue, block, index, block.id(index), null, Moving.Cause.DUE, "", 0, null));
    }

    /** Nothing is moved any more: what is on its way is still here at the next start. */
    void stop() {
        stopped = true;
        if (timer != null) {
            timer.cancel();
        }
    }

    boolean isStopped() {
        return stopped;
    }

    // ---- what becomes of them

    /** The message of an entry as it arrives where it goes. */
    Message copy(Moving entry, Message message) {
        return entry.copy(message, shard.state().node(entry.queue()), shard.nowMs());
    }

    /** What goes to another shard of an entry. */
    Move.Item item(Moving entry, String to, Message message) {
        if (entry.cause() != Moving.Cause.WITH_QUEUE) {
            return new Move.Letter(to, copy(entry, message));
        }
        Block block = entry.block();
        int index = entry.index();
        return new Move.Content(
                to,
                message,
                block.expiresAtMs(index),
                block.dueAtMs(index),
                block.deliveryCount(index),
                block.annotations(index));
    }

    /** An entry's message is where it should go. */
    void moved(Moving entry) {
        if (entry.isHere()) {
            if (entry.cause() == Moving.Cause.EXPIRED) {
                entry.queue().countExpired();
            }
            shard.storage().removed(entry.queue(), entry.block(), entry.index());
        }
        entry.end(null);
    }

    /** An entry's message was not taken where it should go. */
    void refused(Moving entry, BrokerError error) {
        if (entry.ending() != null) {
            entry.end(error);
            return;
        }
        if (!entry.isHere()) {
            return;
        }
        Node node = shard.state().node(entry.queue());
        if (shard.nowMs() - node.complainedAtMs >= MS_BETWEEN_COMPLAINTS) {
            node.complainedAtMs = shard.nowMs();
            LOG.warn(
                    "WB2120 {}: message {} cannot be moved to {} and stays, as others may: {}",
                    node.title(),
                    entry.id(),
                    entry.to(),
                    error.message());
        }
        entry.queue().putOff(entry.block(), entry.index(), shard.nowMs() + RETRY_MS);
    }

    // ---- from shards

    /** Another shard moves messages here: each is taken or not, once and for all. */
    void take(int source, Move move) {
        if (stopped || shard.queueMoves().mustWait(move)) {
            return;
        }
        MovesIn known = shard.state().movesIn();
        long before = known.last(source);
        long last = before;
        List<Refusal> refusals = new ArrayList<>(0);
        for (Move.One each : move.messages()) {
            if (each.number() > last) {
                last = each.number();
                BrokerError error = take(source, each.item());
                if (error != null) {
                    refusals.add(new Refusal(last, error));
                }
            }
        }
        if (last > before) {
            MoveEvents.arrived(event.clear(), source, move.done(), last, refusals);
            shard.turn().record(Events.ARRIVED, event);
            known.decided(source, move.done(), last, refusals);
        }
        MoveTaken answer = new MoveTaken(last, known.refused(source));
        shard.turn().afterwards(() -> peers.tell(source, answer));
    }

    private @Nullable BrokerError take(int source, Move.Item item) {
        if (item instanceof Move.Letter letter) {
            return shard.commands().sends().forward(letter.to(), letter.message());
        } else if (item instanceof Move.Content content) {
            shard.queueMoves().take(content);
        } else if (item instanceof Move.Handover word) {
            shard.queueMoves().take(source, word);
        }
        return null;
    }

    /** Another shard has answered. */
    void taken(int target, MoveTaken answer) {
        if (!stopped) {
            between(target).taken(answer);
        }
    }

    // ---- time

    /** Something waits for an answer. */
    void wake() {
        if (timer == null && !stopped) {
            timer = shard.loop().schedule(Transactions.BEAT_NS, () -> shard.execute(this::beat));
        }
    }

    private void beat() {
        timer = null;
        if (!stopped) {
            between.values().forEach(MovesBetween::beat);
            if (between.values().stream().anyMatch(MovesBetween::isAway)) {
                wake();
            }
        }
    }
}
