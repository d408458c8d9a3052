package org.waybill.jms.engine;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.jspecify.annotations.Nullable;

/** Symbols to strings and back, also where a peer sends what it should not: keys that are null, values that are. */
final class RemoteMaps {
    private RemoteMaps() {}

    /** A peer's map by the text of its keys; empty for none. Unmodifiable. */
    static Map<String, Object> strings(@Nullable Map<?, ?> remote) {
        if (remote == null || remote.isEmpty()) {
            return Map.of();
        }
        Map<String, Object> named = new LinkedHashMap<>();
        remote.forEach((key, value) -> {
            if (key != null && value != null) {
                named.put(key.toString(), value);
            }
        });
        return Collections.unmodifiableMap(named);
    }

    /** Our map with symbols for keys; null if it is empty. */
    static @Nullable Map<Symbol, Object> symbols(Map<String, Object> ours) {
        if (ours.isEmpty()) {
            return null;
        }
        Map<Symbol, Object> symbols = new LinkedHashMap<>();
        ours.forEach((key, value) -> symbols.put(Symbol.valueOf(key), value));
        return symbols;
    }

    /** Our capabilities as symbols; null if there are none. */
    static Symbol @Nullable [] symbols(List<String> ours) {
        return ours.isEmpty() ? null : ours.stream().map(Symbol::valueOf).toArray(Symbol[]::new);
    }

    /** Whether a peer's capabilities have this one. */
    static boolean contains(Symbol @Nullable [] remote, String capability) {
        return remote != null && Arrays.asList(remote).contains(Symbol.valueOf(capability));
    }
}
