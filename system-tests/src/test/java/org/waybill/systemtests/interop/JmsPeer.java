package org.waybill.systemtests.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.qpid.jms.JmsConnectionFactory;

/** Qpid JMS. What JMS cannot say is not asked of it: annotations, symbols, described values, ids of its own sending. */
final class JmsPeer implements Peer {
    private static final Set<String> SETTABLE =
            Set.of("correlation-id", "subject", "group-id", "group-sequence", "reply-to-group-id");
    private static final Set<String> BODIES = Set.of("string", "list", "map");
    private static final Set<String> SHOWN = Set.of(
            "durable",
            "priority",
            "message-id",
            "correlation-id",
            "subject",
            "group-id",
            "group-sequence",
            "absolute-expiry-time",
            "creation-time",
            "user-id");
    private static final Set<String> STREAMED =
            Set.of("boolean", "byte", "short", "int", "long", "float", "double", "string", "char");

    private final Connection connection;

    JmsPeer(int port) throws JMSException {
        connection = new JmsConnectionFactory("amqp://127.0.0.1:" + port
                        + "?jms.requestTimeout=60000&jms.sendTimeout=60000&jms.validatePropertyNames=false")
                .createConnection();
        connection.start();
    }

    @Override
    public String name() {
        return "Qpid JMS";
    }

    @Override
    public boolean canSend(Case message) {
        if (message.has("annotations") || !sendsProperties(message)) {
            return false;
        }
        return switch (message.section()) {
            case "data" -> true;
            case "sequence" -> streams(message.body());
            default -> BODIES.contains(message.bodyType()) && JmsValues.holds(message.body());
        };
    }

    /** A Java char cannot hold what is outside the basic plane. */
    private static boolean outsideChar(JsonNode body) {
        return body.get("t").asText().equals("char") && body.get("v").asInt() > Character.MAX_VALUE;
    }

    private static boolean sendsProperties(Case message) {
        boolean all = true;
        for (Map.Entry<String, JsonNode> property :
                message.node().path("properties").properties()) {
            all &= SETTABLE.contains(property.getKey());
        }
        for (Map.Entry<String, JsonNode> property : message.node().path("app").properties()) {
            all &= STREAMED.contains(property.getValue().get("t").asText());
        }
        return all;
    }

    /** Whether it is a map that a map message can hold. */
    private static boolean mapped(JsonNode body) {
        boolean all = body.get("t").asText().equals("map");
        for (JsonNode entry : body.get("v")) {
            all &= entry.isArray()
                    && (STREAMED.contains(entry.get(1).get("t").asText())
                            || entry.get(1).get("t").asText().equals("binary"));
        }
        return all;
    }

    private static boolean streams(JsonNode list) {
        boolean all = true;
        for (JsonNode item : list.get("v")) {
            all &= STREAMED.contains(item.get("t").asText());
        }
        return all;
    }

    @Override
    public boolean canReceive(Case message) {
        String type = message.bodyType();
        return !outsideChar(message.body())
                && (type.equals("binary") || (JmsValues.holds(message.body()) && !type.equals("null")));
    }

    @Override
    public boolean shows(String part) {
        return SHOWN.contains(part);
    }

    @Override
    public List<String> send(String address, List<Case> messages) {
        try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue(address))) {
            for (Case message : messages) {
                producer.setDeliveryMode(
                        message.node().get("durable").asBoolean()
                                ? DeliveryMode.PERSISTENT
                                : DeliveryMode.NON_PERSISTENT);
                producer.setPriority(message.node().path("priority").asInt(4));
                producer.send(jmsMessage(session, message));
            }
            return List.of();
        } catch (JMSException e) {
            throw new AssertionError("Qpid JMS could not send", e);
        }
    }

    private static Message jmsMessage(Session session, Case message) throws JMSException {
        Message jms = withBody(session, message);
        for (Map.Entry<String, JsonNode> property :
                message.node().path("properties").properties()) {
            JsonNode value = property.getValue();
            switch (property.getKey()) {
                case "correlation-id" -> jms.setJMSCorrelationID(JmsValues.jmsId(value));
                case "subject" -> jms.setJMSType(value.get("v").asText());
                case "group-id" -> jms.setStringProperty(
                        "JMSXGroupID", value.get("v").asText());
                case "group-sequence" -> jms.setIntProperty(
                        "JMSXGroupSeq", value.get("v").asInt());
                case "reply-to-group-id" -> jms.setStringProperty(
                        "JMS_AMQP_REPLY_TO_GROUP_ID", value.get("v").asText());
                default -> throw new IllegalArgumentException(property.getKey());
            }
        }
        for (Map.Entry<String, JsonNode> property : message.node().path("app").properties()) {
            jms.setObjectProperty(property.getKey(), JmsValues.parse(property.getValue()));
        }
        return jms;
    }

    private static Message withBody(Session session, Case message) throws JMSException {
        JsonNode body = message.body();
        if (message.section().equals("data")) {
            BytesMessage bytes = session.createBytesMessage();
            bytes.writeBytes(Values.bytes(body));
            return bytes;
        } else if (message.section().equals("sequence")) {
            StreamMessage stream = session.createStreamMessage();
            for (JsonNode item : body.get("v")) {
                stream.writeObject(JmsValues.parse(item));
            }
            return stream;
        } else if (message.bodyType().equals("string")) {
            return session.createTextMessage(Values.string(body));
        }
        if (mapped(body)) {
            MapMessage map = session.createMapMessage();
            for (JsonNode entry : body.get("v")) {
                JsonNode value = entry.get(1);
                map.setObject(
                        entry.get(0).get("v").asText(),
                        value.get("t").asText().equals("binary") ? Values.bytes(value) : JmsValues.parse(value));
            }
            return map;
        }
        ObjectMessage object = session.createObjectMessage();
        object.setBooleanProperty("JMS_AMQP_TYPED_ENCODING", true);
        object.setObject((Serializable) JmsValues.parse(body));
        return object;
    }

    @Override
    public List<JsonNode> receive(String address, int count) {
        try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageConsumer consumer = session.createConsumer(session.createQueue(address))) {
            List<JsonNode> nodes = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Message message = consumer.receive(60_000);
                if (message == null) {
                    throw new AssertionError(
                            "Qpid JMS received " + i + " of " + count + " messages, then none for a minute");
                }
                nodes.add(node(message));
            }
            return nodes;
        } catch (JMSException e) {
            throw new AssertionError("Qpid JMS could not receive", e);
        }
    }

    private static JsonNode node(Message message) throws JMSException {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("durable", message.getJMSDeliveryMode() == DeliveryMode.PERSISTENT);
        node.put("priority", message.getJMSPriority());
        ObjectNode properties = node.putObject("properties");
        if (message.getJMSMessageID() != null) {
            properties.set("message-id", JmsValues.viewId(message.getJMSMessageID()));
        }
        if (message.getJMSCorrelationID() != null) {
            properties.set("correlation-id", JmsValues.viewId(message.getJMSCorrelationID()));
        }
        properties.set("subject", JmsValues.view(message.getJMSType()));
        properties.set("absolute-expiry-time", Values.scalar("timestamp", String.valueOf(message.getJMSExpiration())));
        properties.set("creation-time", Values.scalar("timestamp", String.valueOf(message.getJMSTimestamp())));
        properties.set("group-id", JmsValues.view(message.getStringProperty("JMSXGroupID")));
        if (message.propertyExists("JMSXGroupSeq")) {
            properties.set(
                    "group-sequence", Values.scalar("uint", String.valueOf(message.getIntProperty("JMSXGroupSeq"))));
        }
        String user = message.getStringProperty("JMSXUserID");
        properties.set(
                "user-id",
                user == null
                        ? Values.nothing()
                        : Values.binary(user.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        ObjectNode app = node.putObject("app");
        Enumeration<?> names = message.getPropertyNames();
        while (names.hasMoreElements()) {
            String name = (String) names.nextElement();
            app.set(name, JmsValues.view(message.getObjectProperty(name)));
        }
        node.putObject("body").set("v", body(message));
        return node;
    }

    private static JsonNode body(Message message) throws JMSException {
        if (message instanceof TextMessage text) {
            return JmsValues.view(text.getText());
        } else if (message instanceof BytesMessage bytes) {
            byte[] content = new byte[(int) bytes.getBodyLength()];
            bytes.readBytes(content);
            return Values.binary(content);
        } else if (message instanceof StreamMessage stream) {
            return streamed(stream);
        } else if (message instanceof MapMessage map) {
            return mapped(map);
        } else if (message instanceof ObjectMessage object) {
            return JmsValues.view(object.getObject());
        }
        return Values.nothing();
    }

    private static JsonNode mapped(MapMessage map) throws JMSException {
        List<JsonNode> flat = new ArrayList<>();
        Enumeration<?> names = map.getMapNames();
        while (names.hasMoreElements()) {
            String name = (String) names.nextElement();
            flat.addAll(List.of(JmsValues.view(name), JmsValues.view(map.getObject(name))));
        }
        return Values.map(flat.toArray(JsonNode[]::new));
    }

    private static JsonNode streamed(StreamMessage stream) throws JMSException {
        List<JsonNode> items = new ArrayList<>();
        try {
            while (true) {
                items.add(JmsValues.view(stream.readObject()));
            }
        } catch (jakarta.jms.MessageEOFException e) {
            return Values.list(items.toArray(JsonNode[]::new));
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (JMSException e) {
            throw new AssertionError("Qpid JMS could not close", e);
        }
    }
}
