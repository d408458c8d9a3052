package org.waybill.amqp.adapter;

/** A field of a client's attach has a value that cannot be used; its message says which ({@code amqp:invalid-field}). */
final class InvalidField extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvalidField(String problem) {
        super(problem, null, false, false);
    }
}
