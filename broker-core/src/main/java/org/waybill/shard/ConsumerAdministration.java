package org.waybill.shard;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.queue.QueueConsumer;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerError.Code;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.Operation;
import org.waybill.spi.Operation.Target;
import org.waybill.spi.SubscriptionId;

/** Shows and closes the consumers of one shard. They are named by the shard's number and their own: {@code 0-17}. */
final class ConsumerAdministration {
    private final Shard shard;
    private final State state;
    private final Commands commands;

    ConsumerAdministration(Shard shard, State state, Commands commands) {
        this.shard = shard;
        this.state = state;
        this.commands = commands;
    }

    /** The shard that a consumer's name begins with; 0 for what is no such name, and so nobody's. */
    static int shardOf(String name) {
        int dash = name.indexOf('-');
        boolean isNumber = dash > 0 && dash < 6 && name.chars().limit(dash).allMatch(c -> c >= '0' && c <= '9');
        return isNumber ? Integer.parseInt(name, 0, dash, 10) : 0;
    }

    List<Map<String, Object>> list(Operation.Query query) {
        List<LocalConsumer> consumers = new ArrayList<>();
        for (Node node : state.nodes()) {
            consumers.addAll(node.consumers);
        }
        return consumers.stream()
                .sorted(Comparator.comparing(this::name))
                .limit(query.offset() + query.count())
                .map(this::row)
                .toList();
    }

    Reply<List<Map<String, Object>>> carryOut(Operation operation, Target target) {
        if (operation instanceof Operation.Create) {
            return Administration.impossible("a consumer is made by a link that is attached");
        }
        LocalConsumer consumer = find(target.name());
        if (consumer == null) {
            return Administration.unknown(target);
        }
        Map<String, Object> row = row(consumer);
        if (operation instanceof Operation.Delete) {
            commands.expel(
                    consumer, new BrokerError(Code.RESOURCE_DELETED, "the consumer was closed by an administrator"));
        } else if (!(operation instanceof Operation.Read)) {
            return Administration.impossible("a consumer can be read and deleted, and nothing else");
        }
        return new Reply.Done<>(List.of(row));
    }

    private @Nullable LocalConsumer find(String name) {
        for (Node node : state.nodes()) {
            for (LocalConsumer consumer : node.consumers) {
                if (name(consumer).equals(name)) {
                    return consumer;
                }
            }
        }
        return null;
    }

    private String name(LocalConsumer consumer) {
        return shard.number() + "-" + consumer.number;
    }

    private Map<String, Object> row(LocalConsumer consumer) {
        ConsumerSpec spec = consumer.spec;
        QueueConsumer queueConsumer = Invariant.present(consumer.state);
        Node node = Invariant.present(consumer.node);
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("name", name(consumer));
        row.put("link", consumer.label);
        row.put("container-id", consumer.session.containerId());
        row.put("address", consumer.destination.name());
        row.put("kind", node.subscription == null ? "queue" : "topic");
        SubscriptionId subscription = node.subscription == null ? null : node.subscription.id();
        if (subscription != null) {
            row.put("subscription", subscription.name());
        }
        row.put("browse", spec.browse());
        row.put("priority", spec.priority());
        row.put("credit", queueConsumer.remainingCredit());
        row.put("unsettled", queueConsumer.unsettledCount());
        row.put("delivered", queueConsumer.delivered());
        if (spec.selector() != null) {
            row.put("selector", spec.selector().text());
        }
        return row;
    }
}
