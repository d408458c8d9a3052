package org.waybill.queue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.waybill.message.Message;

/**
 * Which consumer of a queue each message group belongs to.
 *
 * <p>Each group is kept by its id, so that groups do not share a fate, and is remembered after its last message: who caches
 * something for a group gets that group again. Beyond {@link #MOST_REMEMBERED} groups the one that was idle longest is forgotten. A queue that
 * never saw a group id has empty maps and asks each message one flag.
 */
final class Groups {
    static final int MOST_REMEMBERED = 1 << 16;

    /** Ids are kept whole up to this length in characters; of longer ones those with equal beginnings and hashes share a consumer. */
    private static final int LONGEST_ID = 200;

    /** The group-sequence that ends a group: -1 as a signed number. */
    private static final Long LAST = 0xFFFF_FFFFL;

    /** How many of the longest idle are looked at for one that can be forgotten. */
    private static final int OLDEST_TRIED = 16;

    private final Map<String, Group> byId = new LinkedHashMap<>(1, 0.75f, true);
    private final Map<Long, Group> held = new HashMap<>(1);
    private int round;

    boolean isEmpty() {
        return byId.isEmpty();
    }

    /** The group of a message, or null. */
    @Nullable
    Group of(Message message) {
        if (!message.mayHaveGroup() || !(message.property(Message.GROUP_ID) instanceof String text) || text.isEmpty()) {
            return null;
        }
        String id = text.length() <= LONGEST_ID ? text : text.substring(0, LONGEST_ID) + text.hashCode();
        Group group = byId.get(id);
        if (group == null) {
            group = new Group(id);
            byId.put(id, group);
            if (byId.size() > MOST_REMEMBERED) {
                forgetIdle();
            }
        }
        return group;
    }

    private void forgetIdle() {
        Iterator<Group> oldest = byId.values().iterator();
        for (int i = 0; i < OLDEST_TRIED && oldest.hasNext(); i++) {
            Group group = oldest.next();
            if (group.isDrained()) {
                release(group);
                oldest.remove();
                return;
            }
        }
    }

    /** Consumers came: groups may move to them once they are drained. */
    void spread() {
        round++;
    }

    /** Whether a group should go elsewhere as soon as it is drained. */
    boolean isLeaving(Group group) {
        QueueConsumer owner = group.owner;
        return owner != null && (owner.closed || group.ended || group.round != round);
    }

    /**
     * Who must get the next message of a group; null when anyone may.
     *
     * @param least who would get the group if it were new, or null when nobody can
     */
    @Nullable
    QueueConsumer owner(Group group, @Nullable QueueConsumer least) {
        QueueConsumer owner = group.owner;
        if (owner == null || !isLeaving(group) || !group.isDrained()) {
            return owner;
        }
        boolean moves = owner.closed || group.ended || least != null && least.groups + 1 < owner.groups;
        if (moves) {
            release(group);
            return null;
        }
        group.round = round;
        return owner;
    }

    private static void release(Group group) {
        QueueConsumer owner = group.owner;
        if (owner != null) {
            owner.groups--;
            group.owner = null;
        }
        group.ended = false;
    }

    /** A message of a group is handed to a consumer, whose the group is from now on if it was nobody's. */
    void handed(Group group, QueueConsumer to, Block block, int index, Message message) {
        if (group.owner == null) {
            group.owner = to;
            group.round = round;
            to.groups++;
        }
        if (!to.preSettled && group.owner == to) {
            group.unsettled++;
            held.put(block.id(index), group);
        }
        group.ended = LAST.equals(message.property(Message.GROUP_SEQUENCE));
    }

    /** A delivery has its outcome: returns its group when that is drained by it and wants to leave its owner. */
    @Nullable
    Group concluded(long messageId) {
        Group group = held.isEmpty() ? null : held.remove(messageId);
        if (group == null || --group.unsettled > 0) {
            return null;
        }
        return isLeaving(group) ? group : null;
    }

    /** A drained group has left its owner, or wants to and nothing of it waits there any more. */
    void leave(Group group) {
        QueueConsumer owner = group.owner;
        if (group.isDrained() && (group.ended || owner == null || owner.closed)) {
            release(group);
            byId.remove(group.id);
        }
    }

    /** The groups of a consumer, for when it closes. */
    List<Group> of(QueueConsumer consumer) {
        List<Group> owned = new ArrayList<>();
        if (consumer.groups > 0) {
            byId.values().stream().filter(group -> group.owner == consumer).forEach(owned::add);
        }
        return owned;
    }
}
