package org.waybill.jms.engine;

import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.jspecify.annotations.Nullable;

/** Something asked of the peer did not happen. The message is one sentence for whoever asked. */
public final class AmqpFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What to make of it. */
    public enum Kind {
        /** No connection could be made. */
        UNREACHABLE,
        /** The peer did not accept who we are. */
        UNAUTHENTICATED,
        /** The peer refused it, or ended the link, session or connection with a reason. */
        REFUSED,
        /** No answer came in time. */
        TIMEOUT,
        /** The connection is gone without a reason, or was closed here. */
        LOST
    }

    private final Kind kind;
    private final String condition;

    AmqpFailure(Kind kind, String message) {
        this(kind, "", message);
    }

    private AmqpFailure(Kind kind, String condition, String message) {
        super(message);
        this.kind = kind;
        this.condition = condition;
    }

    /** The failure that a peer's error stands for. */
    static AmqpFailure of(@Nullable ErrorCondition error, String without) {
        if (error == null || error.getCondition() == null) {
            return new AmqpFailure(Kind.LOST, without);
        }
        String condition = error.getCondition().toString();
        String text = error.getDescription();
        return new AmqpFailure(Kind.REFUSED, condition, text == null || text.isEmpty() ? condition : text);
    }

    /** A copy with the stack of whoever waited for it. */
    AmqpFailure here() {
        AmqpFailure copy = new AmqpFailure(kind, condition, String.valueOf(getMessage()));
        copy.initCause(this);
        return copy;
    }

    /** What to make of it. */
    public Kind kind() {
        return kind;
    }

    /** The AMQP condition the peer gave, such as {@code amqp:not-found}; empty if none. */
    public String condition() {
        return condition;
    }
}
