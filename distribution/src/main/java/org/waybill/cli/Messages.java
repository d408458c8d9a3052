package org.waybill.cli;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.messaging.AmqpSequence;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.amqp.messaging.Section;
import org.apache.qpid.proton.message.Message;

/** Messages between their encoded form and what a user types and reads. */
final class Messages {
    private Messages() {}

    static Message text(String body, boolean durable, Map<String, String> properties) {
        Message message = Message.Factory.create();
        message.setDurable(durable);
        if (!properties.isEmpty()) {
            message.setApplicationProperties(new ApplicationProperties(new LinkedHashMap<>(properties)));
        }
        message.setBody(new AmqpValue(body));
        return message;
    }

    /** The body as a line to read: texts and UTF-8 bytes as they are, other values as Java shows them. */
    static String body(Message message) {
        Section body = message.getBody();
        if (body instanceof Data data) {
            Binary binary = data.getValue();
            return new String(binary.getArray(), binary.getArrayOffset(), binary.getLength(), StandardCharsets.UTF_8);
        } else if (body instanceof AmqpValue value) {
            return String.valueOf(value.getValue());
        } else if (body instanceof AmqpSequence sequence) {
            return String.valueOf((List<?>) sequence.getValue());
        }
        return "";
    }
}
