package org.waybill.shard;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.queue.Queue;
import org.waybill.queue.QueueConsumer;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerError.Code;
import org.waybill.tx.Ledger;
import org.waybill.tx.Part;
import org.waybill.tx.TransactionId;

/** Does what transactions ask of one shard, and records it. On the shard's loop; {@link Commits} says when which is called. */
final class Participant {
    /** Deliveries that one transaction may hold on one shard. */
    static final int MAX_HELD = 1_000_000;

    private final Shard shard;
    private final Commands commands;
    private final State state;
    private final Ledger ledger;
    private final Duplicates duplicates;
    private final int maxHeld;
    private final Bytes event = new Bytes();

    /** @param maxHeld deliveries that one transaction may hold on this shard: {@link #MAX_HELD}, but in tests */
    Participant(Shard shard, State state, Commands commands, int maxHeld) {
        this.shard = shard;
        this.maxHeld = maxHeld;
        this.commands = commands;
        this.state = state;
        this.ledger = state.ledger();
        this.duplicates = state.duplicates();
    }

    /**
     * A transaction gives deliveries their outcome. When the broker has taken them back meanwhile, others may get them, and the transaction can
     * only be rolled back; when they are gone with their queue, there is nothing to do.
     */
    void settle(Share share, LocalConsumer consumer, long firstToken, long lastToken, Part.Stated stated) {
        if (consumer.node != null) {
            hold(share, consumer, firstToken, lastToken, stated);
        } else if (consumer.expelled != null) {
            share.refusal = consumer.expelled;
        }
    }

    /** Takes deliveries away from their consumer; the transaction gives them their outcome. */
    private void hold(Share share, LocalConsumer consumer, long firstToken, long lastToken, Part.Stated stated) {
        Queue queue = Invariant.present(consumer.node).queue;
        QueueConsumer state = Invariant.present(consumer.state);
        if (share.part.held() >= maxHeld) {
            share.refusal = new BrokerError(
                    Code.RESOURCE_LIMIT, "a transaction has outcomes for more than " + maxHeld + " deliveries");
            queue.outcomes().settle(state, firstToken, lastToken, stated.settled() ? Outcome.FAILED : Outcome.RELEASED);
            return;
        }
        queue.outcomes().take(state, firstToken, lastToken, (token, block, index) -> {
            share.part.hold(state, queue, block, index, stated);
            if (!stated.settled()) {
                share.confirmLater(consumer, token);
            }
        });
    }

    /** Undoes what a transaction did that was promised to nobody. */
    void rollBack(Share share) {
        share.part.rollBack();
        shard.storage().resident(-share.dropSends());
        share.created().forEach(commands::discard);
    }

    /**
     * Does a transaction's whole work on this shard in this turn, and so in one frame: it is in the log whole or not at all.
     *
     * @return why nothing of it was done and all of it is rolled back; null when it was done
     */
    @Nullable
    BrokerError commit(Share share) {
        List<Object> destinations = new ArrayList<>(share.size());
        BrokerError refusal = destinations(share, destinations);
        if (refusal != null) {
            rollBack(share);
            return refusal;
        }
        store(share, destinations, null);
        share.part.commit();
        share.confirm(shard.outboxes, shard.turn().answers());
        return null;
    }

    /** As {@link #commit}, on the coordinator of a transaction whose other participants have promised theirs: this decides. */
    @Nullable
    BrokerError decide(TransactionId id, int[] promised, Share share) {
        BrokerError refusal = commit(share);
        if (refusal == null) {
            decided(id, promised);
        }
        return refusal;
    }

    /** Records that a transaction is committed, of which these shards have promised their parts. */
    void decided(TransactionId id, int[] promised) {
        if (promised.length > 0) {
            TransactionEvents.decided(event.clear(), id, promised);
            shard.turn().record(Events.DECIDED, event);
            ledger.decided(id, promised);
        }
    }

    /**
     * Promises a transaction's work on this shard, once this turn is forced: its sends wait in their queues.
     *
     * @return why it does not and has rolled everything back; null when it promises
     */
    @Nullable
    BrokerError prepare(TransactionId id, int coordinator, Share share) {
        List<Object> destinations = new ArrayList<>(share.size());
        BrokerError refusal = destinations(share, destinations);
        if (refusal != null) {
            rollBack(share);
            return refusal;
        }
        shard.storage().undecided(share.part);
        store(share, destinations, id);
        shard.storage().undecided(null);
        if (share.part.isLogged()) {
            Ledger.Prepared promise = new Ledger.Prepared(coordinator, share.part);
            TransactionEvents.prepared(event.clear(), id, promise);
            shard.turn().record(Events.PREPARED, event);
            ledger.prepared(id, coordinator, share.part);
        }
        return null;
    }

    /** Does with a part what was decided; its share is null when the session ended with the process. */
    void conclude(TransactionId id, Part part, @Nullable Share share, boolean committed) {
        if (committed) {
            part.commit();
            if (share != null) {
                share.confirm(shard.outboxes, shard.turn().answers());
            }
        } else if (share != null) {
            rollBack(share);
        } else {
            part.rollBack();
        }
        duplicates.concluded(id, committed);
        state.producers().concluded(id, committed);
        if (ledger.concluded(id)) {
            TransactionEvents.transaction(event.clear(), id).putByte(committed ? 1 : 0);
            shard.turn().record(Events.CONCLUDED, event);
        }
    }

    /** Every participant has concluded what this shard decided. */
    void forget(TransactionId id) {
        if (ledger.decision(id) != null) {
            ledger.forgotten(id);
            shard.turn().record(Events.FORGOTTEN, TransactionEvents.transaction(event.clear(), id));
        }
    }

    /** Finds where each message goes; returns why one of them cannot be taken, or null. */
    private @Nullable BrokerError destinations(Share share, List<Object> found) {
        if (share.refusal != null) {
            return share.refusal;
        }
        int lastQueueId = state.lastQueueId();
        Map<Node, long[]> ahead = new HashMap<>(0);
        Batch sends = share.sends;
        for (int i = 0; sends != null && i < sends.size; i++) {
            Object destination = commands.sends().destinationInTransaction(sends, i);
            if (destination instanceof BrokerError error) {
                return error;
            }
            Message message = (Message) Invariant.present(sends.x[i]);
            BrokerError why = commands.sends().refusal(destination, message, (LocalProducer) sends.targets[i]);
            if (destination instanceof Node node) {
                if (node.queue.id() > lastQueueId) {
                    lastQueueId = node.queue.id();
                    share.created().add(node);
                }
                why = why == null ? refusal(node, message, ahead) : why;
            }
            if (why != null) {
                return why;
            }
            found.add(destination);
        }
        return null;
    }

    /** Why a queue that rejects what goes beyond its limits does not take a message behind those of this transaction, or null. */
    private static @Nullable BrokerError refusal(Node node, Message message, Map<Node, long[]> ahead) {
        if (!Limits.rejects(node)) {
            return null;
        }
        long[] sum = ahead.computeIfAbsent(node, key -> new long[2]);
        sum[0]++;
        sum[1] += message.size();
        String full = Limits.refusal(node, sum[0], sum[1]);
        return full == null ? null : new BrokerError(Code.RESOURCE_LIMIT, full);
    }

    private void store(Share share, List<Object> destinations, @Nullable TransactionId undecided) {
        Batch sends = share.sends;
        for (int i = 0; sends != null && i < sends.size; i++) {
            commands.sends()
                    .store(
                            destinations.get(i),
                            (Message) Invariant.present(sends.x[i]),
                            (LocalProducer) sends.targets[i],
                            undecided);
        }
        shard.storage().resident(-share.dropSends());
    }
}
