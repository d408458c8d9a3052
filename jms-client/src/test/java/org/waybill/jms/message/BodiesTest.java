package org.waybill.jms.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.JMSException;
import jakarta.jms.MessageEOFException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageNotReadableException;
import jakarta.jms.MessageNotWriteableException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.messaging.AmqpSequence;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.message.Message;
import org.junit.jupiter.api.Test;

/** What bodies are on the wire, and when they can be read and written. */
final class BodiesTest {
    private final Messages messages = Wires.messages();

    private static Object value(Message wire) {
        return ((AmqpValue) wire.getBody()).getValue();
    }

    private static byte[] data(Message wire) {
        Binary data = ((Data) wire.getBody()).getValue();
        return Arrays.copyOfRange(data.getArray(), data.getArrayOffset(), data.getArrayOffset() + data.getLength());
    }

    @Test
    void sendsTextAsAString() throws Exception {
        for (String text :
                Arrays.asList("", "hello", "grüße", "\uD83D\uDE00", "x".repeat(300), "ä".repeat(1000), null)) {
            JmsTextMessage message = messages.createTextMessage(text);
            assertThat(value(Wires.proton(message))).isEqualTo(text);
            assertThat(Wires.sent(message).getText()).isEqualTo(text);
        }
    }

    @Test
    void refusesToWriteAReceivedTextUntilItIsCleared() throws Exception {
        JmsTextMessage received = Wires.sent(messages.createTextMessage("a"));
        assertThatThrownBy(() -> received.setText("b")).isInstanceOf(MessageNotWriteableException.class);
        assertThat(received.getText()).isEqualTo("a");
        received.clearBody();
        assertThat(received.getText()).isNull();
        received.setText("b");
        assertThat(received.getText()).isEqualTo("b");
        assertThat(Wires.sent(received).getText()).isEqualTo("b");
    }

    @Test
    void givesTheBodyOfTextAsWhatAStringIs() throws Exception {
        JmsTextMessage message = Wires.sent(messages.createTextMessage("a"));
        assertThat(message.getBody(String.class)).isEqualTo("a");
        assertThat(message.getBody(CharSequence.class)).isEqualTo("a");
        assertThat(message.isBodyAssignableTo(Object.class)).isTrue();
        assertThat(message.isBodyAssignableTo(Integer.class)).isFalse();
        assertThatThrownBy(() -> message.getBody(Integer.class)).isInstanceOf(MessageFormatException.class);
        JmsTextMessage empty = messages.createTextMessage(null);
        assertThat(empty.isBodyAssignableTo(Integer.class)).isTrue();
        assertThat(empty.getBody(Integer.class)).isNull();
    }

    @Test
    void hasNoBodyInAPlainMessage() throws Exception {
        JmsMessage message = messages.createMessage();
        assertThat(value(Wires.proton(message))).isNull();
        JmsMessage received = Wires.sent(message);
        assertThat(received).isInstanceOf(JmsPlainMessage.class);
        assertThat(received.getBody(Integer.class)).isNull();
        assertThat(received.isBodyAssignableTo(Integer.class)).isTrue();
        received.clearBody();
        assertThat(Wires.sent(received)).isInstanceOf(JmsPlainMessage.class);
    }

    private static void writeAll(JmsBytesMessage message) throws JMSException {
        message.writeBoolean(true);
        message.writeByte((byte) -1);
        message.writeShort((short) -2);
        message.writeChar('\u20AC');
        message.writeInt(-3);
        message.writeLong(-4);
        message.writeFloat(1.5f);
        message.writeDouble(-2.5);
        message.writeUTF("z\u0000\u20AC");
        message.writeBytes(new byte[] {1, 2, 3});
        message.writeBytes(new byte[] {1, 2, 3, 4}, 1, 2);
        for (Object object : new Object[] {true, (byte) 1, (short) 2, 'c', 3, 4L, 5f, 6d, "s", new byte[] {7}}) {
            message.writeObject(object);
        }
    }

    private static void readAll(JmsBytesMessage message) throws JMSException {
        assertThat(message.readBoolean()).isTrue();
        assertThat(message.readUnsignedByte()).isEqualTo(255);
        assertThat(message.readUnsignedShort()).isEqualTo(65_534);
        assertThat(message.readChar()).isEqualTo('\u20AC');
        assertThat(message.readInt()).isEqualTo(-3);
        assertThat(message.readLong()).isEqualTo(-4);
        assertThat(message.readFloat()).isEqualTo(1.5f);
        assertThat(message.readDouble()).isEqualTo(-2.5);
        assertThat(message.readUTF()).isEqualTo("z\u0000\u20AC");
        byte[] bytes = new byte[5];
        assertThat(message.readBytes(bytes)).isEqualTo(5);
        assertThat(bytes).containsExactly(1, 2, 3, 2, 3);
        assertThat(message.readBoolean()).isTrue();
        assertThat(message.readByte()).isEqualTo((byte) 1);
        assertThat(message.readShort()).isEqualTo((short) 2);
        assertThat(message.readChar()).isEqualTo('c');
        assertThat(message.readInt()).isEqualTo(3);
        assertThat(message.readLong()).isEqualTo(4);
        assertThat(message.readFloat()).isEqualTo(5f);
        assertThat(message.readDouble()).isEqualTo(6d);
        assertThat(message.readUTF()).isEqualTo("s");
        assertThat(message.readBytes(bytes)).isEqualTo(1);
        assertThat(message.readBytes(bytes)).isEqualTo(-1);
        assertThat(message.readBytes(bytes, 0)).isZero();
    }

    @Test
    void readsBytesAsTheyWereWritten() throws Exception {
        JmsBytesMessage message = messages.createBytesMessage();
        writeAll(message);
        JmsBytesMessage received = Wires.sent(message);
        readAll(received);
        assertThatThrownBy(received::readByte).isInstanceOf(MessageEOFException.class);
        received.reset();
        readAll(received);
        message.reset();
        readAll(message);
        Message wire = Wires.proton(message);
        assertThat(data(wire)).hasSize((int) message.getBodyLength());
        assertThat(wire.getContentType()).isEqualTo("application/octet-stream");
        assertThatThrownBy(() -> messages.createBytesMessage().writeObject(new Object()))
                .isInstanceOf(MessageFormatException.class);
        assertThatThrownBy(() -> messages.createBytesMessage().writeObject(null))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> messages.createBytesMessage().writeUTF("x".repeat(65_536)))
                .isInstanceOf(MessageFormatException.class);
    }

    @Test
    void keepsReadingAndWritingOfBytesApart() throws Exception {
        JmsBytesMessage message = messages.createBytesMessage();
        assertThatThrownBy(message::readByte).isInstanceOf(MessageNotReadableException.class);
        assertThatThrownBy(message::getBodyLength).isInstanceOf(MessageNotReadableException.class);
        message.writeInt(1);
        Wires.encode(message);
        message.writeInt(2);
        message.reset();
        assertThat(message.getBodyLength()).isEqualTo(8);
        assertThatThrownBy(() -> message.writeInt(3)).isInstanceOf(MessageNotWriteableException.class);
        message.clearBody();
        assertThatThrownBy(message::readByte).isInstanceOf(MessageNotReadableException.class);
        message.writeInt(4);
        JmsBytesMessage received = Wires.sent(message);
        assertThatThrownBy(() -> received.writeInt(3)).isInstanceOf(MessageNotWriteableException.class);
        assertThat(received.readInt()).isEqualTo(4);
        received.clearBody();
        assertThatThrownBy(received::readByte).isInstanceOf(MessageNotReadableException.class);
        received.writeByte((byte) 9);
        assertThat(data(Wires.proton(received))).containsExactly(9);
        assertThatThrownBy(() -> received.writeBytes(new byte[2], 1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void readsNothingAndStaysWhereItIsIfBytesDoNotSuffice() throws Exception {
        JmsBytesMessage message = messages.createBytesMessage();
        message.writeBytes(new byte[] {0, 5, 'a'});
        message.reset();
        assertThatThrownBy(message::readLong).isInstanceOf(MessageEOFException.class);
        assertThatThrownBy(message::readInt).isInstanceOf(MessageEOFException.class);
        assertThatThrownBy(message::readUTF).isInstanceOf(MessageEOFException.class);
        assertThatThrownBy(() -> message.readBytes(new byte[2], 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> message.readBytes(new byte[2], -1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(message.readShort()).isEqualTo((short) 5);
        message.clearBody();
        message.writeBytes(new byte[] {0, 1, (byte) 0xFF});
        message.reset();
        assertThatThrownBy(message::readUTF).isInstanceOf(MessageFormatException.class);
    }

    @Test
    void givesTheBodyOfBytesAndResets() throws Exception {
        JmsBytesMessage message = messages.createBytesMessage();
        assertThat(message.isBodyAssignableTo(String.class)).isTrue();
        message.writeBytes(new byte[] {1, 2});
        assertThat(message.isBodyAssignableTo(byte[].class)).isTrue();
        assertThat(message.isBodyAssignableTo(String.class)).isFalse();
        JmsBytesMessage received = Wires.sent(message);
        assertThat(received.readByte()).isEqualTo((byte) 1);
        assertThat(received.getBody(byte[].class)).containsExactly(1, 2);
        assertThat(received.readByte()).isEqualTo((byte) 1);
        assertThatThrownBy(() -> received.getBody(String.class)).isInstanceOf(MessageFormatException.class);
        assertThat(Wires.sent(messages.createBytesMessage()).getBody(byte[].class))
                .isNull();
    }

    @Test
    void sendsMapsAsMaps() throws Exception {
        JmsMapMessage message = messages.createMapMessage();
        message.setBoolean("boolean", true);
        message.setByte("byte", (byte) 1);
        message.setShort("short", (short) 2);
        message.setChar("char", 'c');
        message.setInt("int", 70_000);
        message.setLong("long", 1L << 40);
        message.setFloat("float", 1.5f);
        message.setDouble("double", 2.5);
        message.setString("string", "s");
        message.setString("null", null);
        message.setBytes("bytes", new byte[] {1, 2, 3}, 1, 2);
        Message wire = Wires.proton(message);
        Map<String, Object> expected = new HashMap<>();
        expected.put("boolean", true);
        expected.put("byte", (byte) 1);
        expected.put("short", (short) 2);
        expected.put("char", 'c');
        expected.put("int", 70_000);
        expected.put("long", 1L << 40);
        expected.put("float", 1.5f);
        expected.put("double", 2.5);
        expected.put("string", "s");
        expected.put("null", null);
        expected.put("bytes", new Binary(new byte[] {2, 3}));
        assertThat(value(wire)).isEqualTo(expected);

        JmsMapMessage received = Wires.sent(message);
        assertThat(Collections.list(received.getMapNames())).hasSize(11).contains("null");
        assertThat(received.itemExists("null")).isTrue();
        assertThat(received.itemExists("nothing")).isFalse();
        assertThat(received.getObject("bytes")).isEqualTo(new byte[] {2, 3});
        assertThatThrownBy(() -> received.setInt("int", 1)).isInstanceOf(MessageNotWriteableException.class);
        assertThat(received.getBody(Map.class).size()).isEqualTo(11);
        assertThat(received.isBodyAssignableTo(HashMap.class)).isFalse();
        received.clearBody();
        assertThat((Object) received.getBody(HashMap.class)).isNull();
        received.setInt("int", 1);
        assertThat(value(Wires.proton(received))).isEqualTo(Map.of("int", 1));
    }

    @Test
    void refusesMapEntriesThatCannotBe() {
        JmsMapMessage message = messages.createMapMessage();
        assertThatThrownBy(() -> message.setInt("", 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> message.setInt(null, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> message.getInt(null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> message.setObject("a", new Object())).isInstanceOf(MessageFormatException.class);
        assertThatThrownBy(() -> message.setObject("a", List.of())).isInstanceOf(MessageFormatException.class);
    }

    @Test
    void doesNotShareArraysWithTheApplication() throws Exception {
        byte[] mine = {1};
        JmsMapMessage map = messages.createMapMessage();
        map.setBytes("b", mine);
        JmsStreamMessage stream = messages.createStreamMessage();
        stream.writeBytes(mine);
        mine[0] = 2;
        assertThat(map.getBytes("b")).containsExactly(1);
        map.getBytes("b")[0] = 3;
        ((byte[]) map.getBody(Map.class).get("b"))[0] = 3;
        assertThat(map.getBytes("b")).containsExactly(1);
        stream.reset();
        ((byte[]) stream.readObject())[0] = 3;
        stream.reset();
        assertThat((byte[]) stream.readObject()).containsExactly(1);
    }

    @Test
    void sendsStreamsAsSequences() throws Exception {
        JmsStreamMessage message = messages.createStreamMessage();
        message.writeInt(1);
        message.writeString(null);
        message.writeBytes(new byte[] {1, 2, 3}, 0, 2);
        Message wire = Wires.proton(message);
        assertThat(((AmqpSequence) wire.getBody()).getValue().toString()).isEqualTo("[1, null, \\x01\\x02]");
        JmsStreamMessage received = Wires.sent(message);
        assertThat(received.readLong()).isEqualTo(1);
        assertThat(received.readString()).isNull();
        assertThat(received.readObject()).isEqualTo(new byte[] {1, 2});
        assertThatThrownBy(received::readInt).isInstanceOf(MessageEOFException.class);
        received.reset();
        assertThat(received.readInt()).isEqualTo(1);
        assertThatThrownBy(() -> received.getBody(List.class)).isInstanceOf(MessageFormatException.class);
        assertThat(received.isBodyAssignableTo(Object.class)).isFalse();
    }

    @Test
    void keepsReadingAndWritingOfStreamsApart() throws Exception {
        JmsStreamMessage message = messages.createStreamMessage();
        assertThatThrownBy(message::readInt).isInstanceOf(MessageNotReadableException.class);
        assertThatThrownBy(() -> message.writeObject(List.of())).isInstanceOf(MessageFormatException.class);
        message.writeInt(1);
        message.reset();
        assertThatThrownBy(() -> message.writeInt(2)).isInstanceOf(MessageNotWriteableException.class);
        JmsStreamMessage received = Wires.sent(message);
        assertThatThrownBy(() -> received.writeInt(2)).isInstanceOf(MessageNotWriteableException.class);
        received.clearBody();
        assertThatThrownBy(received::readInt).isInstanceOf(MessageNotReadableException.class);
        received.writeInt(2);
        assertThat(Wires.sent(received).readInt()).isEqualTo(2);
    }

    @Test
    void readsArraysOfAStreamInParts() throws Exception {
        JmsStreamMessage message = messages.createStreamMessage();
        message.writeBytes(new byte[] {1, 2, 3, 4});
        message.writeBytes(new byte[0]);
        message.writeBytes(null);
        message.writeInt(5);
        message.reset();
        byte[] two = new byte[2];
        assertThat(message.readBytes(two)).isEqualTo(2);
        assertThatThrownBy(message::readInt).isInstanceOf(MessageFormatException.class);
        assertThatThrownBy(message::readObject).isInstanceOf(MessageFormatException.class);
        assertThat(message.readBytes(two)).isEqualTo(2);
        assertThat(two).containsExactly(3, 4);
        assertThat(message.readBytes(two)).isEqualTo(-1);
        assertThat(message.readBytes(two)).isZero();
        assertThat(message.readBytes(two)).isEqualTo(-1);
        assertThatThrownBy(() -> message.readBytes(two)).isInstanceOf(MessageFormatException.class);
        assertThat(message.readInt()).isEqualTo(5);
        assertThatThrownBy(() -> message.readBytes(two)).isInstanceOf(MessageEOFException.class);
    }

    record Point(int x, int y) implements Serializable {}

    @Test
    void sendsObjectsInTheirSerialForm() throws Exception {
        Messages trusting = Wires.messages(DeserializationPolicy.of(Point.class.getName() + ",java.util", ""));
        ArrayList<Object> list = new ArrayList<>(List.of(new Point(1, 2)));
        JmsObjectMessage message = trusting.createObjectMessage(list);
        list.clear();
        assertThat(Wires.proton(message).getContentType()).isEqualTo("application/x-java-serialized-object");
        JmsObjectMessage received = Wires.sent(message);
        assertThat(received.getObject()).isEqualTo(List.of(new Point(1, 2)));
        assertThat(received.getObject()).isNotSameAs(received.getObject());
        assertThat(message.getObject()).isEqualTo(List.of(new Point(1, 2)));
        assertThat(received.getBody(List.class).size()).isEqualTo(1);
        assertThat(received.isBodyAssignableTo(Map.class)).isFalse();
        assertThatThrownBy(() -> received.setObject(1)).isInstanceOf(MessageNotWriteableException.class);
        received.clearBody();
        assertThat(received.getObject()).isNull();
        assertThat(Wires.sent(trusting.createObjectMessage(null)).getObject()).isNull();
        assertThatThrownBy(() -> trusting.createObjectMessage((Serializable & Runnable) Object::new)
                        .setObject(new Object[] {new Object()}))
                .isInstanceOf(MessageFormatException.class);
    }

    @Test
    void sendsObjectsAsValuesOfAmqpIfToldTo() throws Exception {
        JmsObjectMessage message = messages.createObjectMessage(new ArrayList<>(List.of("a", 1)));
        message.setBooleanProperty("JMS_AMQP_TYPED_ENCODING", true);
        Message wire = Wires.proton(message);
        assertThat(value(wire)).isEqualTo(List.of("a", 1));
        assertThat(wire.getContentType()).isNull();
        JmsObjectMessage received = Wires.sent(message);
        assertThat(received.getObject()).isEqualTo(List.of("a", 1));
        assertThat(received.getBooleanProperty("JMS_AMQP_TYPED_ENCODING")).isTrue();
        assertThatThrownBy(() -> message.setObject(new Point(1, 2))).isInstanceOf(MessageFormatException.class);
        message.setBooleanProperty("JMS_AMQP_TYPED_ENCODING", false);
        assertThat(Wires.proton(message).getBody()).isInstanceOf(Data.class);
        assertThatThrownBy(() -> messages.createMessage().setBooleanProperty("JMS_AMQP_TYPED_ENCODING", true))
                .isInstanceOf(MessageFormatException.class);
    }
}
