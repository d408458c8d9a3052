package org.waybill.jms.xa;

import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.messaging.AmqpSequence;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * The server's answer to a verb.
 *
 * @param code what it came to, as {@code javax.transaction.xa} numbers it
 * @param error one sentence that says why, or null
 * @param results what was asked for
 */
record XaReply(int code, @Nullable String error, List<?> results) {
    /**
     * Reads an answer.
     *
     * @throws IllegalArgumentException if the message is none
     */
    static XaReply of(Message message) {
        ApplicationProperties properties = message.getApplicationProperties();
        Map<?, ?> head = properties == null || properties.getValue() == null ? Map.of() : properties.getValue();
        if (!(head.get("xa-code") instanceof Integer code)) {
            throw new IllegalArgumentException("an answer of the server has no xa-code");
        }
        Object body = message.getBody() instanceof AmqpValue value
                ? value.getValue()
                : message.getBody() instanceof AmqpSequence sequence ? sequence.getValue() : null;
        return new XaReply(
                code,
                head.get("xa-error") instanceof String sentence ? sentence : null,
                body instanceof List<?> results ? results : List.of());
    }
}
