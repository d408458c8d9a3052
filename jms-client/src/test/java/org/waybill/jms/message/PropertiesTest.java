package org.waybill.jms.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.JMSException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageNotWriteableException;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.UnsignedByte;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.UnsignedShort;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.message.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PropertiesTest {
    private final Messages messages = Wires.messages();

    @Test
    void travelWithTheirTypes() throws Exception {
        JmsMessage message = messages.createMessage();
        message.setBooleanProperty("boolean", true);
        message.setByteProperty("byte", (byte) -1);
        message.setShortProperty("short", (short) 300);
        message.setIntProperty("int", 70_000);
        message.setLongProperty("long", 1L << 40);
        message.setFloatProperty("float", 1.5f);
        message.setDoubleProperty("double", 2.5);
        message.setStringProperty("string", "s");
        message.setObjectProperty("none", null);
        Map<String, Object> wire =
                Wires.proton(message).getApplicationProperties().getValue();
        assertThat(wire)
                .containsEntry("boolean", true)
                .containsEntry("byte", (byte) -1)
                .containsEntry("short", (short) 300)
                .containsEntry("int", 70_000)
                .containsEntry("long", 1L << 40)
                .containsEntry("float", 1.5f)
                .containsEntry("double", 2.5)
                .containsEntry("string", "s")
                .containsEntry("none", null)
                .hasSize(9);
        JmsMessage received = Wires.sent(message);
        for (String name : wire.keySet()) {
            assertThat(received.getObjectProperty(name)).isEqualTo(message.getObjectProperty(name));
            assertThat(received.propertyExists(name)).isTrue();
        }
        assertThat(received.propertyExists("other")).isFalse();
        assertThat(received.getObjectProperty("other")).isNull();
    }

    @Test
    void haveTheNextLargerTypeIfAnotherClientSentUnsignedOnes() throws Exception {
        Message wire = Message.Factory.create();
        wire.setApplicationProperties(new ApplicationProperties(Map.of(
                "ubyte", UnsignedByte.valueOf((byte) -1),
                "ushort", UnsignedShort.valueOf((short) -1),
                "uint", UnsignedInteger.valueOf(-1),
                "ulong", UnsignedLong.valueOf(-1L))));
        JmsMessage received = Wires.received(wire);
        assertThat(received.getObjectProperty("ubyte")).isEqualTo((short) 255);
        assertThat(received.getObjectProperty("ushort")).isEqualTo(65_535);
        assertThat(received.getObjectProperty("uint")).isEqualTo(0xFFFFFFFFL);
        assertThat(received.getStringProperty("ulong")).isEqualTo("18446744073709551615");
    }

    @Test
    void areReadOnlyWhenReceivedUntilTheyAreCleared() throws Exception {
        JmsMessage message = messages.createTextMessage("body");
        message.setIntProperty("a", 1);
        message.setStringProperty("JMSXGroupID", "g");
        JmsTextMessage received = (JmsTextMessage) Wires.sent(message);
        assertThatThrownBy(() -> received.setIntProperty("a", 2)).isInstanceOf(MessageNotWriteableException.class);
        assertThatThrownBy(() -> received.setStringProperty("JMSXGroupID", "h"))
                .isInstanceOf(MessageNotWriteableException.class);
        assertThat(received.getIntProperty("a")).isEqualTo(1);
        received.clearProperties();
        assertThat(received.propertyExists("a")).isFalse();
        assertThat(received.propertyExists("JMSXGroupID")).isFalse();
        assertThat(received.getText()).isEqualTo("body");
        received.setIntProperty("b", 2);
        JmsTextMessage again = Wires.sent(received);
        assertThat(again.propertyExists("a")).isFalse();
        assertThat(again.getIntProperty("b")).isEqualTo(2);
        assertThat(again.getText()).isEqualTo("body");
    }

    @Test
    void listTheirNamesWithoutHeaders() throws Exception {
        JmsMessage message = messages.createMessage();
        message.setJMSType("t");
        message.setIntProperty("a", 1);
        assertThat(Collections.list(message.getPropertyNames())).containsExactly("a");
        message.setStringProperty("JMSXGroupID", "g");
        message.setIntProperty("JMSXGroupSeq", 0);
        assertThat(Collections.list(message.getPropertyNames()))
                .containsExactlyInAnyOrder("a", "JMSXGroupID", "JMSXGroupSeq");
        assertThat(Collections.list(Wires.sent(message).getPropertyNames()))
                .containsExactlyInAnyOrder("a", "JMSXGroupID", "JMSXGroupSeq", "JMSXDeliveryCount");
        message.clearProperties();
        assertThat(message.getPropertyNames().hasMoreElements()).isFalse();
    }

    @Test
    void countDeliveriesOfReceivedMessagesAlone() throws Exception {
        JmsMessage message = messages.createMessage();
        assertThat(message.propertyExists("JMSXDeliveryCount")).isFalse();
        assertThatThrownBy(() -> message.setIntProperty("JMSXDeliveryCount", 1)).isInstanceOf(JMSException.class);
        JmsMessage received = Wires.sent(message);
        assertThat(received.getIntProperty("JMSXDeliveryCount")).isEqualTo(1);
        received.redeliveryCount(4);
        assertThat(received.getLongProperty("JMSXDeliveryCount")).isEqualTo(5);
        assertThat(received.getJMSRedelivered()).isTrue();
        received.clearProperties();
        assertThat(received.getIntProperty("JMSXDeliveryCount")).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1a", "a-b", "a b", "a.b", "JMSMessageID", "JMSDestination"})
    void refuseNamesThatSelectorsCannotUse(String name) {
        assertThatThrownBy(() -> messages.createMessage().setIntProperty(name, 1))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining(name);
    }

    @Test
    void mayBeNamedAsWordsThatSelectorsReserve() throws Exception {
        JmsMessage message = messages.createMessage();
        message.setBooleanProperty("true", true);
        assertThat(Wires.sent(message).getBooleanProperty("true")).isTrue();
    }

    @Test
    void mustHaveAName() {
        JmsMessage message = messages.createMessage();
        assertThatThrownBy(() -> message.setIntProperty("", 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> message.setIntProperty(null, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> message.getIntProperty(null)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void takeAnyNameIfNamesAreNotChecked() throws Exception {
        JmsMessage message = new Messages(DeserializationPolicy.NOTHING, false, InstantSource.system()).createMessage();
        message.setIntProperty("a-b", 1);
        message.setStringProperty("JMS_anything", "x");
        assertThat(Wires.sent(message).getIntProperty("a-b")).isEqualTo(1);
    }

    @Test
    void areNothingButPrimitivesAndStrings() {
        for (Object value : List.of('c', new byte[0], List.of(), Map.of(), new Object())) {
            assertThatThrownBy(() -> messages.createMessage().setObjectProperty("a", value))
                    .isInstanceOf(MessageFormatException.class);
        }
        assertThatThrownBy(() -> messages.createMessage().setIntProperty("JMSXGroupID", 1))
                .isInstanceOf(MessageFormatException.class);
    }
}
