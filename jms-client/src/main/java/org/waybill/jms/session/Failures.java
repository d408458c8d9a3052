package org.waybill.jms.session;

import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.InvalidSelectorException;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.ResourceAllocationException;
import jakarta.jms.TransactionRolledBackException;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.engine.ClientException;

/**
 * The exception that JMS names for what went wrong on the wire. Each says what was attempted, what the server answered, and what to do
 * about it; its error code is the AMQP condition, or the kind of failure in lower case; its cause is the {@link ClientException}.
 *
 * <pre>{@code
 *  login refused, amqp:unauthorized-access                      | JMSSecurityException
 *  amqp:not-found, amqp:resource-deleted                        | InvalidDestinationException
 *  amqp:invalid-field of an open with a client id               | InvalidClientIDException
 *  amqp:invalid-field, amqp:not-implemented of a selector       | InvalidSelectorException
 *  amqp:decode-error                                            | MessageFormatException
 *  amqp:resource-limit-exceeded, -locked, message too large     | ResourceAllocationException
 *  amqp:transaction:rollback, :timeout, :unknown-id             | TransactionRolledBackException
 *  closed on this side                                          | IllegalStateException
 *  everything else                                              | JMSException
 * }</pre>
 */
public final class Failures {
    private static final Map<String, Row> BY_CONDITION = Map.ofEntries(
            row("amqp:unauthorized-access", JMSSecurityException::new, "ask for the permission, or use another user"),
            row("amqp:not-found", InvalidDestinationException::new, "check the name, or have the address created"),
            row("amqp:resource-deleted", InvalidDestinationException::new, "it was deleted meanwhile: create it anew"),
            row("amqp:decode-error", MessageFormatException::new, "the server could not read it"),
            row("amqp:resource-limit-exceeded", ResourceAllocationException::new, "a limit of the server's is reached"),
            row(
                    "amqp:resource-locked",
                    ResourceAllocationException::new,
                    "somebody else holds it: close that one first"),
            row(
                    "amqp:link:message-size-exceeded",
                    ResourceAllocationException::new,
                    "send less at once, or raise the server's limit"),
            row("amqp:link:transfer-limit-exceeded", ResourceAllocationException::new, "wait until there is room"),
            row("amqp:transaction:rollback", TransactionRolledBackException::new, "do the transaction's work again"),
            row(
                    "amqp:transaction:timeout",
                    TransactionRolledBackException::new,
                    "it took longer than the server waits: do its work again"),
            row(
                    "amqp:transaction:unknown-id",
                    TransactionRolledBackException::new,
                    "the server has ended it: do its work again"));

    private record Row(BiFunction<String, String, JMSException> kind, String advice) {}

    private Failures() {}

    private static Map.Entry<String, Row> row(
            String condition, BiFunction<String, String, JMSException> kind, String advice) {
        return Map.entry(condition, new Row(kind, advice));
    }

    /**
     * The JMS exception for this one.
     *
     * @param doing what was attempted: "cannot create a consumer of 'orders'"
     */
    public static JMSException of(String doing, ClientException cause) {
        return switch (cause.kind()) {
            case AUTHENTICATION -> with(
                    cause, doing, JMSSecurityException::new, "check user, password and the server's mechanisms");
            case UNREACHABLE -> with(cause, doing, JMSException::new, "check host, port and that the server runs");
            case TIMEOUT -> with(cause, doing, JMSException::new, "it may have happened or not");
            case LOST -> with(cause, doing, JMSException::new, "it may have happened or not: connect again");
            case CLOSED -> with(cause, doing, IllegalStateException::new, null);
            case INTERRUPTED -> with(cause, doing, JMSException::new, null);
            case REFUSED, NOT_ACCEPTED -> refused(doing, cause);
        };
    }

    /** As {@link #of}, of an open under this client id. */
    static JMSException ofOpen(String doing, @Nullable String clientId, ClientException cause) {
        return clientId != null && "amqp:invalid-field".equals(cause.condition())
                ? with(cause, doing, InvalidClientIDException::new, "another connection uses this client id")
                : of(doing, cause);
    }

    /** As {@link #of}, of a receiver that has a selector. */
    static JMSException ofSelector(String doing, ClientException cause) {
        String condition = cause.condition();
        return "amqp:invalid-field".equals(condition) || "amqp:not-implemented".equals(condition)
                ? with(cause, doing, InvalidSelectorException::new, "correct the message selector")
                : of(doing, cause);
    }

    private static JMSException refused(String doing, ClientException cause) {
        String condition = cause.condition();
        Row row = condition == null ? null : BY_CONDITION.get(condition);
        return row == null ? with(cause, doing, JMSException::new, null) : with(cause, doing, row.kind(), row.advice());
    }

    private static JMSException with(
            ClientException cause,
            String doing,
            BiFunction<String, String, JMSException> kind,
            @Nullable String advice) {
        String condition = cause.condition();
        String code = condition != null
                ? condition
                : cause.kind().name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        String message = doing + ": " + cause.getMessage() + (advice == null ? "" : "; " + advice);
        return withCause(kind.apply(message, code), cause);
    }

    /** With this cause, as an exception's cause and as JMS's linked exception. */
    public static <E extends JMSException> E withCause(E exception, Exception cause) {
        exception.initCause(cause);
        exception.setLinkedException(cause);
        return exception;
    }

    /** Something was to be done to what is closed. */
    static IllegalStateException closed(String what, @Nullable Exception why) {
        return why == null
                ? new IllegalStateException(what + " is closed", "closed")
                : withCause(
                        new IllegalStateException(what + " is closed because it failed: " + why.getMessage(), "closed"),
                        why);
    }

    /** The listener's or caller's thread was interrupted; its flag is set again. */
    static JMSException interrupted(String doing, InterruptedException cause) {
        Thread.currentThread().interrupt();
        return withCause(new JMSException(doing + ": the thread was interrupted", "interrupted"), cause);
    }

    /** Time is up. */
    static JMSException timeout(String doing, long limitMs) {
        return new JMSException(doing + ": not within " + limitMs + " ms; it may have happened or not", "timeout");
    }
}
