package org.waybill.amqp.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.ReceiverLink;
import org.waybill.amqp.engine.SenderLink;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.Operation;

/**
 * The {@code $management} node of one connection (OASIS AMQP Management 1.0): takes requests from links whose target it is, has the
 * broker carry them out, and sends each answer to the link on this connection whose target address is the request's reply-to, or else to
 * the node of that name.
 */
final class Management {
    private final AmqpConnection connection;
    private final List<ManagementReplies> replies = new ArrayList<>(0);
    private @Nullable ReplyProducer elsewhere;

    Management(AmqpConnection connection) {
        this.connection = connection;
    }

    void attach(ReceiverLink link, Attach asked) {
        ManagementRequests requests = new ManagementRequests(connection, link, this);
        link.listener(requests);
        requests.attach(asked);
    }

    void attach(SenderLink link, Attach asked) {
        ManagementReplies reply = new ManagementReplies(connection, link, this);
        link.listener(reply);
        reply.attach(asked);
        replies.add(reply);
    }

    void remove(ManagementReplies reply) {
        replies.remove(reply);
    }

    /**
     * Carries out a request.
     *
     * @param done run when its answer is on its way
     */
    void handle(ManagementRequest request, Runnable done) {
        try {
            Object known = known(request);
            if (known == null) {
                askBroker(request, done);
                return;
            }
            answer(request, 200, "OK", known);
        } catch (ManagementError refusal) {
            answer(request, refusal.status(), String.valueOf(refusal.getMessage()), Map.of());
        }
        done.run();
    }

    /** What needs no broker to be answered; null for everything else. */
    private static @Nullable Object known(ManagementRequest request) {
        String entityType = request.text("entityType");
        return switch (request.operation()) {
            case "GET-TYPES" -> ManagementType.table(entityType, type -> List.of());
            case "GET-ATTRIBUTES" -> ManagementType.table(entityType, ManagementType::attributes);
            case "GET-OPERATIONS" -> ManagementType.table(entityType, ManagementType::operations);
            case "GET-ANNOTATIONS" -> ManagementType.table(entityType, type -> List.of());
            case "GET-MGMT-NODES" -> List.of(Terminus.MANAGEMENT);
            default -> null;
        };
    }

    private void askBroker(ManagementRequest request, Runnable done) {
        String entityType = request.text("entityType");
        ManagementType type = ManagementType.of(entityType != null ? entityType : request.text("type"));
        Operation operation = ManagementOperations.of(request, type);
        connection.session().manage(operation, reply -> {
            if (reply instanceof Reply.Done<List<Map<String, Object>>> found) {
                Map<String, Object> body = ManagementAnswers.body(
                        operation,
                        request,
                        type,
                        found.value(),
                        connection.loop().codec());
                answer(request, ManagementAnswers.status(operation), "OK", body);
            } else if (reply instanceof Reply.Refused<List<Map<String, Object>>> refused) {
                BrokerError error = refused.error();
                answer(request, Errors.status(error.code()), error.message(), Map.of());
            }
            done.run();
        });
    }

    private void answer(ManagementRequest request, int status, String description, Object body) {
        byte[] message = request.answer(connection.loop().codec(), status, description, body);
        for (ManagementReplies reply : replies) {
            if (reply.isFor(request.replyTo()) || request.replyTo() == null && replies.size() == 1) {
                reply.send(message);
                return;
            }
        }
        if (request.replyTo() != null && connection.isOpen()) {
            if (elsewhere == null) {
                elsewhere = new ReplyProducer(connection);
            }
            elsewhere.send(message);
        }
    }
}
