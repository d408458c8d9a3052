package org.waybill.shard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.waybill.shard.ShardMessage.Arrived;
import org.waybill.shard.ShardMessage.CommitAtOnce;
import org.waybill.shard.ShardMessage.Conclude;
import org.waybill.shard.ShardMessage.Concluded;
import org.waybill.shard.ShardMessage.EndKnown;
import org.waybill.shard.ShardMessage.EndWanted;
import org.waybill.shard.ShardMessage.InDoubt;
import org.waybill.shard.ShardMessage.Prepare;
import org.waybill.shard.ShardMessage.Promised;
import org.waybill.shard.ShardMessage.Refused;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerError.Code;
import org.waybill.tx.Ledger;
import org.waybill.tx.Part;
import org.waybill.tx.TransactionId;

/**
 * What transactions have to do on one shard, by their names: of a branch it arrives here when a session ends its work, of a local
 * transaction over several shards when its session asks for the commit, and it leaves when the coordinator says what becomes of it. On
 * the shard's loop.
 *
 * <p>The coordinator is told again of what waits here for its word, more and more rarely: it may have another leader that knows
 * nothing of it, and then says that it is rolled back.
 */
final class Parts {
    private static final int MOST_BEATS_BETWEEN = 10;

    private static final BrokerError LOST = new BrokerError(
            Code.INTERNAL, "what was done in it on one of the shards was lost when that got another leader");

    private final Shard shard;
    private final Participant participant;
    private final Ledger ledger;
    private final BranchRecords records;
    private final Map<TransactionId, Held> held = new LinkedHashMap<>();

    /** Of these, what another shard coordinates. */
    private int waiting;

    /** Another leader of this shard, in this process or another, has another. */
    private final long term;

    Parts(Shard shard, Participant participant, Ledger ledger, BranchRecords records) {
        this.shard = shard;
        this.participant = participant;
        this.ledger = ledger;
        this.records = records;
        this.term = shard.clock().newName().getLeastSignificantBits();
    }

    /** What waits for a coordinator's word. */
    private static final class Held {
        /** Null when recovery has found a promise. */
        final @Nullable Share share;

        final int coordinator;

        /** What the coordinator was told before it asked for a promise. */
        final List<Arrived> arrivals = new ArrayList<>(0);

        boolean promised;

        /** Whether it asks already, as soon as the promise is committed. */
        boolean isAsking;

        /** See {@link CommitPlan#term}; 0 if there is none. */
        long term;

        private int beats;
        private int askAt = 2;

        Held(@Nullable Share share, int coordinator, boolean promised) {
            this.share = share;
            this.coordinator = coordinator;
            this.promised = promised;
        }

        /** Whether it is time to ask. */
        boolean isDue() {
            if (++beats < askAt) {
                return false;
            }
            askAt = beats + Math.min(beats, MOST_BEATS_BETWEEN);
            return true;
        }
    }

    // ---- local transactions

    /** Promises a local transaction's work; its coordinator hears of it once that is forced. */
    void prepare(CommitPlan plan, Share share, Peers peers) {
        Held mine = new Held(share, plan.coordinator(), false);
        mine.term = plan.term();
        put(plan.id(), mine);
        promise(plan.id(), mine, 0, peers);
    }

    private void promise(TransactionId id, Held mine, long round, Peers peers) {
        BrokerError refusal = prepare(id, mine.coordinator);
        shard.turn().afterwards(() -> {
            if (refusal == null) {
                peers.tell(mine.coordinator, promised(id, mine, round));
            } else {
                peers.tell(mine.coordinator, new Refused(id, round, refusal));
            }
        });
    }

    private Promised promised(TransactionId id, Held mine, long round) {
        Part part = part(id, mine);
        return new Promised(id, round, mine.term, isPromised(id), part.sent(), part.held());
    }

    private Part part(TransactionId id, Held mine) {
        Part found = mine.share == null ? ledger.promised(id) : mine.share.part;
        return found == null ? new Part() : found;
    }

    /**
     * Promises what there is of a transaction, as {@link Participant#prepare}.
     *
     * @return why it does not and has rolled it back; null when it promises, or there is nothing to promise
     */
    @Nullable
    BrokerError prepare(TransactionId id, int coordinator) {
        Held mine = held.get(id);
        if (mine == null || mine.share == null) {
            return null;
        }
        BrokerError refusal = participant.prepare(id, coordinator, mine.share);
        if (refusal == null) {
            mine.promised = true;
            mine.arrivals.clear();
        } else {
            take(id);
        }
        return refusal;
    }

    /** Whether the log has a promise of this shard. */
    boolean isPromised(TransactionId id) {
        return ledger.isPrepared(id);
    }

    // ---- branches

    /** A session has done this in a branch. */
    Arrived arrive(Arrival arrival, Share share) {
        int sent = share.size();
        int taken = share.part.held();
        TransactionId id = arrival.branch();
        boolean kept = !share.isEmpty();
        Arrived arrived = new Arrived(id, arrival.work(), term, kept, sent, taken);
        if (kept) {
            Held mine = held.get(id);
            if (mine == null) {
                mine = new Held(share, arrival.coordinator(), false);
                put(id, mine);
            }
            mine.arrivals.add(arrived);
            if (mine.share != null && mine.share != share) {
                absorb(mine.share, share);
            }
        }
        return arrived;
    }

    private void absorb(Share before, Share share) {
        before.absorb(share);
        if (before.size() > Work.MAX_SENDS || before.bytes > Work.MAX_BYTES) {
            before.refusal = Work.tooMuch();
            shard.storage().resident(-before.dropSends());
        }
    }

    /** Messages that a branch has sent here and that are still seen by nobody, and deliveries it holds. */
    Part part(TransactionId id) {
        Held mine = held.get(id);
        return mine == null ? new Part() : part(id, mine);
    }

    /** A coordinator wants a promise. */
    void prepare(int coordinator, Prepare asked, Peers peers) {
        TransactionId id = asked.id();
        Held mine = held.get(id);
        if (mine != null && mine.promised) {
            // with the commit: the promise may not be forced yet
            shard.turn().afterwards(() -> peers.tell(coordinator, promised(id, mine, asked.round())));
        } else if (mine == null || asked.term() != term) {
            conclude(id, false);
            peers.tell(coordinator, new Refused(id, asked.round(), LOST));
        } else {
            promise(id, mine, asked.round(), peers);
        }
    }

    /** A coordinator wants a branch committed that has nothing to do elsewhere. */
    void commitAtOnce(int coordinator, CommitAtOnce asked, Peers peers) {
        TransactionId id = asked.id();
        BrokerError refusal = null;
        if (held.containsKey(id) && asked.term() == term) {
            refusal = commit(id);
            if (refusal == null) {
                shard.coordinator().committed(id);
            }
        } else if (!shard.coordinator().isCommitted(id)) {
            conclude(id, false);
            refusal = LOST;
        }
        BrokerError why = refusal;
        shard.turn()
                .afterwards(() -> peers.tell(
                        coordinator,
                        why == null
                                ? new Promised(id, asked.round(), 0, false, 0, 0)
                                : new Refused(id, asked.round(), why)));
    }

    /** Does a branch's work here at once, and records that this is its end if any of it is durable. */
    @Nullable
    BrokerError commit(TransactionId id) {
        Held mine = take(id);
        if (mine == null || mine.share == null) {
            return null;
        }
        boolean durable = mine.share.isDurable();
        BrokerError refusal = participant.commit(mine.share);
        if (refusal == null && durable) {
            records.end(id, true);
        }
        return refusal;
    }

    /** A coordinator knows nothing of a branch: what is not committed here must not be any more, whatever its predecessor has asked for. */
    void endWanted(int coordinator, EndWanted asked, Peers peers) {
        TransactionId id = asked.id();
        boolean committed = shard.coordinator().isCommitted(id);
        Held mine = held.get(id);
        if (!committed && mine != null && !mine.promised) {
            conclude(id, false);
        }
        shard.turn().afterwards(() -> peers.tell(coordinator, new EndKnown(id, committed)));
    }

    // ---- the end

    /** A coordinator says what was decided. */
    void conclude(int coordinator, Conclude decided, Peers peers) {
        TransactionId id = decided.id();
        conclude(id, decided.committed());
        peers.tell(coordinator, new Concluded(id, false));
        shard.turn().afterwards(() -> peers.tell(coordinator, new Concluded(id, true)));
    }

    /** Does with a transaction's work what was decided; nothing if it has done so before, or has promised nothing to be committed. */
    void conclude(TransactionId id, boolean committed) {
        Held mine = held.get(id);
        if (mine != null && (mine.promised || !committed)) {
            take(id);
            participant.conclude(id, part(id, mine), mine.share, committed);
        }
    }

    // ---- what waits

    /** Recovery has found what the log has promised. */
    void begin(Peers peers) {
        ledger.forEachPrepared((id, promise) -> put(id, new Held(null, promise.coordinator(), true)));
        held.forEach((id, mine) -> ask(id, mine, peers));
    }

    private void ask(TransactionId id, Held mine, Peers peers) {
        if (mine.promised) {
            // with the commit: to ask is to say that it is promised, and the promise may not be forced yet
            if (!mine.isAsking) {
                mine.isAsking = true;
                shard.turn().afterwards(() -> askNow(id, mine, peers));
            }
        } else {
            mine.arrivals.forEach(arrived -> peers.tell(mine.coordinator, arrived));
        }
    }

    private void askNow(TransactionId id, Held mine, Peers peers) {
        mine.isAsking = false;
        if (held.get(id) == mine) {
            Part part = part(id, mine);
            peers.tell(
                    mine.coordinator,
                    new InDoubt(id, mine.term, isPromised(id), mine.share == null, part.sent(), part.held()));
        }
    }

    private void put(TransactionId id, Held mine) {
        held.put(id, mine);
        waiting += mine.coordinator == shard.number() ? 0 : 1;
    }

    private @Nullable Held take(TransactionId id) {
        Held mine = held.remove(id);
        waiting -= mine == null || mine.coordinator == shard.number() ? 0 : 1;
        return mine;
    }

    /** Whether nothing waits for the word of another shard. */
    boolean isEmpty() {
        return waiting == 0;
    }

    /** Time has passed. */
    void beat(Peers peers) {
        held.forEach((id, mine) -> {
            if (mine.coordinator != shard.number() && mine.isDue()) {
                ask(id, mine, peers);
            }
        });
    }
}
