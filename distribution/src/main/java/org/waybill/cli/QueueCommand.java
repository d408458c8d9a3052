package org.waybill.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.engine.ClientConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code waybill queue}: administers the queues of a running broker. */
@Command(name = "queue", description = "List, show, create, purge or delete queues.", mixinStandardHelpOptions = true)
final class QueueCommand implements Runnable {
    private static final List<String> COLUMNS =
            List.of("messages", "unsettled", "bytes", "consumers", "producers", "name");

    @Spec
    @SuppressWarnings("NullAway.Init") // filled in by picocli
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name one of list, show, create, purge, delete.");
    }

    @Command(name = "list", description = "List the queues with their counts.", mixinStandardHelpOptions = true)
    void list(@Mixin ConnectionOption connection) {
        Map<?, ?> table = request(connection, "QUERY", null);
        if (!(table.get("attributeNames") instanceof List<?> names)
                || !(table.get("results") instanceof List<?> rows)) {
            throw new CliFailure(ExitCode.FAILED, "The broker's answer is no list of queues.");
        }
        row(COLUMNS);
        for (Object row : rows) {
            if (row instanceof List<?> values) {
                row(COLUMNS.stream().map(column -> value(names, values, column)).toList());
            }
        }
    }

    @Command(name = "show", description = "Show what the broker tells about a queue.", mixinStandardHelpOptions = true)
    void show(@Parameters(paramLabel = "NAME") String name, @Mixin ConnectionOption connection) {
        Map<String, Object> sorted = new TreeMap<>();
        request(connection, "READ", name).forEach((key, value) -> sorted.put(String.valueOf(key), value));
        sorted.forEach((key, value) -> out().println(key + ": " + value));
    }

    @Command(name = "create", description = "Create a queue.", mixinStandardHelpOptions = true)
    void create(@Parameters(paramLabel = "NAME") String name, @Mixin ConnectionOption connection) {
        request(connection, "CREATE", name);
        out().println("created queue " + name);
    }

    @Command(
            name = "purge",
            description = "Remove all messages of a queue but those a consumer holds.",
            mixinStandardHelpOptions = true)
    void purge(@Parameters(paramLabel = "NAME") String name, @Mixin ConnectionOption connection) {
        Object purged = request(connection, "PURGE", name).get("purged");
        out().println("purged " + purged + " messages of queue " + name);
    }

    @Command(name = "delete", description = "Delete a queue with its messages.", mixinStandardHelpOptions = true)
    void delete(@Parameters(paramLabel = "NAME") String name, @Mixin ConnectionOption connection) {
        request(connection, "DELETE", name);
        out().println("deleted queue " + name);
    }

    private static Map<?, ?> request(ConnectionOption connection, String operation, @Nullable String name) {
        try (ClientConnection open = connection.connect()) {
            return new Management(open).request(operation, name);
        }
    }

    private static String value(List<?> names, List<?> values, String column) {
        int at = names.indexOf(column);
        return at < 0 || at >= values.size() ? "" : String.valueOf(values.get(at));
    }

    private void row(List<String> cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size() - 1; i++) {
            line.append(String.format("%12s  ", cells.get(i)));
        }
        out().println(line.append(cells.get(cells.size() - 1)));
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
