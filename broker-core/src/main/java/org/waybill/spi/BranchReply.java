package org.waybill.spi;

import org.jspecify.annotations.Nullable;

/**
 * The answer to a verb on a branch.
 *
 * @param <T> the type of the value
 * @param code what it came to
 * @param error one sentence that says why, with the name of the branch; null when it was done
 * @param value what was asked for; null when there is none
 */
public record BranchReply<T>(XaCode code, @Nullable String error, @Nullable T value) {
    /** It was done. */
    public static <T> BranchReply<T> of(T value) {
        return new BranchReply<>(XaCode.OK, null, value);
    }

    /** It came to this. */
    public static <T> BranchReply<T> of(XaCode code) {
        return new BranchReply<>(code, null, null);
    }

    /** It came to this, because of that. */
    public static <T> BranchReply<T> of(XaCode code, String error) {
        return new BranchReply<>(code, error, null);
    }
}
