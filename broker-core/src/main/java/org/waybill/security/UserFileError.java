package org.waybill.security;

/** The users' file is damaged, cannot be read or written, or was asked for what it cannot hold. The message is one sentence. */
public final class UserFileError extends RuntimeException {
    private static final long serialVersionUID = 1;

    UserFileError(String message) {
        super(message);
    }
}
