package org.waybill.jms.engine;

import java.util.Map;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.jspecify.annotations.Nullable;

/** Why something could not be done, in one sentence for a human, with what a program needs to tell the cases apart. */
public final class ClientException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** The cases. */
    public enum Kind {
        /** No connection came about: nobody listens, the name is unknown, TLS failed, it is not an AMQP server. */
        UNREACHABLE,
        /** The server did not let this user in, or offers no way in that is safe to take. */
        AUTHENTICATION,
        /** The peer answered with an error: a refused open or attach, a detach, an end, a close. */
        REFUSED,
        /** The peer did not take the message: rejected, released or modified. */
        NOT_ACCEPTED,
        /** The peer did not answer in time. What was asked for may have happened or not. */
        TIMEOUT,
        /** The connection was lost. What was under way may have happened or not. */
        LOST,
        /** It was closed on this side before. */
        CLOSED,
        /** The waiting thread was interrupted; its interrupt flag is set. */
        INTERRUPTED
    }

    private final Kind kind;
    private final @Nullable String condition;
    private final @Nullable String description;
    private final @Nullable String address;
    private final transient @Nullable Map<String, Object> info;

    private ClientException(
            Kind kind,
            String message,
            @Nullable String address,
            @Nullable ErrorCondition error,
            @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.condition = error == null || error.getCondition() == null
                ? null
                : error.getCondition().toString();
        this.description = error == null ? null : error.getDescription();
        this.address = address;
        this.info = error == null ? Map.of() : RemoteMaps.strings(error.getInfo());
    }

    private ClientException(String message, ClientException cause) {
        super(message, cause);
        this.kind = cause.kind;
        this.condition = cause.condition;
        this.description = cause.description;
        this.address = cause.address;
        this.info = cause.info;
    }

    /** Of this kind, and nothing more to say. */
    public static ClientException of(Kind kind, String message) {
        return new ClientException(kind, message, null, null, null);
    }

    /** Of this kind, because of that. */
    public static ClientException of(Kind kind, String message, @Nullable Throwable cause) {
        return new ClientException(kind, message, null, null, cause);
    }

    /** About this address, if there is one. */
    static ClientException about(Kind kind, String message, @Nullable String address) {
        return new ClientException(kind, message, address, null, null);
    }

    /** An error of the protocol about {@code subject}, which is an address if {@code address} is given. */
    static ClientException of(Kind kind, String subject, @Nullable String address, @Nullable ErrorCondition error) {
        StringBuilder message = new StringBuilder(subject);
        if (error != null && error.getDescription() != null) {
            message.append(": ").append(error.getDescription());
        }
        if (error != null && error.getCondition() != null) {
            message.append(" (").append(error.getCondition()).append(')');
        }
        return new ClientException(kind, message.toString(), address, error, null);
    }

    /** A new exception of the same content, with the stack of the thread that throws it and this one as its cause. */
    ClientException rethrown() {
        String message = getMessage();
        return new ClientException(message == null ? kind.name() : message, this);
    }

    /** Which case it is. */
    public Kind kind() {
        return kind;
    }

    /** The AMQP error condition, {@code amqp:not-found} for example, or null if the peer gave none. */
    public @Nullable String condition() {
        return condition;
    }

    /** What the peer said about it, or null. */
    public @Nullable String description() {
        return description;
    }

    /** The address it is about, or null. */
    public @Nullable String address() {
        return address;
    }

    /**
     * What the peer said beyond that, by name: {@code invalid-field} of a refused open, {@code network-host} and {@code port} of a
     * redirect. Empty if it said nothing, and in a copy that was serialised.
     */
    public Map<String, Object> info() {
        return info == null ? Map.of() : info;
    }
}
