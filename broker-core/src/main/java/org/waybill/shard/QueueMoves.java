package org.waybill.shard;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.waybill.io.Cancellable;
import org.waybill.queue.Queue;
import org.waybill.shard.ShardMessage.Move;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerError.Code;
import org.waybill.spi.Destination;
import org.waybill.spi.NodeKind;

/**
 * Queues that move from their shard to another by command, and which queues live here. A queue that moves takes nothing and gives nothing
 * away any more: who uses it is ended, and finds it again by connecting anew. Its messages go over as {@link MovesBetween} says, and
 * behind them, by the same numbers, the word that the other shard has it from now on; until that is answered it lives here, though
 * nobody can use it. Whoever leads one of the two shards next goes on. On the shard's loop.
 */
final class QueueMoves {
    private static final Logger LOG = LoggerFactory.getLogger(QueueMoves.class);

    /** How often is looked whether what was in somebody's hands is back. */
    private static final long LOOK_NS = 100_000_000L;

    private final Shard shard;
    private final State state;
    private final Peers peers;
    private final Mover mover;
    private final Places places;
    private final Map<String, QueueMove> open = new LinkedHashMap<>();
    private final Bytes event = new Bytes();
    private @Nullable Cancellable timer;
    private boolean stopped;

    QueueMoves(Shard shard, Peers peers, Mover mover) {
        this.shard = shard;
        this.state = shard.state();
        this.peers = peers;
        this.mover = mover;
        this.places = state.places();
    }

    /** Goes on with what the log says is moving. */
    void start() {
        places.forEachLeaving(this::open);
        wake();
    }

    void stop() {
        stopped = true;
        if (timer != null) {
            timer.cancel();
        }
    }

    private boolean isHome(String address) {
        return Placement.shardOf(address, peers.count()) == shard.number();
    }

    /** Why a queue of this name cannot be used here, or null: it lives on another shard, or moves there. */
    @Nullable
    BrokerError refusal(String address) {
        boolean isHome = isHome(address);
        if (isHome && places.isUsual()) {
            return null;
        }
        Integer to = places.leavingTo(address);
        if (to != null) {
            return new BrokerError(Code.MOVED, "queue " + address + " is moving to shard " + to);
        }
        boolean here = isHome ? places.away(address, shard.number()) == shard.number() : places.isGuest(address);
        return here
                ? null
                : new BrokerError(Code.MOVED, "queue " + address + " does not live on shard " + shard.number());
    }

    /** The shard that a queue is moving to, or null. */
    @Nullable
    Integer movingTo(Node node) {
        return node.subscription == null ? places.leavingTo(node.queue.name()) : null;
    }

    // ---- away

    /** Begins to move a queue that lives here; returns why not, or null. */
    @Nullable
    BrokerError begin(Node node, int to) {
        BrokerError refusal = refusal(node, to);
        if (refusal != null) {
            return refusal;
        }
        String address = node.queue.name();
        LOG.info(
                "WB2140 shard {}: queue {} moves to shard {}, with {} messages",
                shard.number(),
                address,
                to,
                node.queue.messages());
        record(places.leaving(event.clear(), isHome(address), to, address));
        shard.commands().endSessions(node, new BrokerError(Code.MOVED, "queue " + address + " moves to another shard"));
        open(address, to);
        shard.turn().afterwards(this::look);
        return null;
    }

    private @Nullable BrokerError refusal(Node node, int to) {
        String address = node.queue.name();
        if (to < 0 || to >= peers.count()) {
            return new BrokerError(
                    Code.INVALID_FIELD, "there is no shard " + to + ": they are 0 to " + (peers.count() - 1));
        }
        BrokerError elsewhere = refusal(address);
        if (elsewhere != null) {
            return elsewhere;
        }
        if (node.subscription != null || node.queue.temporary()) {
            return new BrokerError(Code.NOT_ALLOWED, node.title() + " cannot be moved: only durable queues can");
        }
        if (to == shard.number()) {
            return new BrokerError(Code.PRECONDITION_FAILED, node.title() + " is on shard " + to + " already");
        }
        int home = Placement.shardOf(address, peers.count());
        if (home != shard.number() && home != to) {
            return new BrokerError(
                    Code.PRECONDITION_FAILED,
                    node.title() + " is away from its home, shard " + home + ": move it there first");
        }
        if (!peers.isLed(to)) {
            return new BrokerError(Code.MOVED, "no node of the cluster leads shard " + to + " at present");
        }
        return isInTransaction(node.queue)
                ? new BrokerError(
                        Code.RESOURCE_LOCKED,
                        "transactions that are prepared and not decided have messages of " + node.title()
                                + ", or have sent there")
                : null;
    }

    private boolean isInTransaction(Queue queue) {
        AtomicBoolean found = new AtomicBoolean();
        state.ledger().forEachPrepared((id, promise) -> {
            promise.part().visitSends((to, messageId, none) -> found.compareAndSet(false, to == queue.id()));
            promise.part().visitHeld((in, messageId, outcome) -> found.compareAndSet(false, in == queue.id()));
        });
        return found.get();
    }

    private void open(String address, int to) {
        open.put(address, new QueueMove(shard, mover, state.node(address), to, () -> handOver(address, to)));
    }

    /** All messages are there: the other shard is to have the queue. */
    private void handOver(String address, int to) {
        Move.Handover word = new Move.Handover(address, places.generation(address) + 1, facts(address));
        mover.handOver(to, word, () -> left(address, to));
    }

    /** What must be known about what was sent before to a queue, as events. */
    private List<byte[]> facts(String address) {
        List<byte[]> facts = new ArrayList<>();
        Destination queue = Duplicates.address(NodeKind.QUEUE, address);
        for (String id : state.duplicates().ids(queue)) {
            facts.add(fact(Events.DUPLICATE, out -> Events.duplicate(out, queue, id, null)));
        }
        state.producers()
                .forEachLogged((run, usedMs) ->
                        facts.add(fact(Events.PRODUCED, out -> Events.produced(out, run, usedMs, null))));
        return facts;
    }

    private static byte[] fact(byte type, Consumer<Bytes> content) {
        Bytes out = new Bytes().putByte(type);
        content.accept(out);
        return out.copy();
    }

    private void left(String address, int to) {
        Node node = state.node(address);
        if (node != null) {
            shard.storage().delete(node);
        }
        record(places.left(event.clear(), isHome(address), to, address));
        open.remove(address);
        LOG.info("WB2141 shard {}: queue {} lives on shard {} from now on", shard.number(), address, to);
    }

    private void record(Bytes place) {
        shard.turn().record(Events.PLACE, place);
        places.apply(ByteBuffer.wrap(place.copy()));
    }

    // ---- here

    /** Whether something of a queue's move from another shard has to wait, because its way out of here is not at its end yet. */
    boolean mustWait(Move move) {
        for (Move.One each : move.messages()) {
            Move.Item item = each.item();
            boolean isNews = item instanceof Move.Content
                    || item instanceof Move.Handover word && word.generation() > places.generation(word.to());
            if (isNews && (places.leavingTo(item.to()) != null || shard.noRoom() != null)) {
                return true;
            }
        }
        return false;
    }

    /** Takes a message of a queue that moves here. */
    void take(Move.Content content) {
        Node known = state.node(content.to());
        Node node = known == null ? shard.storage().create(content.to(), null) : known;
        shard.storage().storeAsItWas(node, content);
    }

    /** A queue lives here from now on. */
    void take(int from, Move.Handover word) {
        String address = word.to();
        if (word.generation() <= places.generation(address)) {
            // its former shard has forgotten that it knows this
            return;
        }
        if (state.node(address) == null) {
            shard.storage().create(address, null);
        }
        for (byte[] fact : word.facts()) {
            learn(fact);
        }
        record(Places.arrived(event.clear(), isHome(address), from, word.generation(), address));
        LOG.info("WB2142 shard {}: queue {} lives here from now on", shard.number(), address);
    }

    private void learn(byte[] fact) {
        ByteBuffer in = ByteBuffer.wrap(fact);
        byte type = in.get();
        ByteBuffer content = in.slice();
        event.clear().putArray(Arrays.copyOfRange(fact, 1, fact.length));
        shard.turn().record(type, event);
        if (type == Events.DUPLICATE) {
            Events.duplicate(content, state.duplicates());
        } else {
            Events.produced(content, state.producers());
        }
    }

    // ---- time

    private void wake() {
        if (timer == null && !stopped && !open.isEmpty()) {
            timer = shard.loop().schedule(LOOK_NS, () -> shard.execute(this::look));
        }
    }

    private void look() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        if (!stopped) {
            List.copyOf(open.values()).forEach(QueueMove::proceed);
            wake();
        }
    }
}
