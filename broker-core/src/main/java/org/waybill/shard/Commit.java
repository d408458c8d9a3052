package org.waybill.shard;

import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.tx.TransactionId;

/**
 * The commit of a transaction over several shards, in two phases. One of them coordinates, and its loop runs all of this but
 * {@link #prepare}.
 *
 * <pre>
 *  participants        store their sends, to wait; PREPARED; when that is forced they say so
 *  coordinator         when all have: does its own part; DECIDED, in one frame: from here on it is committed
 *                      when that is forced: tells the participants
 *  participants        CONCLUDED, with what follows from it; say so at once, and again when that is forced
 *  coordinator         at the first: answers the client; at the second: FORGOTTEN
 * </pre>
 *
 * <p>Whoever cannot do its part says so instead and has rolled it back; then the coordinator tells the others to, which needs no
 * record of its own. Nothing here needs the session but the answer.
 */
final class Commit {
    private final TransactionId id = TransactionId.local(UUID.randomUUID());
    private final Shards shards;
    private final List<Share> shares;
    private final Share own;
    private final Consumer<Reply<Boolean>> reply;

    // ---- the coordinator's loop
    private int missing;
    private int promises;
    private final int[] promised;
    private @Nullable BrokerError refusal;

    /** Of a transaction with these shares, two or more; the shard with the most to send coordinates. */
    Commit(Shards shards, List<Share> shares, Consumer<Reply<Boolean>> reply) {
        this.shards = shards;
        this.shares = shares;
        this.reply = reply;
        this.missing = shares.size();
        this.promised = new int[shares.size()];
        Share most = shares.get(0);
        for (Share share : shares) {
            most = share.size() > most.size() ? share : most;
        }
        this.own = most;
    }

    private Shard coordinator() {
        return shards.here(own.shard);
    }

    /** A shard is asked for its part: on its loop, after everything the session did there before. */
    void prepare(Share share) {
        if (share == own) {
            answered(share, null, false);
            return;
        }
        Shard shard = shards.here(share.shard);
        BrokerError why = shard.participant().prepare(id, own.shard, share);
        boolean logged = why == null && share.part.isLogged();
        shard.turn().afterwards(() -> coordinator().execute(() -> answered(share, why, logged)));
    }

    private void answered(Share share, @Nullable BrokerError why, boolean logged) {
        refusal = refusal == null ? why : refusal;
        if (logged) {
            promised[promises++] = share.shard;
        }
        if (--missing == 0) {
            decide();
        }
    }

    private void decide() {
        Participant participant = coordinator().participant();
        if (refusal == null) {
            int[] participants = Arrays.copyOf(promised, promises);
            refusal = participant.decide(id, participants, own);
        } else {
            participant.rollBack(own);
        }
        coordinator().turn().afterwards(this::conclude);
        coordinator().split();
    }

    private void conclude() {
        BrokerError why = refusal;
        Conclusion conclusion = new Conclusion(id, coordinator(), () -> answer(why));
        for (Share share : shares) {
            if (share != own) {
                Participant participant = shards.here(share.shard).participant();
                conclusion.add(
                        shards.here(share.shard), () -> participant.conclude(id, share.part, share, why == null));
            }
        }
        conclusion.begin();
    }

    private void answer(@Nullable BrokerError why) {
        Outbox outbox = coordinator().outboxes.get(own.session);
        if (outbox != null) {
            Reply<Boolean> result = why == null ? new Reply.Done<>(true) : new Reply.Refused<>(why);
            outbox.answers().add(Batch.Kind.REPLY, (Runnable) () -> reply.accept(result), 0, 0, null, null);
        }
    }
}
