package org.waybill.io;

/** Checks that stay on in production: a violated one is a programmer's error, never a user's. */
public final class Invariant {
    private Invariant() {}

    /** Throws {@link IllegalStateException} with the message unless the condition holds. */
    public static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalStateException(message);
        }
    }
}
