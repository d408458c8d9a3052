package org.waybill.cli;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.waybill.jms.engine.ClientConnection;
import org.waybill.jms.engine.ClientDelivery;
import org.waybill.jms.engine.ClientReceiver;
import org.waybill.jms.engine.ReceiverOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill receive}: prints bodies, one a line, and accepts each message after it was printed. */
@Command(
        name = "receive",
        description = "Receive messages and print their bodies, one a line; exit code 6 if fewer came than asked for.",
        mixinStandardHelpOptions = true)
final class Receive implements Runnable {
    private static final int MAX_CREDIT = 100;

    @Mixin
    private final ConnectionOption connection = new ConnectionOption();

    @Parameters(index = "0", paramLabel = "ADDRESS", description = "Where from.")
    private String address = "";

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "End after this many messages; 0 goes on until none comes; default: ${DEFAULT-VALUE}.")
    private long count = 1;

    @Option(
            names = "--timeout-ms",
            paramLabel = "N",
            description = "How long to wait for each message; default: ${DEFAULT-VALUE}.")
    private long timeoutMs = 10_000;

    @Option(names = "--browse", description = "Leave the messages where they are.")
    private boolean browse;

    @Override
    public void run() {
        long received = 0;
        int window = (int) (count == 0 ? MAX_CREDIT : Math.min(MAX_CREDIT, count));
        ReceiverOptions options = ReceiverOptions.from(address).withCreditWindow(window);
        try (ClientConnection open = connection.connect()) {
            ClientReceiver receiver = open.session().receiver(browse ? options.withBrowsing() : options);
            PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
            while (count == 0 || received < count) {
                ClientDelivery delivery = receiver.receive(timeoutMs);
                if (delivery == null) {
                    break;
                }
                out.println(Messages.body(delivery.message()));
                delivery.accept();
                received++;
            }
            receiver.close();
        }
        if (received < count) {
            throw new CliFailure(
                    ExitCode.TIMEOUT,
                    "Received " + received + " of " + count + " messages from " + address
                            + ", no further one came within " + timeoutMs + " ms.");
        }
    }
}
