package org.waybill.broker;

/** The broker cannot start, or not on this data directory: one sentence for whoever started it. */
public final class StartFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What kind of obstacle. */
    public enum Reason {
        /** Another process holds the data directory. */
        DATA_IN_USE,
        /** The data directory cannot be made, read or written. */
        DATA_UNUSABLE,
        /** What the data directory holds is damaged. */
        DATA_DAMAGED,
        /** An address cannot be listened on. */
        PORT,
        /** The settings ask for something that cannot be. */
        SETTINGS
    }

    private final Reason reason;

    /** A failure with one sentence. */
    public StartFailure(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** What kind of obstacle it is. */
    public Reason reason() {
        return reason;
    }
}
