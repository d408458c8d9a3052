package org.waybill.jms.engine;

import java.io.IOException;

/** No TCP connection came about. Its message says all there is to say. */
final class DialException extends IOException {
    private static final long serialVersionUID = 1;

    private final boolean late;

    /** @param late whether it was for want of an answer */
    DialException(String message, boolean late, Throwable cause) {
        super(message, cause);
        this.late = late;
    }

    /** As it is to be told. */
    ClientException told() {
        return ClientException.of(
                late ? ClientException.Kind.TIMEOUT : ClientException.Kind.UNREACHABLE, Driver.reason(this), this);
    }
}
