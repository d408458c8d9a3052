package org.waybill.cluster.link;

/** A peer said something that it must not: its connection ends. The message says what. */
final class LinkError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LinkError(String message) {
        super(message);
    }
}
