package org.waybill.ra;

import jakarta.jms.Topic;
import java.io.Serializable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A topic that the server's administrator names, for applications to look up. */
public final class WaybillTopic implements Topic, Serializable {
    private static final long serialVersionUID = 1;

    private volatile @Nullable String name;

    /** No topic yet: the server sets the name. */
    public WaybillTopic() {}

    @Override
    public @Nullable String getTopicName() {
        return name;
    }

    /** The name of the topic. */
    public @Nullable String getPhysicalName() {
        return name;
    }

    /** Sets the name of the topic. */
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
        return other instanceof WaybillTopic topic && Objects.equals(name, topic.name);
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
