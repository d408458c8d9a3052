package org.waybill.selector;

import org.jspecify.annotations.Nullable;

/** A part of a selector that has a value. Immutable, evaluated on any thread. */
sealed interface Expression permits Literal, Identifier, Sign, Arithmetic, Condition {
    /** What is known of a value's type before there is a message. */
    enum Type {
        BOOLEAN("a condition"),
        STRING("a string"),
        NUMBER("a number"),
        /** Up to the message: a property. */
        ANY("a property");

        private final String shown;

        Type(String shown) {
            this.shown = shown;
        }

        String shown() {
            return shown;
        }

        boolean mayBe(Type other) {
            return this == other || this == ANY;
        }
    }

    Type type();

    /** A Boolean, a Number of one of the six classes Java promotes among, a String, or null for SQL's NULL. */
    @Nullable
    Object value(PropertySource source);
}
