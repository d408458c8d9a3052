package org.waybill.selector;

/** Which of two languages with one grammar a text is in. */
enum Dialect {
    /** Message selectors of Jakarta Messaging 3.1, section 3.8.1. */
    SELECTOR,
    /**
     * SQL filters of AMQP Filter Expressions 1.0 (CSD01), section 6. Beyond selectors: fields of sections, names in brackets,
     * strings in double quotes, binary constants, {@code !=}, {@code %}, {@code +} and order for strings, any expressions with
     * LIKE, IN and IS NULL, EXISTS, functions. Whole numbers are decimal, whatever they begin with.
     */
    FILTER
}
