package org.waybill.jms.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.MessageFormatException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.AmqpSequence;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.amqp.messaging.MessageAnnotations;
import org.apache.qpid.proton.amqp.messaging.Section;
import org.apache.qpid.proton.message.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bodies of clients that know nothing of JMS. */
@SuppressWarnings("JavaUtilDate") // proton-j's type for timestamps
final class ReceivedBodyTest {
    private static JmsMessage received(Section body, String contentType, int type) throws Exception {
        Message wire = Message.Factory.create();
        wire.setBody(body);
        if (contentType != null) {
            wire.setContentType(contentType);
        }
        if (type >= 0) {
            wire.setMessageAnnotations(
                    new MessageAnnotations(Map.of(Symbol.valueOf("x-opt-jms-msg-type"), (byte) type)));
        }
        return Wires.received(wire);
    }

    private static Data data(String text) {
        return new Data(new Binary(text.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-, JmsBytesMessage",
                "application/octet-stream, JmsBytesMessage",
                "image/png, JmsBytesMessage",
                "text/plain, JmsTextMessage",
                "text/plain;charset=us-ascii, JmsTextMessage",
                "text/plain;charset=klingon, JmsBytesMessage",
                "application/json, JmsTextMessage",
                "application/atom+xml, JmsTextMessage",
                "application/x-java-serialized-object, JmsObjectMessage",
            })
    void areWhatTheContentTypeSays(String contentType, String kind) throws Exception {
        assertThat(received(data("x"), contentType, -1).getClass().getSimpleName())
                .isEqualTo(kind);
        String withoutBody =
                "image/png".equals(contentType) || String.valueOf(contentType).contains("klingon")
                        ? "JmsPlainMessage"
                        : kind;
        assertThat(received(null, contentType, -1).getClass().getSimpleName()).isEqualTo(withoutBody);
    }

    @Test
    void areTextInTheCharacterSetThatTheContentTypeNames() throws Exception {
        byte[] latin = "grün".getBytes(StandardCharsets.ISO_8859_1);
        Data section = new Data(new Binary(latin));
        assertThat(((JmsTextMessage) received(section, "text/plain; charset=\"iso-8859-1\"; x=y", -1)).getText())
                .isEqualTo("grün");
        assertThat(((JmsTextMessage) received(data("grün"), "application/json", -1)).getText())
                .isEqualTo("grün");
        assertThat(((JmsTextMessage) received(data("a"), null, 5)).getText()).isEqualTo("a");
        assertThat(((JmsTextMessage) received(null, "text/plain", -1)).getText())
                .isNull();
    }

    @Test
    void areWhatTheValueIs() throws Exception {
        assertThat(((JmsTextMessage) received(new AmqpValue("s"), null, -1)).getText())
                .isEqualTo("s");
        assertThat(((JmsTextMessage) received(new AmqpValue(null), null, -1)).getText())
                .isNull();
        JmsBytesMessage bytes = (JmsBytesMessage) received(new AmqpValue(new Binary(new byte[] {1, 2})), null, -1);
        assertThat(bytes.getBodyLength()).isEqualTo(2);
        assertThat(bytes.readShort()).isEqualTo((short) 0x102);
        assertThat(object(new AmqpValue(Map.of("k", List.of(1, "a"))))).isEqualTo(Map.of("k", List.of(1, "a")));
        assertThat(object(new AmqpValue(List.of(1L)))).isEqualTo(List.of(1L));
        assertThat(object(new AmqpValue(5))).isEqualTo(5);
        assertThat(object(new AmqpValue(UnsignedInteger.valueOf(-1)))).isEqualTo(0xFFFFFFFFL);
        assertThat(object(new AmqpValue(new Date(7)))).isEqualTo(new Date(7));
        assertThat(object(new AmqpValue(true))).isEqualTo(true);
        assertThat(object(new AmqpValue(new int[] {1, 2}))).isEqualTo(List.of(1, 2));
        assertThat(object(new AmqpSequence(List.of("a", 1)))).isEqualTo(List.of("a", 1));
    }

    private static Object object(Section body) throws Exception {
        return ((JmsObjectMessage) received(body, null, -1)).getObject();
    }

    @Test
    void areWhatTheAnnotationSays() throws Exception {
        JmsMapMessage map = (JmsMapMessage) received(new AmqpValue(Map.of("a", 1, 2, "b")), null, 2);
        assertThat(map.getInt("a")).isEqualTo(1);
        assertThat(map.getString("2")).isEqualTo("b");
        JmsStreamMessage list = (JmsStreamMessage) received(new AmqpValue(List.of(1, "b")), null, 4);
        assertThat(list.readInt()).isEqualTo(1);
        assertThat(list.readString()).isEqualTo("b");
        assertThat(((JmsMapMessage) received(new AmqpValue(null), null, 2))
                        .getMapNames()
                        .hasMoreElements())
                .isFalse();
        assertThat(((JmsMapMessage) received(null, null, 2)).getMapNames().hasMoreElements())
                .isFalse();
        assertThat(((JmsBytesMessage) received(null, null, 3)).getBodyLength()).isZero();
        assertThat(((JmsBytesMessage) received(new AmqpValue(null), null, 3)).getBodyLength())
                .isZero();
        assertThat(received(data("x"), null, 0)).isInstanceOf(JmsPlainMessage.class);
        assertThatThrownBy(() -> received(data("x"), null, 6)).isInstanceOf(MessageFormatException.class);
    }

    @Test
    void areRefusedIfTheyAreNotWhatTheAnnotationSays() throws Exception {
        AmqpValue number = new AmqpValue(1);
        assertThatThrownBy(((JmsTextMessage) received(number, null, 5))::getText)
                .isInstanceOf(MessageFormatException.class);
        assertThatThrownBy(((JmsBytesMessage) received(number, null, 3))::readByte)
                .isInstanceOf(MessageFormatException.class);
        assertThatThrownBy(((JmsMapMessage) received(number, null, 2))::getMapNames)
                .isInstanceOf(MessageFormatException.class);
        assertThatThrownBy(((JmsMapMessage) received(data("a"), null, 2))::getMapNames)
                .isInstanceOf(MessageFormatException.class);
        assertThatThrownBy(((JmsStreamMessage) received(number, null, 4))::readInt)
                .isInstanceOf(MessageFormatException.class);
        assertThatThrownBy(((JmsStreamMessage) received(data("a"), null, 4))::readInt)
                .isInstanceOf(MessageFormatException.class);
        AmqpSequence sequence = new AmqpSequence(List.of(1));
        assertThatThrownBy(((JmsTextMessage) received(sequence, null, 5))::getText)
                .isInstanceOf(MessageFormatException.class);
        assertThatThrownBy(((JmsBytesMessage) received(sequence, null, 3))::readByte)
                .isInstanceOf(MessageFormatException.class);
    }

    @Test
    void mayBeInSeveralSections() throws Exception {
        byte[] first = sections(data("ab"), data("c".repeat(300)), data("de"));
        JmsBytesMessage bytes = (JmsBytesMessage) Wires.messages().decode(first, Wires.ORDERS);
        assertThat(new String(bytes.getBody(byte[].class), StandardCharsets.UTF_8))
                .isEqualTo("ab" + "c".repeat(300) + "de");
        assertThat(bytes.getBodyLength()).isEqualTo(304);
        byte[] second = sections(new AmqpSequence(List.of(1, 2)), new AmqpSequence(List.of("x")));
        JmsObjectMessage object = (JmsObjectMessage) Wires.messages().decode(second, Wires.ORDERS);
        assertThat(object.getObject()).isEqualTo(List.of(1, 2, "x"));
        assertThat(Wires.sent(bytes).getBodyLength()).isEqualTo(304);
        assertThat(Wires.sent(object).getObject()).isEqualTo(List.of(1, 2, "x"));
    }

    private static byte[] sections(Section... sections) {
        List<Byte> all = new ArrayList<>();
        for (Section section : sections) {
            Message wire = Message.Factory.create();
            wire.setBody(section);
            for (byte b : Wires.encode(wire)) {
                all.add(b);
            }
        }
        byte[] bytes = new byte[all.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = all.get(i);
        }
        return bytes;
    }

    @Test
    void areReadWhereTheyCameIn() throws Exception {
        Message wire = Message.Factory.create();
        wire.setBody(data("abc"));
        byte[] encoded = Wires.encode(wire);
        JmsBytesMessage message = (JmsBytesMessage) Wires.messages().decode(encoded, Wires.ORDERS);
        encoded[encoded.length - 3] = 'z';
        assertThat(message.readByte()).isEqualTo((byte) 'z');
    }

    @Test
    void arePassedOnAsTheyCame() throws Exception {
        AmqpValue mixed = new AmqpValue(Arrays.asList(Symbol.valueOf("s"), UnsignedInteger.valueOf(5), null));
        JmsObjectMessage message = (JmsObjectMessage) received(mixed, null, -1);
        assertThat(message.getObject()).isEqualTo(Arrays.asList("s", 5L, null));
        Message sent = Wires.proton(message);
        assertThat(((AmqpValue) sent.getBody()).getValue())
                .isEqualTo(Arrays.asList(Symbol.valueOf("s"), UnsignedInteger.valueOf(5), null));
    }
}
