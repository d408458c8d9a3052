package org.waybill.jms;

import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.uri.ConnectionUri;

/**
 * What a factory was told. URI and each option are correct by themselves; whether they go together is seen when they are used, because
 * they may come in any order.
 *
 * @param uri the connection URI
 * @param more options beside it, which win
 */
record FactoryOptions(String uri, Map<String, String> more) implements Serializable {
    private static final long serialVersionUID = 1;

    FactoryOptions {
        more = Map.copyOf(more);
    }

    ConnectionUri parse() {
        return ConnectionUri.parse(uri, more);
    }

    FactoryOptions withUri(@Nullable String other) {
        if (other == null) {
            throw new IllegalArgumentException("the connection URI is null");
        }
        ConnectionUri.parse(other, Map.of());
        return new FactoryOptions(other, more);
    }

    FactoryOptions withAll(Map<String, String> others) {
        others.forEach(ConnectionUri::check);
        return new FactoryOptions(uri, others);
    }

    FactoryOptions with(String name, @Nullable String value) {
        Map<String, String> changed = new TreeMap<>(more);
        if (value == null) {
            changed.remove(name);
        } else {
            ConnectionUri.check(name, value);
            changed.put(name, value);
        }
        return new FactoryOptions(uri, changed);
    }

    /** Where it leads, without secrets. */
    @Override
    public String toString() {
        return ConnectionUri.parse(uri, Map.of()).toString();
    }
}
