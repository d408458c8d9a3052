package org.waybill.amqp.adapter;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.waybill.io.Loop;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.Operation;

/** The {@code $management} node of one connection (OASIS AMQP Management 1.0): has the broker carry out what it is asked for. */
final class Management implements RequestNode {
    private static final Logger LOG = LoggerFactory.getLogger(Management.class);

    private final AmqpConnection connection;
    private final NodeLinks links;

    Management(AmqpConnection connection) {
        this.connection = connection;
        this.links = new NodeLinks(connection, this);
    }

    NodeLinks links() {
        return links;
    }

    @Override
    public String address() {
        return Terminus.MANAGEMENT;
    }

    @Override
    public void handle(NodeRequest asked, Runnable done) {
        ManagementRequest request = new ManagementRequest(asked);
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
        ManagementOperations.check(request, type);
        if (ManagementOfCluster.concerns(type)) {
            askCluster(request, type, done);
            return;
        }
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

    private void askCluster(ManagementRequest request, ManagementType type, Runnable done) {
        Loop loop = connection.loop().shared().context().currentLoop();
        CompletionStage<?> unused = ManagementOfCluster.ask(
                        request, type, connection.loop().shared().context().cluster())
                .whenCompleteAsync(
                        (result, broken) -> {
                            if (broken == null) {
                                answer(request, result.status(), result.description(), result.body());
                            } else {
                                LOG.error("WB-A013 a request about the cluster could not be answered", broken);
                                answer(request, 500, "the broker failed", Map.of());
                            }
                            done.run();
                            connection.batchEnd();
                        },
                        loop);
    }

    private void answer(ManagementRequest request, int status, String description, Object body) {
        Map<String, Object> results = new LinkedHashMap<>();
        results.put("statusCode", status);
        results.put("statusDescription", description);
        NodeRequest asked = request.asked();
        links.answer(asked.replyTo(), asked.answer(connection.loop().codec(), results, body));
    }
}
