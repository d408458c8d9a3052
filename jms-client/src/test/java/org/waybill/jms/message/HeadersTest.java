package org.waybill.jms.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedByte;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.DeliveryAnnotations;
import org.apache.qpid.proton.amqp.messaging.Footer;
import org.apache.qpid.proton.amqp.messaging.Header;
import org.apache.qpid.proton.amqp.messaging.MessageAnnotations;
import org.apache.qpid.proton.message.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.waybill.jms.destination.AddressPrefixes;
import org.waybill.jms.destination.DestinationKind;
import org.waybill.jms.destination.WaybillDestination;
import org.waybill.jms.destination.WaybillQueue;
import org.waybill.jms.destination.WaybillTemporaryQueue;
import org.waybill.jms.destination.WaybillTopic;

@SuppressWarnings("JavaUtilDate") // proton-j's type for timestamps
final class HeadersTest {
    private final Messages messages = Wires.messages();

    private static Message proton(String text) {
        Message message = Message.Factory.create();
        message.setBody(new AmqpValue(text));
        return message;
    }

    private static Object annotation(Message message, String name) {
        return message.getMessageAnnotations().getValue().get(Symbol.valueOf(name));
    }

    private static void annotate(Message message, String name, Object value) {
        Map<Symbol, Object> annotations = new HashMap<>();
        if (message.getMessageAnnotations() != null) {
            annotations.putAll(message.getMessageAnnotations().getValue());
        }
        annotations.put(Symbol.valueOf(name), value);
        message.setMessageAnnotations(new MessageAnnotations(annotations));
    }

    @Test
    void writesEveryHeaderWhereTheMappingHasIt() throws Exception {
        JmsTextMessage message = messages.createTextMessage("hello");
        message.setJMSDestination(new WaybillTopic("prices"));
        message.setJMSReplyTo(new WaybillTemporaryQueue("answers"));
        message.setJMSDeliveryMode(DeliveryMode.NON_PERSISTENT);
        message.setJMSPriority(7);
        message.setJMSTimestamp(Wires.NOW_MS);
        message.setJMSExpiration(Wires.NOW_MS + 60_000);
        message.deliveryTime(Wires.NOW_MS + 500, true);
        message.setJMSCorrelationID("c-1");
        message.setJMSType("quote");
        message.assignMessageId("ID:producer:", 42);
        message.userId("alice");
        message.setStringProperty("JMSXGroupID", "g");
        message.setIntProperty("JMSXGroupSeq", 3);
        message.setStringProperty("JMS_AMQP_REPLY_TO_GROUP_ID", "r");
        Message wire = Wires.proton(Wires.encode(message, 60_000, null));

        assertThat(wire.isDurable()).isFalse();
        assertThat(wire.getPriority()).isEqualTo((short) 7);
        assertThat(wire.getTtl()).isEqualTo(60_000);
        assertThat(wire.getDeliveryCount()).isZero();
        assertThat(wire.getMessageId()).isEqualTo("ID:producer:42");
        assertThat(wire.getUserId()).isEqualTo("alice".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(wire.getAddress()).isEqualTo("prices");
        assertThat(wire.getSubject()).isEqualTo("quote");
        assertThat(wire.getReplyTo()).isEqualTo("answers");
        assertThat(wire.getCorrelationId()).isEqualTo("c-1");
        assertThat(wire.getProperties().getAbsoluteExpiryTime()).isEqualTo(new Date(Wires.NOW_MS + 60_000));
        assertThat(wire.getCreationTime()).isEqualTo(Wires.NOW_MS);
        assertThat(wire.getGroupId()).isEqualTo("g");
        assertThat(wire.getGroupSequence()).isEqualTo(3);
        assertThat(wire.getReplyToGroupId()).isEqualTo("r");
        assertThat(annotation(wire, "x-opt-jms-msg-type")).isEqualTo((byte) 5);
        assertThat(annotation(wire, "x-opt-jms-dest")).isEqualTo((byte) 1);
        assertThat(annotation(wire, "x-opt-jms-reply-to")).isEqualTo((byte) 2);
        assertThat(annotation(wire, "x-opt-delivery-time")).isEqualTo(Wires.NOW_MS + 500);
        assertThat(message.getJMSMessageID()).isEqualTo("ID:producer:42");
        assertThat(message.getJMSDeliveryTime()).isEqualTo(Wires.NOW_MS + 500);
    }

    @Test
    void writesNothingThatWasNotSet() throws Exception {
        Message wire = Wires.proton(messages.createMessage());
        assertThat(wire.isDurable()).isTrue();
        assertThat(wire.getHeader().getPriority()).isNull();
        assertThat(wire.getHeader().getTtl()).isNull();
        assertThat(wire.getMessageId()).isNull();
        assertThat(wire.getProperties().getAbsoluteExpiryTime()).isNull();
        assertThat(wire.getProperties().getCreationTime()).isNull();
        assertThat(wire.getApplicationProperties()).isNull();
        assertThat(annotation(wire, "x-opt-jms-msg-type")).isEqualTo((byte) 0);
        assertThat(annotation(wire, "x-opt-jms-dest")).isNull();
        assertThat(annotation(wire, "x-opt-delivery-time")).isNull();
        assertThat(((AmqpValue) wire.getBody()).getValue()).isNull();
    }

    @Test
    void readsEveryHeaderThatAnotherClientWrote() throws Exception {
        Message wire = proton("hello");
        wire.setDurable(true);
        wire.setPriority((short) 9);
        wire.setTtl(1000);
        wire.setDeliveryCount(2);
        wire.setMessageId("ID:1");
        wire.setUserId("bob".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        wire.setAddress("invoices");
        wire.setSubject("t");
        wire.setReplyTo("back");
        wire.setCorrelationId("c");
        wire.setExpiryTime(Wires.NOW_MS + 5);
        wire.setCreationTime(Wires.NOW_MS - 5);
        wire.setGroupId("g");
        wire.getProperties().setGroupSequence(UnsignedInteger.valueOf(0xFFFFFFFFL));
        wire.setReplyToGroupId("rg");
        JmsMessage message = Wires.received(wire);

        assertThat(message).isInstanceOf(JmsTextMessage.class);
        assertThat(message.getJMSDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
        assertThat(message.getJMSPriority()).isEqualTo(9);
        assertThat(message.getJMSExpiration()).isEqualTo(Wires.NOW_MS + 5);
        assertThat(message.expirationMs()).isEqualTo(Wires.NOW_MS + 5);
        assertThat(message.redeliveryCount()).isEqualTo(2);
        assertThat(message.getJMSRedelivered()).isTrue();
        assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(3);
        assertThat(message.getJMSMessageID()).isEqualTo("ID:1");
        assertThat(message.getStringProperty("JMSXUserID")).isEqualTo("bob");
        assertThat(message.getJMSDestination()).isEqualTo(new WaybillQueue("invoices"));
        assertThat(message.getJMSReplyTo()).isEqualTo(new WaybillQueue("back"));
        assertThat(message.getJMSType()).isEqualTo("t");
        assertThat(message.getJMSCorrelationID()).isEqualTo("c");
        assertThat(message.getJMSTimestamp()).isEqualTo(Wires.NOW_MS - 5);
        assertThat(message.getJMSDeliveryTime()).isEqualTo(Wires.NOW_MS - 5);
        assertThat(message.getStringProperty("JMSXGroupID")).isEqualTo("g");
        assertThat(message.getIntProperty("JMSXGroupSeq")).isEqualTo(-1);
        assertThat(message.getStringProperty("JMS_AMQP_REPLY_TO_GROUP_ID")).isEqualTo("rg");
    }

    @Test
    void hasAMessageWithoutHeaderAsNotDurableAndOfMiddlePriority() throws Exception {
        JmsMessage message = Wires.received(proton("x"));
        assertThat(message.getJMSDeliveryMode()).isEqualTo(DeliveryMode.NON_PERSISTENT);
        assertThat(message.getJMSPriority()).isEqualTo(4);
        assertThat(message.getJMSRedelivered()).isFalse();
        assertThat(message.getJMSExpiration()).isZero();
        assertThat(message.getJMSMessageID()).isNull();
        assertThat(message.getJMSDestination()).isEqualTo(Wires.ORDERS);
        assertThat(message.getJMSReplyTo()).isNull();
    }

    @Test
    void expiresByItsTimeToLiveIfNothingElseSaysWhen() throws Exception {
        Message wire = proton("x");
        wire.setTtl(4_000_000_000L);
        assertThat(Wires.received(wire).getJMSExpiration()).isEqualTo(Wires.NOW_MS + 4_000_000_000L);
    }

    @Test
    void boundsWhatAHeaderMaySay() throws Exception {
        Message wire = proton("x");
        Header header = new Header();
        header.setPriority(UnsignedByte.valueOf((byte) -1));
        header.setDeliveryCount(UnsignedInteger.valueOf(0xFFFFFFFFL));
        wire.setHeader(header);
        JmsMessage message = Wires.received(wire);
        assertThat(message.getJMSPriority()).isEqualTo(9);
        assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(Integer.MAX_VALUE);
    }

    @ParameterizedTest
    @EnumSource
    void tellsWhatKindOfDestinationItWasSentTo(DestinationKind kind) throws Exception {
        JmsMessage message = messages.createMessage();
        message.setJMSDestination(WaybillDestination.of(kind, "somewhere"));
        message.setJMSReplyTo(WaybillDestination.of(kind, "else"));
        JmsMessage received = Wires.sent(message);
        assertThat(received.getJMSDestination()).isEqualTo(WaybillDestination.of(kind, "somewhere"));
        assertThat(received.getJMSReplyTo()).isEqualTo(WaybillDestination.of(kind, "else"));
    }

    @Test
    void understandsTheDestinationTypesOfOlderClients() throws Exception {
        Message wire = proton("x");
        wire.setAddress("a");
        wire.setReplyTo("b");
        annotate(wire, "x-opt-to-type", "topic");
        annotate(wire, "x-opt-reply-type", "temporary,queue");
        JmsMessage message = Wires.received(wire);
        assertThat(message.getJMSDestination()).isEqualTo(new WaybillTopic("a"));
        assertThat(message.getJMSReplyTo()).isEqualTo(new WaybillTemporaryQueue("b"));
    }

    @Test
    void spellsAddressesWithThePrefixesOfThePeer() throws Exception {
        messages.prefixes(new AddressPrefixes("q.", "t."));
        JmsMessage message = messages.createMessage();
        message.setJMSDestination(new WaybillQueue("a"));
        message.setJMSReplyTo(new WaybillTopic("b"));
        Message wire = Wires.proton(message);
        assertThat(wire.getAddress()).isEqualTo("q.a");
        assertThat(wire.getReplyTo()).isEqualTo("t.b");
        JmsMessage received = Wires.sent(message);
        assertThat(received.getJMSDestination()).isEqualTo(new WaybillQueue("a"));
        assertThat(received.getJMSReplyTo()).isEqualTo(new WaybillTopic("b"));
    }

    @Test
    void readsDeliveryTimesOfAnyType() throws Exception {
        for (Object time : new Object[] {5L, new Date(5), UnsignedLong.valueOf(5)}) {
            Message wire = proton("x");
            annotate(wire, "x-opt-delivery-time", time);
            assertThat(Wires.received(wire).getJMSDeliveryTime()).isEqualTo(5);
        }
    }

    @Test
    void passesOnWhatItDoesNotKnowAndNothingThatWasMeantForOneSending() throws Exception {
        Message wire = proton("x");
        wire.setFooter(new Footer(Map.of(Symbol.valueOf("checksum"), 7)));
        wire.setContentType("text/plain");
        wire.setApplicationProperties(new org.apache.qpid.proton.amqp.messaging.ApplicationProperties(
                Map.of("unsigned", UnsignedInteger.valueOf(8))));
        annotate(wire, "x-opt-colour", Symbol.valueOf("red"));
        annotate(wire, "x-opt-jms-dest", (byte) 1);
        annotate(wire, "x-opt-delivery-time", 9L);
        annotate(wire, "x-opt-delivery-delay", 9L);
        wire.setDeliveryAnnotations(new DeliveryAnnotations(Map.of(Symbol.valueOf("x-opt-waybill-sequence"), 1L)));
        JmsMessage message = Wires.received(wire);
        message.setJMSDestination(new WaybillQueue("next"));
        message.deliveryTime(0, false);
        Message sent = Wires.proton(message);

        assertThat(sent.getMessageAnnotations().getValue())
                .isEqualTo(Map.of(
                        Symbol.valueOf("x-opt-colour"), Symbol.valueOf("red"),
                        Symbol.valueOf("x-opt-jms-msg-type"), (byte) 5,
                        Symbol.valueOf("x-opt-jms-dest"), (byte) 0));
        assertThat(sent.getDeliveryAnnotations()).isNull();
        assertThat(sent.getFooter().getValue().toString()).isEqualTo("{checksum=7}");
        assertThat(sent.getContentType()).isEqualTo("text/plain");
        assertThat(sent.getApplicationProperties().getValue())
                .isEqualTo(Map.of("unsigned", UnsignedInteger.valueOf(8)));
        assertThat(sent.getDeliveryCount()).isZero();
    }

    @Test
    void writesWhoSentItAsWhichMessage() throws Exception {
        UUID id = UUID.randomUUID();
        Message wire = Wires.proton(Wires.encode(messages.createMessage(), 0, new Origin(id, 3, 1L << 40)));
        assertThat(wire.getDeliveryAnnotations().getValue())
                .isEqualTo(Map.of(
                        Symbol.valueOf("x-opt-waybill-producer-id"),
                        id,
                        Symbol.valueOf("x-opt-waybill-producer-epoch"),
                        3,
                        Symbol.valueOf("x-opt-waybill-sequence"),
                        1L << 40));
    }

    @Test
    void letsTheApplicationSayTheTimeToLive() throws Exception {
        JmsMessage message = messages.createMessage();
        message.setLongProperty("JMS_AMQP_TTL", 5000);
        assertThat(Wires.proton(Wires.encode(message, 60_000, null)).getTtl()).isEqualTo(5000);
        assertThat(message.getLongProperty("JMS_AMQP_TTL")).isEqualTo(5000);
        message.setLongProperty("JMS_AMQP_TTL", 0);
        assertThat(Wires.proton(Wires.encode(message, 60_000, null)).getHeader().getTtl())
                .isNull();
        message.clearProperties();
        assertThat(message.propertyExists("JMS_AMQP_TTL")).isFalse();
        assertThat(Wires.proton(Wires.encode(message, 60_000, null)).getTtl()).isEqualTo(60_000);
        assertThatThrownBy(() -> message.setLongProperty("JMS_AMQP_TTL", -1)).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> message.setLongProperty("JMS_AMQP_TTL", 1L << 32))
                .isInstanceOf(JMSException.class);
        assertThat(Wires.proton(Wires.encode(message, 1L << 32, null))
                        .getHeader()
                        .getTtl())
                .isNull();
    }

    @Test
    void refusesModesAndPrioritiesThatAreNone() {
        JmsMessage message = messages.createMessage();
        assertThatThrownBy(() -> message.setJMSDeliveryMode(3)).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> message.setJMSPriority(10)).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> message.setJMSPriority(-1)).isInstanceOf(JMSException.class);
    }

    @Test
    void acknowledgesAsTheApplicationSays() throws Exception {
        JmsMessage message = Wires.received(proton("x"));
        message.acknowledge();
        AckType[] said = new AckType[1];
        message.acknowledgement(type -> said[0] = type);
        message.acknowledge();
        assertThat(said[0]).isEqualTo(AckType.ACCEPTED);
        for (AckType type : AckType.values()) {
            message.setIntProperty("JMS_AMQP_ACK_TYPE", type.code());
            message.acknowledge();
            assertThat(said[0]).isEqualTo(type);
            assertThat(message.getIntProperty("JMS_AMQP_ACK_TYPE")).isEqualTo(type.code());
        }
        assertThatThrownBy(() -> message.setIntProperty("JMS_AMQP_ACK_TYPE", 6)).isInstanceOf(JMSException.class);
    }

    @Test
    void keepsCorrelationIdsOfBytes() throws Exception {
        JmsMessage message = messages.createMessage();
        byte[] id = {1, (byte) 0xAB};
        message.setJMSCorrelationIDAsBytes(id);
        id[0] = 9;
        assertThat(Wires.proton(message).getCorrelationId()).isEqualTo(new Binary(new byte[] {1, (byte) 0xAB}));
        JmsMessage received = Wires.sent(message);
        assertThat(received.getJMSCorrelationIDAsBytes()).containsExactly(1, 0xAB);
        assertThat(received.getJMSCorrelationID()).isEqualTo("ID:AMQP_BINARY:01AB");
        received.setJMSCorrelationIDAsBytes(null);
        assertThat(received.getJMSCorrelationIDAsBytes()).isNull();
        received.setJMSCorrelationID("text");
        assertThatThrownBy(received::getJMSCorrelationIDAsBytes).isInstanceOf(JMSException.class);
    }

    @Test
    void saysWhatItIsAndNotWhatItSays() throws Exception {
        JmsMessage message = messages.createTextMessage("secret");
        message.assignMessageId("ID:p:", 1);
        assertThat(message).hasToString("JmsTextMessage[ID:p:1]");
    }
}
