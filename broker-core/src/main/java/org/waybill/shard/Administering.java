package org.waybill.shard;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.Operation;
import org.waybill.spi.Operation.Target;
import org.waybill.spi.Xid;

/** Which shards a session asks when an administrator wants something, and what their answers make together. On the session's loop. */
final class Administering {
    private Administering() {}

    static void manage(
            LocalSession session,
            Shards shards,
            Operation operation,
            Consumer<Reply<List<Map<String, Object>>>> reply) {
        if (operation instanceof Operation.Query query) {
            Gathering gathering = new Gathering(query, shards.count(), reply);
            for (int i = 0; i < shards.count(); i++) {
                session.lane(i).add(Batch.Kind.MANAGE, session, 0, 0, operation, gathering);
            }
        } else {
            Target target = Operation.targetOf(operation);
            int shard = target == null ? 0 : shardOf(target, shards);
            session.lane(shard).add(Batch.Kind.MANAGE, session, 0, 0, operation, reply);
        }
    }

    private static int shardOf(Target target, Shards shards) {
        return switch (target.type()) {
            case QUEUE -> shards.shardOf(target.name());
            case CONSUMER -> Math.min(ConsumerAdministration.shardOf(target.name()), shards.count() - 1);
            case BRANCH -> Placement.shardOf(Xid.parse(target.name()), shards.count());
            default -> LocalSession.TOPICS_SHARD;
        };
    }

    /** The parts of a list that the shards give, put together. */
    private static final class Gathering implements Consumer<Reply<List<Map<String, Object>>>> {
        private final Operation.Query query;
        private final Consumer<Reply<List<Map<String, Object>>>> reply;
        private final List<Map<String, Object>> rows = new ArrayList<>();
        private int missing;

        Gathering(Operation.Query query, int parts, Consumer<Reply<List<Map<String, Object>>>> reply) {
            this.query = query;
            this.missing = parts;
            this.reply = reply;
        }

        @Override
        public void accept(Reply<List<Map<String, Object>>> part) {
            if (part instanceof Reply.Done<List<Map<String, Object>>> done) {
                rows.addAll(done.value());
            }
            if (--missing == 0) {
                rows.sort(Comparator.comparing(row -> String.valueOf(row.getOrDefault("name", ""))));
                int from = Math.min(query.offset(), rows.size());
                int to = Math.min(from + query.count(), rows.size());
                reply.accept(new Reply.Done<>(List.copyOf(rows.subList(from, to))));
            }
        }
    }
}
