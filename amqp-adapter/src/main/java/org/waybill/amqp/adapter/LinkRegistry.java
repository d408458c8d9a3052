package org.waybill.amqp.adapter;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Who holds which link name, over all connections. A link is identified by its two containers, its name and its direction (AMQP
 * 1.0 part 2, section 2.6.1); attaching it elsewhere takes it away from where it was. Safe for any thread.
 */
final class LinkRegistry {
    /** Somebody who holds a link name. */
    interface Holder {
        /**
         * The name was claimed by another. Called on any thread; must return at once.
         *
         * @param then to be run, on any thread, once the broker has been told that this link is over
         */
        void stolen(Runnable then);

        /** Whether it is a link of this connection. */
        boolean isOf(AmqpConnection connection);
    }

    /**
     * A link's identity.
     *
     * @param container the client's container id
     * @param toClient whether messages flow to the client
     */
    record Key(String container, String name, boolean toClient) {}

    private final ConcurrentHashMap<Key, Holder> holders = new ConcurrentHashMap<>();

    /** Makes {@code holder} the one that holds the name, and tells the one that did. */
    void claim(Key key, Holder holder) {
        @Nullable Holder former = holders.put(key, holder);
        if (former != null) {
            former.stolen(() -> {});
        }
    }

    /**
     * Has whoever holds a name give it up.
     *
     * @param then run on any thread once the broker has been told that their link is over; never run when nobody holds it
     * @return whether somebody does
     */
    boolean vacate(Key key, Runnable then) {
        @Nullable Holder holder = holders.get(key);
        if (holder != null) {
            holder.stolen(then);
        }
        return holder != null;
    }

    /** Whether a link of this connection holds the name. */
    boolean isHeldBy(AmqpConnection connection, Key key) {
        @Nullable Holder holder = holders.get(key);
        return holder != null && holder.isOf(connection);
    }

    /** Gives the name up, unless another has claimed it meanwhile. */
    void release(Key key, Holder holder) {
        holders.remove(key, holder);
    }
}
