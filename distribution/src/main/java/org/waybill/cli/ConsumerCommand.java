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

/** {@code waybill consumer}: shows and closes the consumers of a running broker. */
@Command(name = "consumer", description = "List, show or close consumers.", mixinStandardHelpOptions = true)
final class ConsumerCommand implements Runnable {
    private static final List<String> COLUMNS =
            List.of("name", "credit", "unsettled", "delivered", "container-id", "link", "address");

    @Spec
    @SuppressWarnings("NullAway.Init") // filled in by picocli
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name one of list, show, close.");
    }

    @Command(name = "list", description = "List the consumers.", mixinStandardHelpOptions = true)
    void list(@Mixin ConnectionOption connection) {
        try (ClientConnection open = connection.connect()) {
            out().table(new Management(open).query(Management.CONSUMER, Map.of(), Integer.MAX_VALUE), COLUMNS);
        }
    }

    @Command(
            name = "show",
            description = "Show what the broker tells about a consumer.",
            mixinStandardHelpOptions = true)
    void show(@Parameters(paramLabel = "NAME") String name, @Mixin ConnectionOption connection) {
        out().attributes(Management.once(connection, Management.CONSUMER, "READ", Map.of("name", name)));
    }

    @Command(
            name = "close",
            description = "Close a consumer; what it holds goes back.",
            mixinStandardHelpOptions = true)
    void close(@Parameters(paramLabel = "NAME") String name, @Mixin ConnectionOption connection) {
        Management.once(connection, Management.CONSUMER, "DELETE", Map.of("name", name));
        out().line("closed consumer " + name);
    }

    private Output out() {
        return new Output(spec.commandLine().getOut());
    }
}
