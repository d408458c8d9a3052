package org.waybill.jms.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.JMSException;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.message.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MessageIdsTest {
    private static final String TEXT = "0f14d0ab-9605-4a62-a9e4-5ed26688389b";

    private static Stream<Arguments> ids() {
        return Stream.of(
                Arguments.of("ID:1", "ID:1", "ID:1"),
                Arguments.of("1", "ID:AMQP_NO_PREFIX:1", "1"),
                Arguments.of("ID:AMQP_UUID:x", "ID:AMQP_STRING:ID:AMQP_UUID:x", "ID:AMQP_STRING:ID:AMQP_UUID:x"),
                Arguments.of("ID:AMQP_OTHER:x", "ID:AMQP_OTHER:x", "ID:AMQP_OTHER:x"),
                Arguments.of(UUID.fromString(TEXT), "ID:AMQP_UUID:" + TEXT, "ID:AMQP_UUID:" + TEXT),
                Arguments.of(UnsignedLong.valueOf(0), "ID:AMQP_ULONG:0", "ID:AMQP_ULONG:0"),
                Arguments.of(UnsignedLong.valueOf(200), "ID:AMQP_ULONG:200", "ID:AMQP_ULONG:200"),
                Arguments.of(
                        UnsignedLong.valueOf(-1L),
                        "ID:AMQP_ULONG:18446744073709551615",
                        "ID:AMQP_ULONG:18446744073709551615"),
                Arguments.of(new Binary(new byte[] {1, (byte) 0xFE}), "ID:AMQP_BINARY:01FE", "ID:AMQP_BINARY:01FE"));
    }

    @ParameterizedTest
    @MethodSource("ids")
    void goBackAsTheyCame(Object amqp, String messageId, String correlationId) throws Exception {
        Message wire = Message.Factory.create();
        wire.setMessageId(amqp);
        wire.setCorrelationId(amqp);
        JmsMessage received = Wires.received(wire);
        assertThat(received.getJMSMessageID()).isEqualTo(messageId);
        assertThat(received.getJMSCorrelationID()).isEqualTo(correlationId);

        JmsMessage answer = Wires.messages().createMessage();
        answer.setJMSMessageID(received.getJMSMessageID());
        answer.setJMSCorrelationID(received.getJMSMessageID());
        assertThat(Wires.proton(answer).getMessageId()).isEqualTo(amqp);
        assertThat(Wires.proton(answer).getCorrelationId()).isEqualTo(amqp);
        answer.setJMSCorrelationID(received.getJMSCorrelationID());
        assertThat(Wires.proton(answer).getCorrelationId()).isEqualTo(amqp);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ID:AMQP_UUID:x", "ID:AMQP_ULONG:-1", "ID:AMQP_ULONG:x", "ID:AMQP_BINARY:1", "ID:AMQP_BINARY:xx"
            })
    void areRefusedIfTheyAreNotWhatTheySay(String id) {
        JmsMessage message = Wires.messages().createMessage();
        assertThatThrownBy(() -> message.setJMSMessageID(id))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining(id);
        assertThatThrownBy(() -> message.setJMSCorrelationID(id)).isInstanceOf(JMSException.class);
    }

    @Test
    void mayBeMissing() throws Exception {
        JmsMessage message = Wires.messages().createMessage();
        message.assignMessageId("ID:a:", 1);
        message.setJMSMessageID(null);
        message.setJMSCorrelationID(null);
        assertThat(message.getJMSMessageID()).isNull();
        assertThat(Wires.proton(message).getMessageId()).isNull();
    }

    @Test
    void areAPrefixAndANumberOfAnyLength() throws Exception {
        for (String prefix : new String[] {"ID:", "ID:ü:", "ID:" + "x".repeat(300)}) {
            for (long number : new long[] {0, 9, 10, 12_345, Long.MAX_VALUE, -5}) {
                JmsMessage message = Wires.messages().createMessage();
                message.assignMessageId(prefix, number);
                assertThat(Wires.proton(message).getMessageId()).isEqualTo(prefix + number);
                assertThat(message.getJMSMessageID()).isEqualTo(prefix + number);
            }
        }
    }
}
