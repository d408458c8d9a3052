package org.waybill.config;

/** Something in a settings file is wrong. The message is one sentence for the user: file, line, key, value, what would be right. */
public final class SettingsError extends RuntimeException {
    private static final long serialVersionUID = 1;

    SettingsError(String message) {
        super(message);
    }
}
