package org.waybill.selector;

import org.jspecify.annotations.Nullable;

/** A section of a message whose fields a filter expression can name (AMQP Filter Expressions 1.0). */
public enum Section {
    /** Fields {@code durable}, {@code priority}, {@code ttl}, {@code first-acquirer}, {@code delivery-count}. */
    HEADER("header", "h"),
    /** Keys are the annotations' symbols. */
    MESSAGE_ANNOTATIONS("message-annotations", "m"),
    /** Fields as the specification of AMQP 1.0 names them: {@code message-id}, {@code user-id}, {@code to} and so on. */
    PROPERTIES("properties", "p"),
    /** Keys are the names the application chose. */
    APPLICATION_PROPERTIES("application-properties", "a"),
    /** Keys are the footer's symbols. */
    FOOTER("footer", "f");

    private final String fullName;
    private final String letter;

    Section(String fullName, String letter) {
        this.fullName = fullName;
        this.letter = letter;
    }

    /** The short name in an expression. */
    String letter() {
        return letter;
    }

    /** The section a qualifier means, or null; a hyphen may be written as an underscore. */
    static @Nullable Section of(String qualifier) {
        for (Section section : values()) {
            if (section.letter.equals(qualifier) || section.fullName.equals(FieldNames.hyphenated(qualifier))) {
                return section;
            }
        }
        return null;
    }
}
