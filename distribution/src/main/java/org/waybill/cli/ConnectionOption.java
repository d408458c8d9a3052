package org.waybill.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.waybill.config.AmqpSettings;
import org.waybill.jms.engine.ClientConnection;
import org.waybill.jms.engine.ClientOptions;
import picocli.CommandLine.Option;

/** The options of the commands that are AMQP clients. */
final class ConnectionOption {
    private static final String MANAGEMENT = "waybill:management";

    @Option(names = "--host", paramLabel = "HOST", description = "The broker's host; default: ${DEFAULT-VALUE}.")
    private String host = AmqpSettings.defaults().host();

    @Option(names = "--port", paramLabel = "N", description = "The broker's AMQP port; default: ${DEFAULT-VALUE}.")
    private int port = AmqpSettings.defaults().port();

    @Option(names = "--user", paramLabel = "NAME", description = "Log in as this user; default: anonymous.")
    private @Nullable String user;

    @Option(
            names = "--password",
            paramLabel = "TEXT",
            description = "The user's password; default: the environment variable WAYBILL_PASSWORD.")
    private @Nullable String password;

    @Option(
            names = "--tls-trust",
            paramLabel = "FILE",
            description = "Connect with TLS and trust the certificates in this PEM file.")
    private @Nullable Path trusted;

    @Option(
            names = "--answer-timeout-ms",
            paramLabel = "N",
            description = "How long to wait for each of the broker's answers; default: ${DEFAULT-VALUE}.")
    private int answerTimeoutMs = 30_000;

    ClientConnection connect() {
        return ClientConnection.open(options());
    }

    /** For the management node alone, which also a node answers that reaches no other of its cluster. */
    ClientConnection connectToManage() {
        return ClientConnection.open(options().withDesiredCapabilities(List.of(MANAGEMENT)));
    }

    private ClientOptions options() {
        if (trusted != null && !Files.isReadable(trusted)) {
            throw new CliFailure(ExitCode.USAGE, "The certificates in " + trusted + " cannot be read.");
        }
        ClientOptions options = ClientOptions.to(host, port).withTimeoutMs(answerTimeoutMs);
        if (user != null) {
            String secret = password != null ? password : System.getenv("WAYBILL_PASSWORD");
            if (secret == null) {
                throw new CliFailure(
                        ExitCode.USAGE,
                        "User " + user + " needs --password or the environment variable WAYBILL_PASSWORD.");
            }
            options = options.withUser(user, secret);
        }
        return trusted == null ? options : options.withTls(trusted);
    }
}
