package org.waybill.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.waybill.message.Encoded.bytes;
import static org.waybill.message.Encoded.join;
import static org.waybill.message.Encoded.list;
import static org.waybill.message.Encoded.map;
import static org.waybill.message.Encoded.section;
import static org.waybill.message.Encoded.symbol;
import static org.waybill.message.Encoded.text;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.message.Annotations;
import org.waybill.message.Encoded;
import org.waybill.message.Message;
import org.waybill.selector.Selector;

/** What selectors and filter expressions see of an encoded message. */
class MessagePropertiesTest {
    private static final byte[] NULL = bytes(0x40);
    private static final byte[] UUID = bytes(0x98, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 6);
    private static final Message MESSAGE = message(text("ID:1"), UUID);

    private static Message message(byte[] messageId, byte[] correlationId) {
        return Message.of(
                join(
                        section(Encoded.HEADER, list(bytes(0x41), bytes(0x50, 7), bytes(0x52, 99))),
                        section(Encoded.MESSAGE_ANNOTATIONS, map(symbol("x-opt-a"), text("own"))),
                        section(
                                Encoded.PROPERTIES,
                                list(
                                        messageId,
                                        bytes(0xA0, 3, 'B', 'o', 'b'),
                                        text("to"),
                                        text("subject"),
                                        text("reply"),
                                        correlationId,
                                        symbol("text/plain"),
                                        symbol("gzip"),
                                        bytes(0x83, 0, 0, 0, 0, 0, 0, 0, 50),
                                        bytes(0x83, 0, 0, 0, 0, 0, 0, 0, 40),
                                        text("group"),
                                        bytes(0x52, 9),
                                        text("reply group"))),
                        section(Encoded.APPLICATION_PROPERTIES, map(text("colour"), text("blue"))),
                        section(Encoded.VALUE, NULL),
                        section(Encoded.FOOTER, map(symbol("x-f"), bytes(0x54, 5)))),
                0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "h.durable AND h.priority = 7 AND h.ttl = 99 AND NOT h.first_acquirer AND h.delivery_count = 2",
                "p.message_id = 'ID:1' AND p.user_id = 'Bob' AND p.to = 'to' AND p.subject = 'subject'",
                "p.reply_to = 'reply' AND p.content_type = 'text/plain' AND p.content_encoding = 'gzip'",
                "p.correlation_id = UUID('00000000-0000-0005-0000-000000000006')",
                "p.absolute_expiry_time = 50 AND p.creation_time = 40 AND p.group_id = 'group'",
                "p.group_sequence = 9 AND p.reply_to_group_id = 'reply group'",
                "colour = 'blue' AND a.colour = 'blue' AND m.[x-opt-a] = 'own' AND f.[x-f] = 5",
                "UTC() = 1000 AND p.absolute_expiry_time < UTC() AND nothing IS NULL"
            })
    void filtersSeeEverySection(String filter) {
        assertThat(Selector.parseFilter(filter).matches(new MessageProperties(MESSAGE, 2, null, 1_000)))
                .isTrue();
    }

    @Test
    void filtersSeeTheAnnotationsThatTheMessageWouldGoOutWith() {
        MessageProperties changed =
                new MessageProperties(MESSAGE, 0, Annotations.of(Map.of("x-opt-a", "changed", "x-opt-b", 1L)), 0);

        assertThat(Selector.parseFilter("m.[x-opt-a] = 'changed' AND m.[x-opt-b] = 1")
                        .matches(changed))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "JMSDeliveryMode = 'PERSISTENT' AND JMSPriority = 7 AND JMSMessageID = 'ID:1' AND JMSTimestamp = 40",
                "JMSCorrelationID = 'ID:AMQP_UUID:00000000-0000-0005-0000-000000000006' AND JMSType = 'subject'",
                "JMSXGroupID = 'group' AND JMSXGroupSeq = 9 AND JMSXUserID = 'Bob' AND JMSXDeliveryCount = 3",
                "colour = 'blue'"
            })
    void selectorsSeeWhatTheMappingSays(String selector) {
        assertThat(Selector.parse(selector).matches(new MessageProperties(MESSAGE, 2, null, 0)))
                .isTrue();
    }

    @Test
    void idsOfOtherClientsAreWrittenAsTheMappingSays() {
        assertThat(messageId(text("plain"))).isEqualTo("ID:AMQP_NO_PREFIX:plain");
        assertThat(messageId(text("ID:AMQP_ULONG:1"))).isEqualTo("ID:AMQP_STRING:ID:AMQP_ULONG:1");
        assertThat(messageId(bytes(0x80, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF)))
                .isEqualTo("ID:AMQP_ULONG:18446744073709551615");
        assertThat(messageId(bytes(0xA0, 2, 0xAB, 1))).isEqualTo("ID:AMQP_BINARY:AB01");
        assertThat(messageId(UUID)).isEqualTo("ID:AMQP_UUID:00000000-0000-0005-0000-000000000006");
        assertThat(messageId(NULL)).isNull();
    }

    private static @Nullable Object messageId(byte[] encoded) {
        return new MessageProperties(message(encoded, NULL), 0, null, 0).property("JMSMessageID");
    }
}
