package org.waybill.shard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A session as one shard sees it: what it has open there, and the answers that wait for the end of the turn. */
final class Outbox {
    final Shard shard;
    final SessionPort session;
    final List<LocalProducer> producers = new ArrayList<>(1);
    final List<LocalConsumer> consumers = new ArrayList<>(1);
    final List<Node> temporaries = new ArrayList<>(0);
    final List<Topic> temporaryTopics = new ArrayList<>(0);
    /** What it does in branches that this shard coordinates. */
    final Set<Association> associations = new LinkedHashSet<>(0);

    private final Map<ShareId, Share> shares = new LinkedHashMap<>(0);
    private @Nullable Batch answers;
    private boolean isSentAway;

    Outbox(Shard shard, SessionPort session) {
        this.shard = shard;
        this.session = session;
    }

    /** What a transaction that is still open does here. */
    Share share(ShareId id) {
        return shares.computeIfAbsent(id, none -> new Share());
    }

    /** A transaction ends: what it has to do here, its sends included. */
    Share take(Outgoing outgoing) {
        Share begun = shares.remove(outgoing.id);
        Share share = begun == null ? new Share() : begun;
        share.takes(outgoing);
        return share;
    }

    /** What open transactions have done here, which nobody ends any more. */
    List<Share> takeShares() {
        List<Share> taken = List.copyOf(shares.values());
        shares.clear();
        return taken;
    }

    /** The session is told to end, because what it uses is not here: what it still sends, not knowing that, must not overtake what was not taken. */
    void sendAway() {
        isSentAway = true;
    }

    boolean isSentAway() {
        return isSentAway;
    }

    /** The answers of this turn, which {@link #flush} sends at its end. */
    Batch answers() {
        if (answers == null) {
            answers = new Batch(session);
            shard.dirty(this);
        }
        return answers;
    }

    /** Sends the answers to the session. */
    void flush() {
        Batch batch = answers;
        if (batch != null) {
            answers = null;
            session.receive(batch);
        }
    }
}
