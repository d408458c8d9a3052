package org.waybill.io;

import org.jspecify.annotations.Nullable;

/** Checks that stay on in production: a violated one is a programmer's error, never a user's. */
public final class Invariant {
    private Invariant() {}

    /** Throws {@link IllegalStateException} with the message unless the condition holds. */
    public static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalStateException(message);
        }
    }

    /** The value, which is there; throws {@link IllegalStateException} if it is null. */
    public static <T> T present(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("a value is missing that must be there");
        }
        return value;
    }
}
