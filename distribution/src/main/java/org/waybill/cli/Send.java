package org.waybill.cli;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.engine.ClientConnection;
import org.waybill.jms.engine.ClientException;
import org.waybill.jms.engine.ClientSender;
import org.waybill.jms.engine.MessageCodec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code waybill send}: text messages, durable unless told otherwise; done when the broker has them all. */
@Command(name = "send", description = "Send text messages to an address.", mixinStandardHelpOptions = true)
final class Send implements Runnable {
    private static final int MAX_ON_THE_WAY = 1_000;

    @Mixin
    private final ConnectionOption connection = new ConnectionOption();

    @Parameters(index = "0", paramLabel = "ADDRESS", description = "Where to.")
    private String address = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "BODY",
            description = "The message; without it each line of standard input is a message.")
    private @Nullable String body;

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "Send each message this often; default: ${DEFAULT-VALUE}.")
    private int count = 1;

    @Option(names = "--non-durable", description = "Let the messages be lost when the broker stops.")
    private boolean nonDurable;

    @Option(
            names = "--property",
            paramLabel = "KEY=VALUE",
            description = "An application property, a text; may be repeated.")
    private final Map<String, String> properties = new LinkedHashMap<>();

    @Spec
    @SuppressWarnings("NullAway.Init") // filled in by picocli
    private CommandSpec spec;

    @Override
    public void run() {
        long sent = 0;
        Deque<CompletableFuture<@Nullable Void>> onTheWay = new ArrayDeque<>();
        try (ClientConnection open = connection.connect()) {
            ClientSender sender = open.session().sender(address);
            for (String text : (Iterable<String>) bodies()::iterator) {
                byte[] message = MessageCodec.encode(Messages.text(text, !nonDurable, properties));
                for (int i = 0; i < count; i++) {
                    if (onTheWay.size() == MAX_ON_THE_WAY) {
                        check(sent++, onTheWay.remove());
                    }
                    onTheWay.add(sender.sendAsync(message));
                }
            }
            sender.awaitSettled(open.options().timeoutMs());
            while (!onTheWay.isEmpty()) {
                check(sent++, onTheWay.remove());
            }
        }
        spec.commandLine().getOut().println("sent " + sent + (sent == 1 ? " message" : " messages") + " to " + address);
    }

    private Stream<String> bodies() {
        return body != null ? Stream.of(body) : lines();
    }

    private static Stream<String> lines() {
        return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).lines();
    }

    private static void check(long sentBefore, CompletableFuture<@Nullable Void> outcome) {
        try {
            outcome.join();
        } catch (CompletionException refused) {
            if (refused.getCause() instanceof ClientException reason) {
                throw new CliFailure(
                        ExitCode.REFUSED, "Message " + (sentBefore + 1) + " was not accepted: " + reason.getMessage());
            }
            throw refused;
        }
    }
}
