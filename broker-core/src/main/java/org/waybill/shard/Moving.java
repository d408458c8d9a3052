package org.waybill.shard;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.waybill.message.Annotations;
import org.waybill.message.Message;
import org.waybill.queue.Block;
import org.waybill.queue.Queue;
import org.waybill.spi.BrokerError;

/**
 * A held entry and where it goes.
 *
 * @param to behind all others of its own queue when it is null
 * @param number the one that the log has given it for the shard that it goes to, or 0
 */
record Moving(
        Queue queue,
        Block block,
        int index,
        long id,
        @Nullable String to,
        Cause cause,
        String reason,
        long number,
        @Nullable Ending ending) {
    /** Why a message is moved: the middle of the names of the annotations that it gets. The log has its number. */
    enum Cause {
        /** {@code x-opt-dead-letter-queue, -reason, -time, -count}. */
        DEAD_LETTER(0, "x-opt-dead-letter-"),
        /** {@code x-opt-expired-queue, -reason, -time, -count}, and {@code x-opt-ACTUAL-EXPIRY} for its time. */
        EXPIRED(1, "x-opt-expired-"),
        /** {@code x-opt-moved-queue, -reason, -time, -count}. */
        MOVED(2, "x-opt-moved-"),
        /** No annotations: the message is as its sender made it. */
        DUE(3, ""),
        /** No annotations either: its queue moves to another shard, and its message stays as it is in it. */
        WITH_QUEUE(4, "");

        /** Its number in the log. */
        final int number;

        private final String prefix;

        Cause(int number, String prefix) {
            this.number = number;
            this.prefix = prefix;
        }

        /** The cause of this number. */
        static Cause of(int number) {
            for (Cause each : values()) {
                if (each.number == number) {
                    return each;
                }
            }
            throw new IllegalArgumentException("an unknown cause of a move: " + number);
        }
    }

    /** Is told what became of one entry. */
    @FunctionalInterface
    interface Ending {
        /** It was moved, or, with an error, it is still held: whoever wanted it moved decides what becomes of it. */
        void ended(@Nullable BrokerError error);

        /** The other shard takes its time: the entry is held, and goes there when that answers. {@link #ended} follows. */
        default void delayed() {}
    }

    /** Whether it is still in its queue. */
    boolean isHere() {
        return !queue.closed() && block.isHere(index, id);
    }

    /** Tells whoever wanted it moved. */
    void end(@Nullable BrokerError error) {
        if (ending != null) {
            ending.ended(error);
        }
    }

    /** Tells whoever wanted it moved that it takes its time. */
    void delay() {
        if (ending != null) {
            ending.delayed();
        }
    }

    /**
     * The message as it arrives there: with annotations that say where it came from, why, when, and after how many failed deliveries.
     *
     * @param node its queue's
     */
    Message copy(Message message, Node node, long nowMs) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put(cause.prefix + "queue", queue.name());
        facts.put(cause.prefix + "reason", reason);
        facts.put(cause.prefix + "time", nowMs);
        facts.put(cause.prefix + "count", (long) block.deliveryCount(index));
        facts.put("x-opt-ORIG-ADDRESS", queue.name());
        facts.put("x-opt-ORIG-QUEUE", node.subscription == null ? queue.name() : node.title());
        if (cause == Cause.EXPIRED) {
            facts.put("x-opt-ACTUAL-EXPIRY", block.expiresAtMs(index));
        }
        byte[] own = block.annotations(index);
        return message.forwarded(Annotations.merge(own == null ? message.annotations() : own, Annotations.of(facts)));
    }
}
