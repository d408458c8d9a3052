package org.waybill.cli;

import java.util.List;
import java.util.Map;
import org.waybill.jms.engine.ClientConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code waybill queue}: administers the queues of a running broker. */
@Command(
        name = "queue",
        description = "List, show, create, purge, move or delete queues.",
        mixinStandardHelpOptions = true)
final class QueueCommand implements Runnable {
    private static final List<String> COLUMNS =
            List.of("messages", "unsettled", "bytes", "consumers", "producers", "name");

    @Spec
    @SuppressWarnings("NullAway.Init") // filled in by picocli
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name one of list, show, create, purge, move-shard, delete.");
    }

    @Command(name = "list", description = "List the queues with their counts.", mixinStandardHelpOptions = true)
    void list(@Mixin ConnectionOption connection) {
        try (ClientConnection open = connection.connect()) {
            out().table(new Management(open).query(Management.QUEUE, Map.of(), Integer.MAX_VALUE), COLUMNS);
        }
    }

    @Command(name = "show", description = "Show what the broker tells about a queue.", mixinStandardHelpOptions = true)
    void show(@Parameters(paramLabel = "NAME") String name, @Mixin ConnectionOption connection) {
        out().attributes(Management.once(connection, Management.QUEUE, "READ", Map.of("name", name)));
    }

    @Command(name = "create", description = "Create a queue.", mixinStandardHelpOptions = true)
    void create(@Parameters(paramLabel = "NAME") String name, @Mixin ConnectionOption connection) {
        Management.once(connection, Management.QUEUE, "CREATE", Map.of("name", name));
        out().line("created queue " + name);
    }

    @Command(
            name = "purge",
            description = "Remove all messages of a queue but those a consumer holds.",
            mixinStandardHelpOptions = true)
    void purge(@Parameters(paramLabel = "NAME") String name, @Mixin ConnectionOption connection) {
        Object purged = Management.once(connection, Management.QUEUE, "PURGE", Map.of("name", name))
                .get("purged");
        out().line("purged " + purged + " messages of queue " + name);
    }

    @Command(
            name = "move-shard",
            description = "Move a queue with its messages to another shard; whoever uses it is disconnected.",
            mixinStandardHelpOptions = true)
    void moveShard(
            @Parameters(paramLabel = "NAME") String name,
            @Parameters(paramLabel = "SHARD") int shard,
            @Mixin ConnectionOption connection) {
        Object messages = Management.once(connection, Management.QUEUE, "MOVE", Map.of("name", name, "shard", shard))
                .get("messages");
        out().line("queue " + name + " moves to shard " + shard + " with " + messages + " messages");
    }

    @Command(name = "delete", description = "Delete a queue with its messages.", mixinStandardHelpOptions = true)
    void delete(@Parameters(paramLabel = "NAME") String name, @Mixin ConnectionOption connection) {
        Management.once(connection, Management.QUEUE, "DELETE", Map.of("name", name));
        out().line("deleted queue " + name);
    }

    private Output out() {
        return new Output(spec.commandLine().getOut());
    }
}
