package org.waybill.amqp.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Channels and handles to what they name: open addressing, no boxing, no arrays while empty. */
final class IntMap<V> {
    private static final int[] NO_KEYS = new int[0];
    private static final @Nullable Object[] NO_VALUES = new Object[0];
    private static final int FIRST_CAPACITY = 2;

    private int[] keys = NO_KEYS;
    private @Nullable Object[] values = NO_VALUES;
    private int size;
    /** No key below this is free. */
    private int freeFrom;

    @SuppressWarnings("unchecked")
    @Nullable
    V get(int key) {
        if (size == 0) {
            return null;
        }
        return (V) values[slot(key)];
    }

    void put(int key, V value) {
        if ((size + 1) * 4 > keys.length * 3) {
            rehash(Math.max(FIRST_CAPACITY, keys.length * 2));
        }
        int slot = slot(key);
        if (values[slot] == null) {
            size++;
        }
        keys[slot] = key;
        values[slot] = value;
    }

    void remove(int key) {
        if (size == 0) {
            return;
        }
        int hole = slot(key);
        if (values[hole] == null) {
            return;
        }
        size--;
        freeFrom = Math.min(freeFrom, key);
        values[hole] = null;
        int mask = keys.length - 1;
        // Later members of the run move up, or a look-up would stop at the hole.
        for (int i = (hole + 1) & mask; values[i] != null; i = (i + 1) & mask) {
            int home = mix(keys[i]) & mask;
            if (((i - home) & mask) >= ((i - hole) & mask)) {
                keys[hole] = keys[i];
                values[hole] = values[i];
                values[i] = null;
                hole = i;
            }
        }
    }

    int size() {
        return size;
    }

    /** The lowest key from 0 on that is free. */
    int firstFree() {
        while (get(freeFrom) != null) {
            freeFrom++;
        }
        return freeFrom;
    }

    @SuppressWarnings("unchecked")
    void forEach(java.util.function.Consumer<V> action) {
        for (Object value : Arrays.copyOf(values, values.length)) {
            if (value != null) {
                action.accept((V) value);
            }
        }
    }

    private int slot(int key) {
        int mask = keys.length - 1;
        int slot = mix(key) & mask;
        while (values[slot] != null && keys[slot] != key) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private static int mix(int key) {
        int h = key * 0x9E3779B9;
        return h ^ (h >>> 16);
    }

    private void rehash(int capacity) {
        int[] oldKeys = keys;
        @Nullable Object[] oldValues = values;
        keys = new int[capacity];
        values = new Object[capacity];
        for (int i = 0; i < oldKeys.length; i++) {
            Object value = oldValues[i];
            if (value != null) {
                int slot = slot(oldKeys[i]);
                keys[slot] = oldKeys[i];
                values[slot] = value;
            }
        }
    }
}
