package org.waybill.selector;

import org.jspecify.annotations.Nullable;

/** The value of a property or header field. */
record Identifier(String name) implements Expression {
    @Override
    public ValueType type() {
        return ValueType.ANY;
    }

    @Override
    public @Nullable Object value(PropertySource source) {
        Object value = source.property(name);
        return isSelectable(value) ? value : null;
    }

    private static boolean isSelectable(@Nullable Object value) {
        return value instanceof String
                || value instanceof Integer
                || value instanceof Long
                || value instanceof Boolean
                || value instanceof Double
                || value instanceof Float
                || value instanceof Short
                || value instanceof Byte;
    }
}
