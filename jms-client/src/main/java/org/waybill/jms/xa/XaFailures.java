package org.waybill.jms.xa;

import javax.transaction.xa.XAException;
import org.jspecify.annotations.Nullable;

/** Makes an {@code XAException} that has both a code for the transaction manager and a sentence for whoever reads its log. */
final class XaFailures {
    private XaFailures() {}

    static XAException of(int code, String message) {
        return of(code, message, null);
    }

    static XAException of(int code, String message, @Nullable Throwable cause) {
        XAException exception = new XAException(message + " (" + name(code) + ")");
        exception.errorCode = code;
        if (cause != null) {
            exception.initCause(cause);
        }
        return exception;
    }

    /** The name of a code in {@code XAException}; its number if there is none. */
    static String name(int code) {
        return switch (code) {
            case XAException.XA_HEURHAZ -> "XA_HEURHAZ";
            case XAException.XA_HEURCOM -> "XA_HEURCOM";
            case XAException.XA_HEURRB -> "XA_HEURRB";
            case XAException.XA_HEURMIX -> "XA_HEURMIX";
            case XAException.XA_RBROLLBACK -> "XA_RBROLLBACK";
            case XAException.XA_RBCOMMFAIL -> "XA_RBCOMMFAIL";
            case XAException.XA_RBTIMEOUT -> "XA_RBTIMEOUT";
            case XAException.XAER_RMERR -> "XAER_RMERR";
            case XAException.XAER_NOTA -> "XAER_NOTA";
            case XAException.XAER_INVAL -> "XAER_INVAL";
            case XAException.XAER_PROTO -> "XAER_PROTO";
            case XAException.XAER_RMFAIL -> "XAER_RMFAIL";
            case XAException.XAER_DUPID -> "XAER_DUPID";
            default -> String.valueOf(code);
        };
    }
}
