package org.waybill.queue;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.message.Message;

/**
 * The keys of a last-value queue: of each value of an application property the queue keeps the newest message alone. One that a
 * consumer holds stays with it, and goes when it comes back and a newer one is there. A message without the property is kept as
 * in any queue, and one that waits for its time or its transaction replaces nothing before that has come.
 *
 * <p>Keys are not in the log. What recovery finds is read once, before anything is handed out: see {@link #learn}.
 */
final class LastValues {
    /** The key of a message without the property. */
    private static final Object NONE = new Object();

    private final Queue queue;
    private final Facts facts;
    private final String property;
    private final Map<Object, Newest> newest = new HashMap<>();

    /** By id, of all entries that were looked at. */
    private final Map<Long, Object> keys = new HashMap<>();

    /** Behind it may be entries whose keys are not known. */
    private final Cursor unread = new Cursor();

    private final ArrayDeque<Newest> arriving = new ArrayDeque<>();
    private boolean learned;

    /** Entries keep their place in a block as long as they are live. */
    private record Newest(Block block, int index, long id) {}

    LastValues(Queue queue, Facts facts, String property) {
        this.queue = queue;
        this.facts = facts;
        this.property = property;
    }

    /** An entry was stored, which replaces the one before when it is visible: until then readers see that one. */
    void stored(Block block, int index, Message message) {
        Object key = key(message);
        keys.put(block.id(index), key);
        if (key != NONE) {
            arriving.add(new Newest(block, index, block.id(index)));
        }
    }

    /** Everything up to this id is visible: it replaces what came before, unless it waits. */
    void reveal(long visibleId) {
        Newest next = arriving.peekFirst();
        while (next != null && next.id <= visibleId) {
            arriving.pollFirst();
            Object key = keys.get(next.id);
            if (key != null && next.block.isHere(next.index, next.id) && !next.block.isWaiting(next.index)) {
                replaceOlder(key, next.block, next.index);
            }
            next = arriving.peekFirst();
        }
    }

    private void replaceOlder(Object key, Block block, int index) {
        Newest known = newest.get(key);
        if (known == null || known.id < block.id(index)) {
            replace(key, block, index);
        } else if (known.id > block.id(index) && block.isAvailable(index)) {
            facts.removed(queue, block, index);
        }
    }

    private Object key(Message message) {
        Object key = message.applicationProperty(property);
        return key == null ? NONE : key;
    }

    /** Whether a held entry that is to be available again has been replaced meanwhile; if not, it is the newest now. */
    boolean isReplaced(Block block, int index) {
        Object key = keys.get(block.id(index));
        if (key == null) {
            // it waited when the others were read
            unread.back(block, index);
            learned = false;
            return false;
        }
        Newest now = newest.get(key);
        if (now != null && now.id > block.id(index)) {
            return true;
        }
        if (key != NONE) {
            replace(key, block, index);
        }
        return false;
    }

    /** The entry is the newest of its key: the one before goes, unless somebody holds it. */
    private void replace(Object key, Block block, int index) {
        Newest before = newest.put(key, new Newest(block, index, block.id(index)));
        if (before != null && before.id != block.id(index) && before.block.isAvailable(before.index)) {
            facts.removed(queue, before.block, before.index);
        }
    }

    /** An entry left the queue. */
    void forget(long id) {
        Object key = keys.remove(id);
        Newest now = key == null ? null : newest.get(key);
        if (now != null && now.id == id) {
            newest.remove(key);
        }
    }

    /**
     * Reads the keys of what recovery found, as far as messages are in memory.
     *
     * @return null when all is known, else where to read on
     */
    @Nullable
    Cursor learn(long visibleId) {
        while (!learned && unread.seekLive(queue, visibleId)) {
            Block block = Invariant.present(unread.block);
            int index = unread.index;
            if (!keys.containsKey(block.id(index)) && block.isReadable(index)) {
                Message message = block.message(index);
                if (message == null) {
                    return unread;
                }
                unread.advance();
                learn(block, index, message);
            } else {
                unread.advance();
            }
        }
        learned = true;
        return null;
    }

    private void learn(Block block, int index, Message message) {
        Object key = key(message);
        keys.put(block.id(index), key);
        queue.bodies().shed(block, index, message);
        if (key != NONE) {
            replaceOlder(key, block, index);
        }
    }

    /** A block left its line, or was emptied for reuse. */
    void leave(Block left, Block to) {
        unread.leave(left, to);
    }
}
