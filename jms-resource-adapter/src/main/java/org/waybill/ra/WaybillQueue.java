package org.waybill.ra;

import jakarta.jms.Queue;
import java.io.Serializable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A queue that the server's administrator names, for applications to look up. */
public final class WaybillQueue implements Queue, Serializable {
    private static final long serialVersionUID = 1;

    private volatile @Nullable String name;

    /** No queue yet: the server sets the name. */
    public WaybillQueue() {}

    @Override
    public @Nullable String getQueueName() {
        return name;
    }

    /** The name of the queue. */
    public @Nullable String getPhysicalName() {
        return name;
    }

    /** Sets the name of the queue. */
    public void setPhysicalName(@Nullable String name) {
        this.name = name;
    }

    /** As {@link #getPhysicalName}. */
    public @Nullable String getName() {
        return name;
    }

    /** As {@link #setPhysicalName}. */
    public void setName(@Nullable String name) {
        this.name = name;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof WaybillQueue queue && Objects.equals(name, queue.name);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(name);
    }

    /** The name. */
    @Override
    public String toString() {
        return String.valueOf(name);
    }
}
