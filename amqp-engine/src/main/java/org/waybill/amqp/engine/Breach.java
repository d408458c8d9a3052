package org.waybill.amqp.engine;

import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;

/** The peer broke the protocol so that the connection must go. Never leaves the engine; carries no stack trace. */
final class Breach extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient ErrorCondition error;

    Breach(Symbol condition, String description) {
        super(description, null, false, false);
        error = Conditions.error(condition, description);
    }

    static Breach framing(String description) {
        return new Breach(Conditions.FRAMING_ERROR, description);
    }

    static Breach decode(String description) {
        return new Breach(Conditions.DECODE_ERROR, description);
    }

    static Breach state(String description) {
        return new Breach(Conditions.ILLEGAL_STATE, description);
    }

    ErrorCondition error() {
        return error;
    }
}
