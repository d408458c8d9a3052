package org.waybill.jms.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.JMSException;
import jakarta.jms.MessageFormatException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedByte;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.AmqpSequence;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.amqp.messaging.MessageAnnotations;
import org.apache.qpid.proton.amqp.messaging.Section;
import org.apache.qpid.proton.message.Message;
import org.junit.jupiter.api.Test;
import org.waybill.jms.destination.DestinationKind;
import org.waybill.jms.destination.WaybillDestination;

/** Messages at random between our codec and proton-j's, and bytes that are no messages. */
@SuppressWarnings("JavaUtilDate") // proton-j's type for timestamps
final class MessageRandomTest {
    private static final int MESSAGES = 500;

    private final long seed = Long.getLong("seed", new Random().nextLong());
    private final Random random = new Random(seed);
    private final Messages messages = Wires.messages();

    private String text() {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(4) == 0 ? random.nextInt(1200) : random.nextInt(20);
        for (int i = 0; i < length; i++) {
            int point = random.nextInt(4) == 0 ? random.nextInt(0x10FFFF) : ' ' + random.nextInt(90);
            text.appendCodePoint(point >= 0xD800 && point < 0xE000 ? 'x' : point);
        }
        return text.toString();
    }

    private byte[] bytes() {
        byte[] bytes = new byte[random.nextInt(4) == 0 ? random.nextInt(1000) : random.nextInt(10)];
        random.nextBytes(bytes);
        return bytes;
    }

    private Object primitive() {
        return switch (random.nextInt(10)) {
            case 0 -> random.nextBoolean();
            case 1 -> (byte) random.nextInt();
            case 2 -> (short) random.nextInt();
            case 3 -> random.nextInt() >> random.nextInt(32);
            case 4 -> random.nextLong() >> random.nextInt(64);
            case 5 -> random.nextFloat();
            case 6 -> random.nextDouble();
            case 7 -> null;
            default -> text();
        };
    }

    private Object any(int depth) {
        return switch (random.nextInt(depth > 3 ? 9 : 12)) {
            case 0 -> new Binary(bytes());
            case 1 -> Symbol.valueOf("s" + random.nextInt(1000));
            case 2 -> UnsignedInteger.valueOf(random.nextInt());
            case 3 -> UnsignedLong.valueOf(random.nextLong());
            case 4 -> UnsignedByte.valueOf((byte) random.nextInt());
            case 5 -> new Date(random.nextLong());
            case 6 -> new UUID(random.nextLong(), random.nextLong());
            case 7, 8 -> primitive();
            case 9 -> new UUID[] {new UUID(random.nextLong(), 1), new UUID(random.nextLong(), 2)};
            case 10 -> list(depth);
            default -> {
                Map<Object, Object> map = new LinkedHashMap<>();
                for (int i = random.nextInt(6); i > 0; i--) {
                    map.put(text(), any(depth + 1));
                }
                yield map;
            }
        };
    }

    private List<Object> list(int depth) {
        List<Object> list = new ArrayList<>();
        for (int i = random.nextInt(random.nextInt(10) == 0 ? 300 : 6); i > 0; i--) {
            list.add(any(depth + 1));
        }
        return list;
    }

    private Section body() {
        return switch (random.nextInt(4)) {
            case 0 -> new Data(new Binary(bytes()));
            case 1 -> new AmqpSequence(list(0));
            case 2 -> new AmqpValue(text());
            default -> new AmqpValue(any(0));
        };
    }

    private Message foreign() {
        Message message = Message.Factory.create();
        if (random.nextBoolean()) {
            message.setDurable(random.nextBoolean());
            message.setPriority((short) random.nextInt(10));
            message.setTtl(random.nextInt(Integer.MAX_VALUE));
            message.setDeliveryCount(random.nextInt(100));
        }
        if (random.nextBoolean()) {
            message.setMessageId(random.nextBoolean() ? text() : new UUID(random.nextLong(), random.nextLong()));
            message.setAddress(text());
            message.setSubject(text());
            message.setCorrelationId(random.nextBoolean() ? UnsignedLong.valueOf(random.nextLong()) : text());
            message.setGroupId(text());
            message.setCreationTime(random.nextLong() >>> 1);
        }
        if (random.nextBoolean()) {
            Map<Symbol, Object> annotations = new LinkedHashMap<>();
            for (int i = random.nextInt(5); i > 0; i--) {
                annotations.put(Symbol.valueOf("x-opt-" + i), any(0));
            }
            message.setMessageAnnotations(new MessageAnnotations(annotations));
        }
        if (random.nextBoolean()) {
            Map<String, Object> properties = new LinkedHashMap<>();
            for (int i = random.nextInt(5); i > 0; i--) {
                properties.put("p" + i, primitive());
            }
            message.setApplicationProperties(new ApplicationProperties(properties));
        }
        message.setBody(body());
        return message;
    }

    @Test
    void passesOnWhatOthersWrite() throws Exception {
        for (int i = 0; i < MESSAGES; i++) {
            Message wire = foreign();
            JmsMessage received = Wires.received(wire);
            Message sent = Wires.proton(received);
            String what = "seed " + seed + ", message " + i;
            assertThat(Arrays.equals(body(sent), body(decoded(wire)))).as(what).isTrue();
            assertThat(received.getJMSType()).as(what).isEqualTo(wire.getSubject());
            assertThat(sent.getMessageId()).as(what).isEqualTo(wire.getMessageId());
            assertThat(sent.getCorrelationId()).as(what).isEqualTo(wire.getCorrelationId());
            assertThat(sent.getGroupId()).as(what).isEqualTo(wire.getGroupId());
            assertThat(sent.getCreationTime()).as(what).isEqualTo(wire.getCreationTime());
            if (wire.getApplicationProperties() != null) {
                for (Map.Entry<String, Object> property :
                        wire.getApplicationProperties().getValue().entrySet()) {
                    assertThat(received.getObjectProperty(property.getKey()))
                            .as(what)
                            .isEqualTo(property.getValue());
                }
                assertThat(sent.getApplicationProperties().getValue())
                        .as(what)
                        .isEqualTo(wire.getApplicationProperties().getValue());
            }
            received.isBodyAssignableTo(String.class);
        }
    }

    private static byte[] body(Message wire) {
        Message alone = Message.Factory.create();
        alone.setBody(wire.getBody());
        return Wires.encode(alone);
    }

    private static Message decoded(Message wire) {
        return Wires.proton(Wires.encode(wire));
    }

    @Test
    void readsBackWhatItWrites() throws Exception {
        for (int i = 0; i < MESSAGES; i++) {
            String what = "seed " + seed + ", message " + i;
            JmsMapMessage message = messages.createMapMessage();
            DestinationKind[] kinds = DestinationKind.values();
            message.setJMSDestination(WaybillDestination.of(kinds[random.nextInt(kinds.length)], "d" + text()));
            message.setJMSType(random.nextBoolean() ? text() : null);
            message.setJMSCorrelationID(random.nextBoolean() ? text() : null);
            message.assignMessageId("ID:" + text(), random.nextLong());
            message.setJMSPriority(random.nextInt(10));
            message.setJMSTimestamp(random.nextLong());
            message.setJMSExpiration(random.nextLong());
            for (int n = random.nextInt(random.nextInt(20) == 0 ? 200 : 8); n > 0; n--) {
                message.setObjectProperty("p" + n, primitive());
                message.setObject("e" + n, random.nextInt(8) == 0 ? bytes() : primitive());
            }
            JmsMapMessage received = Wires.sent(message);
            assertThat(received.getJMSDestination()).as(what).isEqualTo(message.getJMSDestination());
            assertThat(received.getJMSType()).as(what).isEqualTo(message.getJMSType());
            assertThat(received.getJMSCorrelationID()).as(what).isEqualTo(message.getJMSCorrelationID());
            assertThat(received.getJMSMessageID()).as(what).isEqualTo(message.getJMSMessageID());
            assertThat(received.getJMSPriority()).as(what).isEqualTo(message.getJMSPriority());
            assertThat(received.getJMSTimestamp()).as(what).isEqualTo(message.getJMSTimestamp());
            assertThat(received.getJMSExpiration()).as(what).isEqualTo(message.getJMSExpiration());
            for (int n = 0; n < 200; n++) {
                assertThat(received.getObjectProperty("p" + n)).as(what).isEqualTo(message.getObjectProperty("p" + n));
                assertThat(received.getObject("e" + n)).as(what).isEqualTo(message.getObject("e" + n));
            }
        }
    }

    /** Asks a message everything; nothing but a JMSException may come of it. */
    private static void ask(JmsMessage message) {
        List<Asking> questions = List.of(
                message::getJMSMessageID,
                message::getJMSDestination,
                message::getJMSReplyTo,
                message::getJMSDeliveryTime,
                message::getPropertyNames,
                () -> message.isBodyAssignableTo(String.class),
                () -> message.getBody(Object.class),
                () -> Wires.encode(message),
                message::toString);
        for (Asking question : questions) {
            try {
                question.ask();
            } catch (JMSException e) {
                assertThat(e).hasMessageNotContaining("null");
            }
        }
    }

    private interface Asking {
        Object ask() throws JMSException;
    }

    @Test
    void survivesBytesThatAreNoMessages() {
        for (int i = 0; i < 10 * MESSAGES; i++) {
            byte[] bytes = Wires.encode(foreign());
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) (random.nextBoolean() ? random.nextInt() : 0xFF);
            }
            if (random.nextInt(4) == 0) {
                bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            }
            try {
                ask(messages.decode(bytes, Wires.ORDERS));
            } catch (JMSException e) {
                assertThat(e).isInstanceOf(MessageFormatException.class);
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError("seed " + seed + ", message " + i + ": " + Arrays.toString(bytes), e);
            }
        }
    }

    private static byte[] value(int... body) {
        byte[] bytes = new byte[3 + body.length];
        bytes[1] = 0x53;
        bytes[2] = 0x77;
        for (int i = 0; i < body.length; i++) {
            bytes[3 + i] = (byte) body[i];
        }
        return bytes;
    }

    @Test
    void boundsWhatAFewBytesCanAskFor() throws Exception {
        List<byte[]> greedy = new ArrayList<>();
        // An array of two thousand million nulls, one of as many lists, a list and a map of as many elements, and
        // binary.
        greedy.add(value(0xF0, 0, 0, 0, 5, 0x7F, 0xFF, 0xFF, 0xFF, 0x40));
        greedy.add(value(0xF0, 0, 0, 0, 5, 0x7F, 0xFF, 0xFF, 0xFF, 0x45));
        greedy.add(value(0xD0, 0, 0, 0, 4, 0x7F, 0xFF, 0xFF, 0xFF));
        greedy.add(value(0xD1, 0, 0, 0, 4, 0x7F, 0xFF, 0xFF, 0xFE));
        greedy.add(value(0xD0, 0, 0, 0, 4, 0xFF, 0xFF, 0xFF, 0xFF));
        for (byte[] bytes : greedy) {
            JmsMessage message = messages.decode(bytes, Wires.ORDERS);
            assertThatThrownBy(() -> message.getBody(Object.class)).isInstanceOf(MessageFormatException.class);
        }
        for (int code : new int[] {0xB0, 0xB1, 0xD0, 0xF0}) {
            byte[] bytes = value(code, 0x7F, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4);
            assertThatThrownBy(() -> messages.decode(bytes, Wires.ORDERS)).isInstanceOf(MessageFormatException.class);
        }
    }

    @Test
    void boundsHowDeepValuesAreNested() throws Exception {
        int depth = 100_000;
        byte[] lists = value(new int[9 * depth]);
        for (int i = 0; i < depth; i++) {
            int at = 3 + 9 * i;
            lists[at] = Wire.LIST32;
            BigEndian.putInt(lists, at + 1, lists.length - at - 5);
            BigEndian.putInt(lists, at + 5, i + 1 == depth ? 0 : 1);
        }
        JmsMessage message = messages.decode(lists, Wires.ORDERS);
        assertThatThrownBy(() -> message.getBody(Object.class))
                .isInstanceOf(MessageFormatException.class)
                .hasMessageContaining("deep");
        byte[] described = value(new int[depth]);
        assertThatThrownBy(() -> messages.decode(described, Wires.ORDERS)).isInstanceOf(MessageFormatException.class);
        List<Object> nested = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            nested = new ArrayList<>(List.of(nested));
        }
        JmsObjectMessage object = messages.createObjectMessage(null);
        object.setBooleanProperty("JMS_AMQP_TYPED_ENCODING", true);
        List<Object> tooDeep = nested;
        assertThatThrownBy(() -> object.setObject((java.io.Serializable) tooDeep))
                .isInstanceOf(MessageFormatException.class);
    }

    @Test
    void refusesSectionsOutOfTheirOrder() {
        byte[] header = {0, 0x53, 0x70, 0x45};
        byte[] properties = {0, 0x53, 0x73, 0x45};
        byte[] data = {0, 0x53, 0x75, (byte) 0xA0, 0};
        byte[] value = {0, 0x53, 0x77, 0x40};
        byte[] footer = {0, 0x53, 0x78, (byte) 0xC1, 1, 0};
        for (byte[][] order : new byte[][][] {
            {properties, header},
            {header, header},
            {data, value},
            {value, value},
            {footer, value},
            {footer, footer},
            {value, header}
        }) {
            assertThatThrownBy(() -> messages.decode(joined(order), Wires.ORDERS))
                    .isInstanceOf(MessageFormatException.class);
        }
        assertThatThrownBy(() -> messages.decode(new byte[] {0, 0x53, 0x79, 0x40}, Wires.ORDERS))
                .isInstanceOf(MessageFormatException.class);
        assertThatThrownBy(() -> messages.decode(
                        "GET / HTTP/1.1".getBytes(java.nio.charset.StandardCharsets.US_ASCII), Wires.ORDERS))
                .isInstanceOf(MessageFormatException.class);
    }

    private static byte[] joined(byte[]... parts) {
        byte[] all = new byte[0];
        for (byte[] part : parts) {
            int at = all.length;
            all = Arrays.copyOf(all, at + part.length);
            System.arraycopy(part, 0, all, at, part.length);
        }
        return all;
    }

    @Test
    void readsDescriptorsInAllTheirForms() throws Exception {
        byte[] wide = {0, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0, 0x77, (byte) 0xA1, 1, 'a'};
        assertThat(messages.decode(wide, Wires.ORDERS).getBody(String.class)).isEqualTo("a");
        byte[] name = "amqp:amqp-value:*".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        byte[] symbolic =
                joined(new byte[] {0, (byte) 0xA3, (byte) name.length}, name, new byte[] {(byte) 0xA1, 1, 'b'});
        assertThat(messages.decode(symbolic, Wires.ORDERS).getBody(String.class))
                .isEqualTo("b");
        JmsMessage empty = messages.decode(new byte[0], Wires.ORDERS);
        assertThat(empty).isInstanceOf(JmsBytesMessage.class);
        assertThat(empty.getBody(byte[].class)).isNull();
    }

    @Test
    void appendsNothingIfAMessageCannotBeEncoded() throws Exception {
        EncodeBuffer out = new EncodeBuffer(0);
        messages.encode(messages.createTextMessage("a"), 0, null, out);
        int size = out.size();
        byte[] broken = {0, 0x53, 0x73, (byte) 0xC0, 3, 1, 0x54, 1};
        JmsMessage message = messages.decode(broken, Wires.ORDERS);
        assertThatThrownBy(() -> messages.encode(message, 0, null, out)).isInstanceOf(MessageFormatException.class);
        assertThat(out.size()).isEqualTo(size);
        messages.encode(messages.createTextMessage("x".repeat(2_000_000)), 0, null, out);
        out.clear();
        assertThat(out.size()).isZero();
        assertThat(out.array().length).isLessThan(2_000_000);
    }
}
