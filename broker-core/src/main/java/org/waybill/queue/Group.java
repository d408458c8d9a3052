package org.waybill.queue;

import org.jspecify.annotations.Nullable;

/** A message group (properties.group-id; AMQP 1.0 part 3, section 3.2.4) of one queue. */
final class Group {
    final String id;

    /** Who gets its messages, or null; a closed consumer as long as something of the group is unsettled there. */
    @Nullable
    QueueConsumer owner;

    /** Its messages that were handed out and have no outcome yet, in transactions too. */
    int unsettled;

    /** Its messages that wait by name in its owner's backlog. */
    int aside;

    /** When it was given to its owner: consumers that came later may get it once it is drained. */
    int round;

    /** Whether its last message was handed out: with the next one it begins anew. */
    boolean ended;

    Group(String id) {
        this.id = id;
    }

    /** Whether nothing keeps it where it is. */
    boolean isDrained() {
        return unsettled == 0 && aside == 0 && (owner == null || !owner.walksOwn());
    }
}
