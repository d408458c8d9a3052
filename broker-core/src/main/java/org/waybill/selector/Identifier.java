package org.waybill.selector;

import java.nio.ByteBuffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The value of a property or header field.
 *
 * @param section where it stands; null for a name that selectors use, which may stand for a header field
 */
record Identifier(@Nullable Section section, String name) implements Expression {
    @Override
    public ValueType type() {
        return ValueType.ANY;
    }

    @Override
    public @Nullable Object value(PropertySource source) {
        if (section == null) {
            Object value = source.property(name);
            return isSelectable(value) ? value : null;
        }
        Object value = source.field(section, name);
        return isSelectable(value) || value instanceof ByteBuffer || value instanceof UUID ? value : null;
    }

    /** How {@link Selector#identifiers} names it. */
    String shown() {
        return section == null || section == Section.APPLICATION_PROPERTIES ? name : section.letter() + "." + name;
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
