package org.waybill.amqp.adapter;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.waybill.spi.BrokerError;
import org.waybill.spi.ClusterAdministration;

/** Requests to the management node about the nodes and shards of a cluster. */
final class ManagementOfCluster {
    private ManagementOfCluster() {}

    /** An answer: its status, its description and its body. */
    record Answer(int status, String description, Map<String, Object> body) {
        private static Answer ok(Map<String, Object> body) {
            return new Answer(200, "OK", body);
        }
    }

    static boolean concerns(ManagementType type) {
        return type == ManagementType.CLUSTER_NODE || type == ManagementType.SHARD;
    }

    /**
     * Carries out an operation that the type has; the answer comes on any thread.
     *
     * @param cluster null if this broker stands alone
     * @throws ManagementError when an argument is missing or wrong
     */
    static CompletionStage<Answer> ask(
            ManagementRequest request, ManagementType type, @Nullable ClusterAdministration cluster) {
        if (cluster == null) {
            throw new ManagementError(404, "this broker is not a node of a cluster");
        }
        return switch (request.operation()) {
            case "MOVE-LEADER" -> {
                int shard = shard(ManagementOperations.name(request));
                yield cluster.moveLeader(shard, request.required("node")).thenApply(ManagementOfCluster::done);
            }
            case "ACCEPT-LOSS" -> cluster.acceptLoss(shard(ManagementOperations.name(request)))
                    .thenApply(ManagementOfCluster::done);
            case "READ" -> {
                String name = ManagementOperations.name(request);
                yield rows(type, cluster).thenApply(rows -> one(rows, name, type));
            }
            default -> rows(type, cluster)
                    .thenApply(rows -> Answer.ok(ManagementAnswers.table(request, type, page(request, rows))));
        };
    }

    private static CompletionStage<List<Map<String, Object>>> rows(ManagementType type, ClusterAdministration cluster) {
        return type == ManagementType.SHARD ? cluster.shards() : cluster.nodes();
    }

    private static int shard(String name) {
        Long number = ManagementRequest.wholeNumber(name);
        if (number == null || number != number.intValue()) {
            throw ManagementError.badRequest("name must be the number of a shard, not " + name);
        }
        return number.intValue();
    }

    private static Answer done(Optional<BrokerError> error) {
        return error.map(refusal -> new Answer(Errors.status(refusal.code()), refusal.message(), Map.of()))
                .orElseGet(() -> Answer.ok(Map.of()));
    }

    private static Answer one(List<Map<String, Object>> rows, String name, ManagementType type) {
        return rows.stream()
                .filter(row -> name.equals(row.get("name")))
                .findFirst()
                .map(row -> {
                    Map<String, Object> entity = new LinkedHashMap<>(row);
                    ManagementAnswers.identify(entity, type);
                    return Answer.ok(entity);
                })
                .orElseGet(() -> new Answer(404, "there is no " + type.symbol() + " " + name, Map.of()));
    }

    private static List<Map<String, Object>> page(ManagementRequest request, List<Map<String, Object>> rows) {
        int from = Math.min(Math.max(0, request.number("offset", 0)), rows.size());
        int count = Math.max(0, request.number("count", rows.size()));
        return rows.subList(from, Math.min(rows.size() - from, count) + from);
    }
}
