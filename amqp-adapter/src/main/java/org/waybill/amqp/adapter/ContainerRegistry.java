package org.waybill.amqp.adapter;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which container ids are held by a connection that asked to be the only one of its container ({@code
 * sole-connection-for-container}). Safe for any thread.
 */
final class ContainerRegistry {
    /** A connection that is the only one of its container. */
    interface Holder {
        /** Another connection asked for this one to be closed in its favour. Called on any thread; must return at once. */
        void superseded();
    }

    private final ConcurrentHashMap<String, Holder> holders = new ConcurrentHashMap<>();

    /**
     * Claims a container id.
     *
     * @param closeExisting whether the present holder is to go, instead of the claim being refused
     * @return whether the id is the caller's now
     */
    boolean claim(String containerId, Holder holder, boolean closeExisting) {
        if (!closeExisting) {
            return holders.putIfAbsent(containerId, holder) == null;
        }
        @Nullable Holder former = holders.put(containerId, holder);
        if (former != null) {
            former.superseded();
        }
        return true;
    }

    /** Gives the id up, unless another has claimed it meanwhile. */
    void release(String containerId, Holder holder) {
        holders.remove(containerId, holder);
    }
}
