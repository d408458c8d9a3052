package org.waybill.shard;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A session as one shard sees it: what it has open there, and the answers that wait for the end of the turn. */
final class Outbox {
    final Shard shard;
    final SessionPort session;
    final List<LocalProducer> producers = new ArrayList<>(1);
    final List<LocalConsumer> consumers = new ArrayList<>(1);
    final List<Node> temporaries = new ArrayList<>(0);
    final List<Topic> temporaryTopics = new ArrayList<>(0);
    private @Nullable Batch answers;

    Outbox(Shard shard, SessionPort session) {
        this.shard = shard;
        this.session = session;
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
