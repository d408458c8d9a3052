package org.waybill.message;

/** Bytes that are not a well-formed AMQP 1.0 message (part 3, section 3.2). The message says what is wrong and where. */
public final class DecodeError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** An error found at byte {@code offset} of the message. */
    public DecodeError(String what, int offset) {
        super(what + " at byte " + offset + " of the message", null, false, false);
    }
}
