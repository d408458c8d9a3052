package org.waybill.jms.message;

import jakarta.jms.JMSException;
import jakarta.jms.MessageFormatException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the body of a received message is as JMS has bodies; for all kinds of sections that AMQP has for them. */
final class ReceivedBody {
    static final String SERIALIZED_OBJECT = "application/x-java-serialized-object";
    static final String OCTETS = "application/octet-stream";

    private static final String CHARSET = "charset=";

    private ReceivedBody() {}

    private static MessageFormatException isNot(String what, Sections received) {
        String section =
                received.body == Wire.DATA ? "data" : received.body == Wire.SEQUENCE ? "a sequence" : "a value";
        return new MessageFormatException("the body of the received message is " + section + " that is not " + what);
    }

    /** Which of JMS's messages it is when no annotation says so: what Qpid JMS makes of it, so that clients agree. */
    static byte type(Sections received) throws JMSException {
        return switch (received.body) {
            case Wire.VALUE -> switch (received.bytes[received.bodyValue()]) {
                case Wire.NULL, Wire.STRING8, Wire.STRING32 -> JmsTextMessage.TYPE;
                case Wire.BINARY8, Wire.BINARY32 -> JmsBytesMessage.TYPE;
                default -> JmsObjectMessage.TYPE;
            };
            case Wire.SEQUENCE -> JmsObjectMessage.TYPE;
            default -> typeOfData(received.contentType(), received.body == Wire.DATA);
        };
    }

    private static byte typeOfData(@Nullable String contentType, boolean hasBody) {
        if (contentType == null || contentType.equals(OCTETS)) {
            return JmsBytesMessage.TYPE;
        }
        if (contentType.equals(SERIALIZED_OBJECT)) {
            return JmsObjectMessage.TYPE;
        }
        if (charset(contentType) != null) {
            return JmsTextMessage.TYPE;
        }
        return hasBody ? JmsBytesMessage.TYPE : JmsPlainMessage.TYPE;
    }

    /** The character set of a textual content type, or null if it is none or one unknown here. */
    static @Nullable Charset charset(String contentType) {
        String lower = contentType.toLowerCase(Locale.ROOT);
        int end = lower.indexOf(';');
        String type = (end < 0 ? lower : lower.substring(0, end)).trim();
        if (!type.startsWith("text/") && !isTextual(type)) {
            return null;
        }
        int at = lower.indexOf(CHARSET);
        if (at < 0) {
            return StandardCharsets.UTF_8;
        }
        String name = lower.substring(at + CHARSET.length());
        int after = name.indexOf(';');
        name = (after < 0 ? name : name.substring(0, after)).replace("\"", "").trim();
        try {
            return Charset.forName(name);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static boolean isTextual(String type) {
        return type.equals("application/xml")
                || type.equals("application/xml-dtd")
                || type.equals("application/json")
                || type.equals("application/javascript")
                || type.equals("application/ecmascript")
                || type.startsWith("application/") && (type.endsWith("+xml") || type.endsWith("+json"));
    }

    /** The body as text. */
    static @Nullable String text(Sections received) throws JMSException {
        if (received.body == Sections.NONE) {
            return null;
        }
        if (received.body == Wire.VALUE) {
            Object value = value(received);
            if (value == null || value instanceof String) {
                return (String) value;
            }
        } else if (received.body == Wire.DATA) {
            String contentType = received.contentType();
            Charset charset = contentType == null ? null : charset(contentType);
            ByteBuffer data = data(received);
            return new String(
                    data.array(),
                    data.arrayOffset() + data.position(),
                    data.remaining(),
                    charset == null ? StandardCharsets.UTF_8 : charset);
        }
        throw isNot("text", received);
    }

    /** The body as bytes: a view of what was received, unless it is in several sections. */
    static ByteBuffer data(Sections received) throws JMSException {
        if (received.body == Sections.NONE) {
            return ByteBuffer.allocate(0);
        }
        int at = received.bodyValue();
        if (received.body == Wire.VALUE && received.bytes[at] == Wire.NULL) {
            return ByteBuffer.allocate(0);
        }
        if (received.body == Wire.SEQUENCE) {
            throw isNot("bytes", received);
        }
        ByteBuffer first = binary(received, at);
        if (first.limit() == received.bodyTo) {
            return first;
        }
        ByteBuffer whole = ByteBuffer.allocate(received.bodyTo - received.bodyFrom);
        whole.put(first);
        for (int from = first.limit(); from < received.bodyTo; from = first.limit()) {
            first = binary(received, Wire.value(received.bytes, from, received.bodyTo));
            whole.put(first);
        }
        return whole.flip();
    }

    /** A view of the binary value at {@code at}. */
    private static ByteBuffer binary(Sections received, int at) throws JMSException {
        byte code = received.bytes[at];
        int head = code == Wire.BINARY8 ? 2 : 5;
        if (code != Wire.BINARY8 && code != Wire.BINARY32) {
            throw isNot("bytes", received);
        }
        int end = Wire.skip(received.bytes, at, received.bodyTo);
        return ByteBuffer.wrap(received.bytes, at + head, end - at - head);
    }

    /** The body as a map whose keys are strings. */
    static Map<?, ?> map(Sections received) throws JMSException {
        if (received.body == Sections.NONE) {
            return Map.of();
        }
        Object value = received.body == Wire.VALUE ? value(received) : received;
        if (value == null) {
            return Map.of();
        }
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw isNot("a map", received);
    }

    /** The body as a sequence of values: all sections of it, or a value that is a list. */
    static List<@Nullable Object> list(Sections received) throws JMSException {
        List<@Nullable Object> list = new ArrayList<>();
        if (received.body == Sections.NONE) {
            return list;
        }
        if (received.body == Wire.DATA) {
            throw isNot("a list", received);
        }
        for (int from = received.bodyFrom; from < received.bodyTo; ) {
            AmqpReader in =
                    new AmqpReader(received.bytes, Wire.value(received.bytes, from, received.bodyTo), received.bodyTo);
            Object value = in.value();
            if (value instanceof List<?> part) {
                list.addAll(part);
            } else if (value != null) {
                throw isNot("a list", received);
            }
            from = in.position();
        }
        return list;
    }

    /** The body as one value of whatever type. */
    static @Nullable Object value(Sections received) throws JMSException {
        return new AmqpReader(received.bytes, received.bodyValue(), received.bodyTo).value();
    }
}
