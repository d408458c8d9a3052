package org.waybill.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.message.Message;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.engine.ClientConnection;
import org.waybill.jms.engine.ClientDelivery;
import org.waybill.jms.engine.ClientReceiver;
import org.waybill.jms.engine.ClientSender;
import org.waybill.jms.engine.ClientSession;
import org.waybill.jms.engine.MessageCodec;
import org.waybill.jms.engine.ReceiverOptions;

/** Requests to the broker's {@code $management} node (OASIS AMQP Management 1.0), one after the other. */
final class Management {
    private static final String NODE = "$management";
    private static final String QUEUE_TYPE = "org.waybill.queue";
    private static final int ANSWER_TIMEOUT_MS = 30_000;

    private final ClientSender requests;
    private final ClientReceiver answers;

    Management(ClientConnection connection) {
        ClientSession session = connection.session();
        answers = session.receiver(ReceiverOptions.dynamic());
        requests = session.sender(NODE);
    }

    /**
     * Carries out an operation.
     *
     * @param name the queue, or null for one on all of them
     * @return the answer's body
     * @throws CliFailure if the broker refuses
     */
    Map<?, ?> request(String operation, @Nullable String name) {
        Map<String, Object> arguments = new LinkedHashMap<>();
        arguments.put("operation", operation);
        arguments.put("type", QUEUE_TYPE);
        if (name != null) {
            arguments.put("name", name);
        }
        Message request = Message.Factory.create();
        request.setMessageId(operation);
        request.setReplyTo(answers.address());
        request.setApplicationProperties(new ApplicationProperties(arguments));
        request.setBody(new AmqpValue(Map.of()));
        requests.send(MessageCodec.encode(request));
        ClientDelivery delivery = answers.receive(ANSWER_TIMEOUT_MS);
        if (delivery == null) {
            throw new CliFailure(ExitCode.TIMEOUT, "The broker did not answer within " + ANSWER_TIMEOUT_MS + " ms.");
        }
        delivery.accept();
        return body(delivery.message());
    }

    private static Map<?, ?> body(Message answer) {
        Map<String, Object> head = answer.getApplicationProperties().getValue();
        if (!(head.get("statusCode") instanceof Integer status) || status < 200 || status > 299) {
            throw new CliFailure(ExitCode.REFUSED, String.valueOf(head.get("statusDescription")));
        }
        return answer.getBody() instanceof AmqpValue value && value.getValue() instanceof Map<?, ?> map
                ? map
                : Map.of();
    }
}
