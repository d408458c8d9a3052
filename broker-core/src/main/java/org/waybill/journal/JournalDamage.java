package org.waybill.journal;

/**
 * The files do not hold what they must: found at open, at replay or when a record is read back. An operating error, not a
 * programmer's; its message is one sentence that names the file and the offset. The journal never repairs and never skips.
 */
public final class JournalDamage extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is wrong. */
    public enum Code {
        /** A segment's header is not whole or does not fit its name or size. */
        BAD_SEGMENT_HEADER,
        /** A file was written by a format version that this program does not know. */
        UNKNOWN_FORMAT,
        /** A segment that is needed is not there. */
        MISSING_SEGMENT,
        /** A frame or a record inside the forced part of the log is not whole. */
        BAD_FRAME,
        /** A record that was asked for by position is not whole or not there. */
        BAD_RECORD,
        /** The log ends before a place that was known to be forced. */
        LOST_FORCED_DATA,
        /** A checkpoint file is not whole. */
        BAD_CHECKPOINT,
        /** The disk reported an error while reading. */
        UNREADABLE
    }

    private final Code code;

    JournalDamage(Code code, String message) {
        super(message);
        this.code = code;
    }

    JournalDamage(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** What is wrong. */
    public Code code() {
        return code;
    }
}
