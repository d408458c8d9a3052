package org.waybill.jms.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.waybill.jms.destination.WaybillQueue;

/** Messages of other providers: here ours behind a class that is not. */
final class ForeignMessagesTest {
    private final Messages theirs = Wires.messages();
    private final Messages messages = Wires.messages();

    private static <T extends Message> T foreign(Class<T> type, JmsMessage real) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    @Test
    void takesOursAsTheyAre() throws Exception {
        JmsMessage ours = theirs.createMessage();
        assertThat(messages.outgoing(ours)).isSameAs(ours);
    }

    @Test
    void copiesHeadersAndPropertiesThatAnApplicationSets() throws Exception {
        JmsTextMessage real = theirs.createTextMessage("hello");
        real.setJMSReplyTo(new WaybillQueue("back"));
        real.setJMSType("t");
        real.setJMSCorrelationID("c");
        real.setIntProperty("a", 1);
        real.setObjectProperty("none", null);
        real.setStringProperty("JMSXGroupID", "g");
        JmsMessage received = Wires.sent(real);
        JmsMessage copy = messages.outgoing(foreign(TextMessage.class, received));
        assertThat(copy).isNotSameAs(received).isInstanceOf(JmsTextMessage.class);
        assertThat(copy.getBody(String.class)).isEqualTo("hello");
        assertThat(copy.getJMSReplyTo()).isEqualTo(new WaybillQueue("back"));
        assertThat(copy.getJMSType()).isEqualTo("t");
        assertThat(copy.getJMSCorrelationID()).isEqualTo("c");
        assertThat(Collections.list(copy.getPropertyNames())).containsExactlyInAnyOrder("a", "none", "JMSXGroupID");
        copy.setIntProperty("b", 2);
    }

    @Test
    void copiesCorrelationIdsOfBytes() throws Exception {
        JmsMessage real = theirs.createMessage();
        real.setJMSCorrelationIDAsBytes(new byte[] {1});
        Message foreign = foreign(Message.class, real);
        assertThat(messages.outgoing(foreign).getJMSCorrelationIDAsBytes()).containsExactly(1);
        assertThat(messages.outgoing(foreign(Message.class, theirs.createMessage()))
                        .getJMSCorrelationID())
                .isNull();
    }

    @Test
    void copiesBodies() throws Exception {
        JmsBytesMessage bytes = theirs.createBytesMessage();
        bytes.writeBytes(new byte[20_000]);
        bytes.writeInt(7);
        JmsBytesMessage bytesCopy = (JmsBytesMessage) messages.outgoing(foreign(BytesMessage.class, bytes));
        bytesCopy.reset();
        assertThat(bytesCopy.getBodyLength()).isEqualTo(20_004);
        assertThat(bytesCopy.readBytes(new byte[20_000])).isEqualTo(20_000);
        assertThat(bytesCopy.readInt()).isEqualTo(7);
        bytes.clearBody();
        assertThat(messages.outgoing(foreign(BytesMessage.class, bytes)).getBody(byte[].class))
                .isNull();

        JmsMapMessage map = theirs.createMapMessage();
        map.setInt("a", 1);
        map.setString("b", null);
        JmsMapMessage mapCopy = (JmsMapMessage) messages.outgoing(foreign(MapMessage.class, map));
        assertThat(mapCopy.getInt("a")).isEqualTo(1);
        assertThat(mapCopy.itemExists("b")).isTrue();

        JmsStreamMessage stream = theirs.createStreamMessage();
        stream.writeInt(1);
        stream.writeBytes(new byte[] {2});
        JmsStreamMessage streamCopy = (JmsStreamMessage) messages.outgoing(foreign(StreamMessage.class, stream));
        streamCopy.reset();
        assertThat(streamCopy.readInt()).isEqualTo(1);
        assertThat(streamCopy.readObject()).isEqualTo(new byte[] {2});

        JmsObjectMessage object = theirs.createObjectMessage(new ArrayList<>(List.of(1)));
        assertThat((Object)
                        messages.outgoing(foreign(ObjectMessage.class, object)).getBody(List.class))
                .isEqualTo(List.of(1));
    }

    @Test
    void refusesDestinationsWithoutAName() {
        JmsMessage real = theirs.createMessage();
        Queue nameless = () -> null;
        assertThatThrownBy(() -> real.setJMSReplyTo(nameless)).isInstanceOf(JMSException.class);
    }

    @Test
    void tellsTheApplicationsMessageWhatItsSendingMadeKnown() throws Exception {
        JmsMessage real = theirs.createMessage();
        Message foreign = foreign(Message.class, real);
        JmsMessage copy = messages.outgoing(foreign);
        copy.assignMessageId("ID:p:", 1);
        copy.setJMSDestination(Wires.ORDERS);
        copy.setJMSTimestamp(1);
        copy.setJMSExpiration(2);
        copy.setJMSPriority(3);
        copy.setJMSDeliveryMode(1);
        copy.deliveryTime(4, false);
        Messages.returnHeaders(copy, foreign);
        assertThat(real.getJMSMessageID()).isEqualTo("ID:p:1");
        assertThat(real.getJMSDestination()).isEqualTo(Wires.ORDERS);
        assertThat(real.getJMSTimestamp()).isEqualTo(1);
        assertThat(real.getJMSExpiration()).isEqualTo(2);
        assertThat(real.getJMSPriority()).isEqualTo(3);
        assertThat(real.getJMSDeliveryMode()).isEqualTo(1);
        assertThat(real.getJMSDeliveryTime()).isEqualTo(4);
    }
}
