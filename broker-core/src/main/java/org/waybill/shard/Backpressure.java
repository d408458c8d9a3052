package org.waybill.shard;

import org.jspecify.annotations.Nullable;

/** Has producers wait while what they send to is full, or the disk. On the shard's loop. */
final class Backpressure {
    private final Shard shard;
    private final State state;
    private final Commands commands;
    private final TopicCommands topics;

    Backpressure(Shard shard, State state, Commands commands, TopicCommands topics) {
        this.shard = shard;
        this.state = state;
        this.commands = commands;
        this.topics = topics;
    }

    /** Messages left a queue: its producers may go on if it is no longer full. */
    void relieve(Node node) {
        Limits.enforce(node);
        if (node.blocked != null && Limits.relieved(node)) {
            node.blocked = null;
            if (node.subscription != null) {
                topics.relieve(node);
            } else if (shard.noRoom() == null) {
                tell(node, Batch.Kind.UNBLOCKED, null);
            }
        } else if (node.blocked == null && node.subscription == null && node.settings.autoDelete()) {
            commands.deleteIfUnused(node);
        }
    }

    /** A queue has taken more messages: its producers wait if it is full now, and were not told so before. */
    void block(Node node, @Nullable String before) {
        String reason = Limits.blockedBecause(node);
        if (before == null && reason != null) {
            node.blocked = reason;
            if (node.subscription == null) {
                tell(node, Batch.Kind.BLOCKED, reason);
            } else {
                topics.block(node, reason);
            }
        }
    }

    /** The disk's room has changed: every producer hears of it. */
    void roomChanged() {
        topics.roomChanged();
        for (Node node : state.nodes()) {
            String reason = shard.noRoom();
            if (reason != null) {
                tell(node, Batch.Kind.BLOCKED, reason);
            } else if (node.blocked == null) {
                tell(node, Batch.Kind.UNBLOCKED, null);
            }
        }
    }

    private void tell(Node node, Batch.Kind kind, @Nullable String reason) {
        for (LocalProducer producer : node.producers) {
            tell(producer, kind, reason);
        }
    }

    /** Tells a producer to wait, or to go on. */
    void tell(LocalProducer producer, Batch.Kind kind, @Nullable String reason) {
        // with the commit, as the answer to its opening: else this could overtake the state told there
        shard.turn().answers().add(shard.outbox(producer.session), kind, producer, 0, 0, reason, null);
    }
}
