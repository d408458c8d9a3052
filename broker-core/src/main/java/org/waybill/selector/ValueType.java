package org.waybill.selector;

/** What is known of an expression's value before there is a message. */
enum ValueType {
    BOOLEAN("a condition"),
    STRING("a string"),
    NUMBER("a number"),
    BINARY("binary"),
    /** A property: up to the message. */
    ANY("a property");

    private final String shown;

    ValueType(String shown) {
        this.shown = shown;
    }

    /** The type in an error message. */
    String shown() {
        return shown;
    }

    boolean mayBe(ValueType other) {
        return this == other || this == ANY;
    }
}
