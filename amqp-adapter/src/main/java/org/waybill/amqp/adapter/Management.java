package org.waybill.amqp.adapter;

import java.util.ArrayList;
import java.util.LinkedHashMap;
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
    /** The type of a queue. */
    static final String QUEUE_TYPE = "org.waybill.queue";

    private static final List<String> ATTRIBUTES = List.of(
            "name",
            "kind",
            "durable",
            "temporary",
            "messages",
            "waiting",
            "unsettled",
            "bytes",
            "consumers",
            "producers",
            "enqueued",
            "dequeued",
            "expired",
            "blocked");

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
        Operation operation = operation(request);
        if (operation == null) {
            answer(
                    request,
                    501,
                    "there is no operation " + request.operation() + " for type " + request.type(),
                    Map.of());
            done.run();
            return;
        }
        connection.session().manage(operation, reply -> {
            if (reply instanceof Reply.Done<List<Map<String, Object>>> result) {
                answer(request, status(operation), "OK", body(operation, request, result.value()));
            } else if (reply instanceof Reply.Refused<List<Map<String, Object>>> refused) {
                BrokerError error = refused.error();
                answer(request, Errors.status(error.code()), error.message(), Map.of());
            }
            done.run();
        });
    }

    private static @Nullable Operation operation(ManagementRequest request) {
        if (request.type() != null && !QUEUE_TYPE.equals(request.type())) {
            return null;
        }
        String name = request.name();
        if ("QUERY".equals(request.operation())) {
            return new Operation.ListQueues();
        } else if (name == null || request.operation() == null) {
            return null;
        }
        return switch (request.operation()) {
            case "CREATE" -> new Operation.CreateQueue(name);
            case "READ" -> new Operation.ReadQueue(name);
            case "DELETE" -> new Operation.DeleteQueue(name);
            case "PURGE" -> new Operation.PurgeQueue(name);
            default -> null;
        };
    }

    private static int status(Operation operation) {
        return operation instanceof Operation.CreateQueue
                ? 201
                : operation instanceof Operation.DeleteQueue ? 204 : 200;
    }

    private static Map<String, Object> body(
            Operation operation, ManagementRequest request, List<Map<String, Object>> found) {
        if (operation instanceof Operation.ListQueues) {
            List<String> names = request.attributeNames().isEmpty() ? ATTRIBUTES : request.attributeNames();
            List<List<@Nullable Object>> results = new ArrayList<>(found.size());
            for (Map<String, Object> queue : found) {
                List<@Nullable Object> row = new ArrayList<>(names.size());
                for (String name : names) {
                    row.add(queue.get(name));
                }
                results.add(row);
            }
            Map<String, Object> table = new LinkedHashMap<>();
            table.put("attributeNames", names);
            table.put("results", results);
            return table;
        }
        return found.isEmpty() || operation instanceof Operation.DeleteQueue ? Map.of() : found.get(0);
    }

    private void answer(ManagementRequest request, int status, String description, Map<String, Object> body) {
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
