package org.waybill.cli;

/** A command cannot do what it was asked to, for a reason that the user can mend. The message is one sentence. */
final class CliFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ExitCode exitCode;

    CliFailure(ExitCode exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    ExitCode exitCode() {
        return exitCode;
    }
}
