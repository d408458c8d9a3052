package org.waybill.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.message.Message;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.engine.AmqpConnection;
import org.waybill.jms.engine.AmqpDelivery;
import org.waybill.jms.engine.AmqpReceiver;
import org.waybill.jms.engine.AmqpSender;
import org.waybill.jms.engine.AmqpSession;

/** Requests to the broker's {@code $management} node (OASIS AMQP Management 1.0), one after the other. */
final class Management {
    private static final String NODE = "$management";
    private static final String QUEUE_TYPE = "org.waybill.queue";
    private static final int ANSWER_TIMEOUT_MS = 30_000;

    private final AmqpSender requests;
    private final AmqpReceiver answers;
    private final String replyTo = "waybill-cli-" + UUID.randomUUID();

    Management(AmqpConnection connection) {
        AmqpSession session = connection.session();
        Source source = new Source();
        source.setAddress(NODE);
        Target answerTarget = new Target();
        answerTarget.setAddress(replyTo);
        answers = session.receiver(source, answerTarget);
        Target target = new Target();
        target.setAddress(NODE);
        requests = session.sender(target);
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
        request.setReplyTo(replyTo);
        request.setApplicationProperties(new ApplicationProperties(arguments));
        request.setBody(new AmqpValue(Map.of()));
        answers.grantCredit(1);
        requests.await(requests.send(Messages.encode(request)));
        AmqpDelivery delivery = answers.receive(ANSWER_TIMEOUT_MS);
        if (delivery == null) {
            throw new CliFailure(ExitCode.TIMEOUT, "The broker did not answer within " + ANSWER_TIMEOUT_MS + " ms.");
        }
        answers.accept(delivery);
        return body(Messages.decode(delivery.message()));
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
