package org.waybill.spi;

/**
 * Why the broker refused something: a value, not an exception. An adapter maps the code to its protocol's condition.
 *
 * @param code what kind of refusal
 * @param message one sentence that says what was wrong with which name or value
 */
public record BrokerError(Code code, String message) {
    /** The kinds of refusal. */
    public enum Code {
        /** The named node does not exist and is not created on demand. */
        NOT_FOUND,
        /** The node exists and does not allow this. */
        NOT_ALLOWED,
        /** The user may not do this. */
        UNAUTHORIZED,
        /** A bound was reached. */
        RESOURCE_LIMIT,
        /** The node was deleted while in use. */
        RESOURCE_DELETED,
        /** Somebody else holds the node exclusively. */
        RESOURCE_LOCKED,
        /** A field has a value that cannot be used. */
        INVALID_FIELD,
        /** The message's sections cannot be read. */
        DECODE,
        /** What was asked for does not exist in this version. */
        NOT_IMPLEMENTED,
        /** A condition the caller stated does not hold, such as creating what exists. */
        PRECONDITION_FAILED,
        /** A transaction was open for too long and has been rolled back. */
        TRANSACTION_TIMEOUT,
        /** What was used is led by another node of the cluster from now on, or by none at present: whoever connects again finds it. */
        MOVED,
        /** The broker itself failed. */
        INTERNAL
    }
}
