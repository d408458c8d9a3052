package org.waybill.amqp.adapter;

import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.waybill.amqp.engine.Conditions;
import org.waybill.spi.BrokerError;

/** Says the broker's refusals in AMQP's conditions (part 2, sections 2.8.14 to 2.8.18). */
final class Errors {
    private Errors() {}

    static ErrorCondition of(BrokerError error) {
        return Conditions.error(condition(error.code()), error.message());
    }

    static Symbol condition(BrokerError.Code code) {
        return switch (code) {
            case NOT_FOUND -> Conditions.NOT_FOUND;
            case NOT_ALLOWED -> Conditions.NOT_ALLOWED;
            case UNAUTHORIZED -> Conditions.UNAUTHORIZED_ACCESS;
            case RESOURCE_LIMIT -> Conditions.RESOURCE_LIMIT_EXCEEDED;
            case RESOURCE_DELETED -> Conditions.RESOURCE_DELETED;
            case RESOURCE_LOCKED -> Conditions.RESOURCE_LOCKED;
            case INVALID_FIELD -> Conditions.INVALID_FIELD;
            case DECODE -> Conditions.DECODE_ERROR;
            case NOT_IMPLEMENTED -> Conditions.NOT_IMPLEMENTED;
            case PRECONDITION_FAILED -> Conditions.PRECONDITION_FAILED;
            case TRANSACTION_TIMEOUT -> Symbols.TRANSACTION_TIMEOUT;
            case MOVED -> Conditions.CONNECTION_FORCED;
            case INTERNAL -> Conditions.INTERNAL_ERROR;
        };
    }

    /** The status code of an OASIS management answer for this refusal (HTTP's numbers). */
    static int status(BrokerError.Code code) {
        return switch (code) {
            case NOT_FOUND, RESOURCE_DELETED -> 404;
            case NOT_ALLOWED, UNAUTHORIZED -> 403;
            case RESOURCE_LIMIT -> 429;
            case RESOURCE_LOCKED -> 423;
            case INVALID_FIELD, DECODE -> 400;
            case NOT_IMPLEMENTED -> 501;
            case PRECONDITION_FAILED -> 409;
            case TRANSACTION_TIMEOUT -> 408;
            case MOVED -> 503;
            case INTERNAL -> 500;
        };
    }
}
