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

/** {@code waybill subscription}: administers the subscriptions of a running broker. */
@Command(
        name = "subscription",
        description = "List, show, purge or delete subscriptions.",
        mixinStandardHelpOptions = true)
final class SubscriptionCommand implements Runnable {
    private static final List<String> COLUMNS =
            List.of("messages", "unsettled", "consumers", "durable", "shared", "client-id", "address", "name");

    /** Names a subscription. */
    static final class Subscription {
        @Parameters(paramLabel = "NAME", description = "The subscription's name.")
        @SuppressWarnings("NullAway.Init") // filled in by picocli
        private String name;

        @Option(
                names = "--client-id",
                paramLabel = "ID",
                description = "The client it belongs to; default: it is one that all clients share.")
        private @Nullable String clientId;

        Map<String, Object> arguments() {
            Map<String, Object> arguments = new LinkedHashMap<>();
            arguments.put("name", name);
            if (clientId != null) {
                arguments.put("client-id", clientId);
            }
            return arguments;
        }
    }

    @Spec
    @SuppressWarnings("NullAway.Init") // filled in by picocli
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name one of list, show, purge, delete.");
    }

    @Command(name = "list", description = "List the subscriptions with their counts.", mixinStandardHelpOptions = true)
    void list(@Mixin ConnectionOption connection) {
        try (ClientConnection open = connection.connect()) {
            out().table(new Management(open).query(Management.SUBSCRIPTION, Map.of(), Integer.MAX_VALUE), COLUMNS);
        }
    }

    @Command(
            name = "show",
            description = "Show what the broker tells about a subscription.",
            mixinStandardHelpOptions = true)
    void show(@Mixin Subscription subscription, @Mixin ConnectionOption connection) {
        out().attributes(Management.once(connection, Management.SUBSCRIPTION, "READ", subscription.arguments()));
    }

    @Command(
            name = "purge",
            description = "Remove all messages of a subscription but those a consumer holds.",
            mixinStandardHelpOptions = true)
    void purge(@Mixin Subscription subscription, @Mixin ConnectionOption connection) {
        Map<?, ?> answer = Management.once(connection, Management.SUBSCRIPTION, "PURGE", subscription.arguments());
        out().line("purged " + answer.get("purged") + " messages of subscription " + subscription.name);
    }

    @Command(
            name = "delete",
            description = "Delete a durable subscription that nobody uses, with its messages.",
            mixinStandardHelpOptions = true)
    void delete(@Mixin Subscription subscription, @Mixin ConnectionOption connection) {
        Management.once(connection, Management.SUBSCRIPTION, "DELETE", subscription.arguments());
        out().line("deleted subscription " + subscription.name);
    }

    private Output out() {
        return new Output(spec.commandLine().getOut());
    }
}
