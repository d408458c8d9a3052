package org.waybill.jms.uri;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One option of a connection URI.
 *
 * @param name its full name, {@code jms.sendTimeout} for example
 * @param expected what a value must be, as the end of the sentence "must be …"
 * @param standard its value where none is given, or null if it is then not set at all
 * @param secret whether its value must not appear in any message
 * @param setter puts a value into a draft; throws {@link IllegalArgumentException} if the value is not what it must be
 * @param <D> the draft
 */
record Option<D>(
        String name, String expected, @Nullable String standard, boolean secret, BiConsumer<D, String> setter) {
    /** Puts the value into the draft. */
    void set(D draft, String value) {
        try {
            setter.accept(draft, value);
        } catch (IllegalArgumentException e) {
            String shown = secret ? "a value" : "the value '" + value + "'";
            throw new IllegalArgumentException("option '" + name + "' has " + shown + " but must be " + expected, e);
        }
    }
}
