package org.waybill.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.engine.ClientConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code waybill message}: shows, moves and deletes messages in the queues and subscriptions of a running broker. */
@Command(name = "message", description = "List, show, move or delete messages.", mixinStandardHelpOptions = true)
final class MessageCommand implements Runnable {
    private static final List<String> COLUMNS =
            List.of("id", "state", "size", "priority", "delivery-count", "due-time", "message-id");

    private static final int LISTED = 100;

    /** Says where messages are, and which of them are meant. */
    static final class Selection {
        @Parameters(paramLabel = "QUEUE", description = "The queue, or with --subscription the subscription.")
        @SuppressWarnings("NullAway.Init") // filled in by picocli
        private String name;

        @Option(names = "--subscription", description = "The name is a subscription's.")
        private boolean isSubscription;

        @Option(names = "--client-id", paramLabel = "ID", description = "The client the subscription belongs to.")
        private @Nullable String clientId;

        @Option(names = "--id", paramLabel = "N", description = "Only the message of this number, as list shows it.")
        private @Nullable Long id;

        @Option(names = "--selector", paramLabel = "TEXT", description = "Only messages that this selector matches.")
        private @Nullable String selector;

        @Option(
                names = "--state",
                paramLabel = "STATE",
                description = "Only messages that are available, acquired, scheduled or undecided.")
        private @Nullable String state;

        @Option(names = "--count", paramLabel = "N", description = "At most so many; default: 100.")
        private @Nullable Integer count;

        Map<String, Object> arguments() {
            Map<String, Object> arguments = new LinkedHashMap<>();
            arguments.put(isSubscription ? "subscription" : "queue", name);
            put(arguments, "client-id", clientId);
            put(arguments, "id", id);
            put(arguments, "selector", selector);
            put(arguments, "state", state);
            return arguments;
        }

        /** With the count if the user gave one: without, and without anything else that chooses, the broker refuses. */
        Map<String, Object> argumentsAndCount() {
            Map<String, Object> arguments = arguments();
            put(arguments, "count", count);
            return arguments;
        }

        int countOrDefault() {
            return count == null ? LISTED : count;
        }

        private static void put(Map<String, Object> arguments, String name, @Nullable Object value) {
            if (value != null) {
                arguments.put(name, value);
            }
        }
    }

    @Spec
    @SuppressWarnings("NullAway.Init") // filled in by picocli
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name one of list, show, move, delete.");
    }

    @Command(name = "list", description = "List messages in their order.", mixinStandardHelpOptions = true)
    void list(@Mixin Selection which, @Mixin ConnectionOption connection) {
        try (ClientConnection open = connection.connect()) {
            out().table(
                            new Management(open).query(Management.MESSAGE, which.arguments(), which.countOrDefault()),
                            COLUMNS);
        }
    }

    @Command(name = "show", description = "Show the message that --id names.", mixinStandardHelpOptions = true)
    void show(@Mixin Selection which, @Mixin ConnectionOption connection) {
        out().attributes(Management.once(connection, Management.MESSAGE, "READ", which.arguments()));
    }

    @Command(
            name = "move",
            description = "Move messages that no consumer holds to another queue.",
            mixinStandardHelpOptions = true)
    void move(
            @Mixin Selection which,
            @Option(names = "--to", paramLabel = "QUEUE", required = true, description = "Where they go.") String to,
            @Mixin ConnectionOption connection) {
        Map<String, Object> arguments = which.argumentsAndCount();
        arguments.put("to", to);
        Map<?, ?> answer = Management.once(connection, Management.MESSAGE, "MOVE", arguments);
        out().line("moved " + answer.get("moved") + " messages to queue " + to);
        if (answer.get("failed") != null) {
            throw new CliFailure(ExitCode.REFUSED, answer.get("failed") + " messages stay: " + answer.get("reason"));
        }
    }

    @Command(
            name = "delete",
            description = "Delete messages that no consumer holds, scheduled ones too.",
            mixinStandardHelpOptions = true)
    void delete(@Mixin Selection which, @Mixin ConnectionOption connection) {
        Map<?, ?> answer = Management.once(connection, Management.MESSAGE, "DELETE", which.argumentsAndCount());
        out().line("deleted " + answer.get("deleted") + " messages");
    }

    private Output out() {
        return new Output(spec.commandLine().getOut());
    }
}
