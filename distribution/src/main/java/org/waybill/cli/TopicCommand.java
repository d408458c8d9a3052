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

/** {@code waybill topic}: administers the topics of a running broker. */
@Command(name = "topic", description = "List, show, create or delete topics.", mixinStandardHelpOptions = true)
final class TopicCommand implements Runnable {
    private static final List<String> COLUMNS = List.of("subscriptions", "producers", "durable", "name");

    @Spec
    @SuppressWarnings("NullAway.Init") // filled in by picocli
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name one of list, show, create, delete.");
    }

    @Command(
            name = "list",
            description = "List the topics that are in use or were created.",
            mixinStandardHelpOptions = true)
    void list(@Mixin ConnectionOption connection) {
        try (ClientConnection open = connection.connect()) {
            out().table(new Management(open).query(Management.TOPIC, Map.of(), Integer.MAX_VALUE), COLUMNS);
        }
    }

    @Command(name = "show", description = "Show what the broker tells about a topic.", mixinStandardHelpOptions = true)
    void show(@Parameters(paramLabel = "NAME") String name, @Mixin ConnectionOption connection) {
        out().attributes(Management.once(connection, Management.TOPIC, "READ", Map.of("name", name)));
    }

    @Command(
            name = "create",
            description = "Create a topic that stays until it is deleted.",
            mixinStandardHelpOptions = true)
    void create(@Parameters(paramLabel = "NAME") String name, @Mixin ConnectionOption connection) {
        Management.once(connection, Management.TOPIC, "CREATE", Map.of("name", name));
        out().line("created topic " + name);
    }

    @Command(
            name = "delete",
            description = "Delete a topic with the subscriptions to its name.",
            mixinStandardHelpOptions = true)
    void delete(@Parameters(paramLabel = "NAME") String name, @Mixin ConnectionOption connection) {
        Management.once(connection, Management.TOPIC, "DELETE", Map.of("name", name));
        out().line("deleted topic " + name);
    }

    private Output out() {
        return new Output(spec.commandLine().getOut());
    }
}
