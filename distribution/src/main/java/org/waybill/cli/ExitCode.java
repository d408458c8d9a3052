package org.waybill.cli;

/** What the process ends with; scripts rely on the numbers, docs/operations.md lists them. */
enum ExitCode {
    OK(0),
    /** Something that no other code fits. */
    FAILED(1),
    /** The command line makes no sense. */
    USAGE(2),
    /** No broker is there. */
    UNREACHABLE(3),
    /** The broker does not let this user in. */
    UNAUTHENTICATED(4),
    /** The broker refused what was asked. */
    REFUSED(5),
    /** Not everything came in time. */
    TIMEOUT(6),
    /** Another broker runs on the data directory. */
    DATA_IN_USE(10),
    /** The data directory cannot be made, read or written. */
    DATA_UNUSABLE(11),
    /** What the data directory holds is damaged. */
    DATA_DAMAGED(12),
    /** The address cannot be listened at. */
    PORT(13),
    /** Something in the settings is wrong. */
    SETTINGS(14),
    /** The broker gave up because its journal could not be written any more. */
    JOURNAL_FAILED(20);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
