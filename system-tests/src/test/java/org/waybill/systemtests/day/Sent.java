package org.waybill.systemtests.day;

import org.jspecify.annotations.Nullable;

/**
 * A message that was sent.
 *
 * @param event the line that says so
 * @param settledUs when its sender knew that the broker has it, alone or by a commit; {@link #NEVER} if it never did
 */
record Sent(Event event, long settledUs) {
    static final long NEVER = Long.MAX_VALUE;

    String id() {
        return event.field("id");
    }

    /** Who sent it: the part of its id before the stroke. */
    String producer() {
        return id().substring(0, id().lastIndexOf('/'));
    }

    /** Its place among that producer's messages. */
    long sequence() {
        return Long.parseLong(id().substring(id().lastIndexOf('/') + 1));
    }

    /** {@code queue:NAME} or {@code topic:NAME}. */
    String to() {
        return event.field("to");
    }

    boolean toQueue() {
        return to().startsWith("queue:");
    }

    boolean isSettled() {
        return settledUs != NEVER;
    }

    boolean durable() {
        return event.says("durable");
    }

    @Nullable
    String tx() {
        return event.optional("tx");
    }

    /** When it may be delivered first, or 0. */
    long dueUs() {
        return time("due");
    }

    /** When it expires, or 0. */
    long expiresUs() {
        return time("expires");
    }

    /** Whether its consumers give it back until it is dead. */
    boolean isPoison() {
        return event.says("poison");
    }

    /** Whether nothing but its place in the queue says when it comes. */
    boolean isPlain() {
        return dueUs() == 0 && expiresUs() == 0 && !isPoison();
    }

    String priority() {
        String priority = event.optional("priority");
        return priority == null ? "4" : priority;
    }

    private long time(String field) {
        String value = event.optional(field);
        return value == null ? 0 : Long.parseLong(value);
    }
}
