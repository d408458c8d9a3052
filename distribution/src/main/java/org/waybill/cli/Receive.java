package org.waybill.cli;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.waybill.jms.engine.AmqpConnection;
import org.waybill.jms.engine.AmqpDelivery;
import org.waybill.jms.engine.AmqpReceiver;
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
        try (AmqpConnection open = connection.connect()) {
            AmqpReceiver receiver = open.session().receiver(source(), new Target());
            PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
            long granted = 0;
            while (count == 0 || received < count) {
                if (granted - received <= MAX_CREDIT / 2) {
                    int more = (int)
                            Math.min(MAX_CREDIT - (granted - received), count == 0 ? MAX_CREDIT : count - granted);
                    granted += more;
                    if (more > 0) {
                        receiver.grantCredit(more);
                    }
                }
                AmqpDelivery delivery = receiver.receive(timeoutMs);
                if (delivery == null) {
                    break;
                }
                out.println(Messages.body(delivery.message()));
                receiver.accept(delivery);
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

    private Source source() {
        Source source = new Source();
        source.setAddress(address);
        if (browse) {
            source.setDistributionMode(Symbol.valueOf("copy"));
        }
        return source;
    }
}
