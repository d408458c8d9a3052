package org.waybill.amqp.adapter;

/** A request to the management node that is refused without asking the broker. */
final class ManagementError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    /**
     * A refusal.
     *
     * @param status the answer's status code
     * @param description one sentence that names the wrong value
     */
    ManagementError(int status, String description) {
        // No stack trace: the cause is a client's request, and refusing it must stay cheap.
        super(description, null, false, false);
        this.status = status;
    }

    static ManagementError badRequest(String description) {
        return new ManagementError(400, description);
    }

    static ManagementError notImplemented(String description) {
        return new ManagementError(501, description);
    }

    int status() {
        return status;
    }
}
