package org.waybill.systemtests.wire;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Properties;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.apache.qpid.proton.message.Message;

/** Asks the node {@code $management} over a connection of its own. One thread owns it. */
public final class ManagementWire implements AutoCloseable {
    private static final String NODE = "$management";
    private static final String REPLIES = "replies";
    private static final int CREDIT = 1 << 16;

    /** What was answered: the status as HTTP numbers it, its sentence, and the body. */
    public record Answer(int status, String description, Map<?, ?> body) {}

    private final Wire wire;
    private long deliveryId;

    /** Connects and attaches both links. */
    public ManagementWire(int port) {
        wire = Wire.open(port, "management-" + System.nanoTime());
        WireLinks.begin(wire, 0);
        WireLinks.attach(wire, 0, WireLinks.sender("requests", 0, NODE));
        Attach replies = WireLinks.receiver("replies", 1, NODE);
        Target target = new Target();
        target.setAddress(REPLIES);
        replies.setTarget(target);
        WireLinks.attach(wire, 0, replies);
        wire.write(0, WireLinks.credit(wire, 0, 1, 0, CREDIT));
    }

    /** Every entity of this type, each attribute by its name. */
    public List<Map<String, Object>> query(String type) {
        Answer answer = ask(Map.of("operation", "QUERY", "type", type), Map.of());
        if (answer.status() != 200) {
            throw new AssertionError("QUERY of " + type + " was answered with " + answer);
        }
        List<?> names = (List<?>) answer.body().get("attributeNames");
        List<Map<String, Object>> entities = new ArrayList<>();
        for (Object row : (List<?>) answer.body().get("results")) {
            Map<String, Object> entity = new HashMap<>();
            for (int i = 0; i < names.size(); i++) {
                entity.put((String) names.get(i), ((List<?>) row).get(i));
            }
            entities.add(entity);
        }
        return entities;
    }

    /** Sends a request with these application properties and this map as its body, and waits for the answer. */
    public Answer ask(Map<String, Object> arguments, Map<String, Object> body) {
        Properties properties = new Properties();
        properties.setReplyTo(REPLIES);
        properties.setMessageId("request-" + deliveryId);
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(wire.encodeValue(properties));
        request.writeBytes(wire.encodeValue(new ApplicationProperties(new HashMap<>(arguments))));
        request.writeBytes(wire.encodeValue(new AmqpValue(body)));
        wire.write(0, WireLinks.transfer(0, deliveryId++, true), request.toByteArray());
        return answer();
    }

    private Answer answer() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        boolean more = true;
        while (more) {
            Frame frame = wire.awaitFrame(Transfer.class);
            bytes.writeBytes(frame.payload());
            more = ((Transfer) frame.body()).getMore();
        }
        Message message = Message.Factory.create();
        message.decode(bytes.toByteArray(), 0, bytes.size());
        Map<String, Object> result = message.getApplicationProperties().getValue();
        Object body = ((AmqpValue) message.getBody()).getValue();
        return new Answer(
                ((Number) result.get("statusCode")).intValue(),
                String.valueOf(result.get("statusDescription")),
                body instanceof Map<?, ?> map ? map : Map.of());
    }

    @Override
    public void close() {
        wire.close();
    }
}
