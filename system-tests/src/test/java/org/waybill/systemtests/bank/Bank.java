package org.waybill.systemtests.bank;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.waybill.systemtests.Distribution;
import org.waybill.systemtests.JavaProcess;

/** Runs the application and the broker, kills them, and lets them finish. JUnit's thread. */
final class Bank implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int MOVES_UNTIL_A_FAULT = 15;

    private final List<String> arguments;
    private final Random random;
    private final List<String> heuristics = new ArrayList<>();
    private @Nullable JavaProcess teller;

    Bank(Accounts accounts, Accounts messages, boolean recovering, Random random) {
        Path log = Distribution.newDirectory("transaction-log");
        this.arguments = Teller.arguments(log, recovering, accounts.url(), messages.url());
        this.random = random;
    }

    /** One death, and whoever died comes back. */
    void round() {
        JavaProcess open = openTeller();
        Fault f0 = Fault.drawn(random, MOVES_UNTIL_A_FAULT); Fault fault = new Fault(Fault.Victim.APPLICATION, f0.verb(), f0.after(), f0.side(), f0.count());
        open.say(fault.line(0));
        System.out.println("bank: " + fault);
        if (!open.endsWithin(PATIENCE)) {
            throw new AssertionError("The application did not come to " + fault + ":\n" + open.output());
        }
        leave(open);
    }

    /** Lets the application go on until all is done, recovery included. */
    void finish() {
        JavaProcess open = openTeller();
        open.say("finish");
        if (!open.endsWithin(PATIENCE) || !open.stdoutLines().contains("finished")) {
            throw new AssertionError("The application did not finish:\n" + open.output());
        }
        leave(open);
    }

    /** The decisions that one side took alone, as far as the application was told. */
    List<String> heuristics() {
        return heuristics;
    }

    private JavaProcess openTeller() {
        JavaProcess running = teller;
        if (running != null) {
            return running;
        }
        JavaProcess fresh = JavaProcess.start(Teller.class, arguments);
        teller = fresh;
        await("the application")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> fresh.stdoutLines().contains("open") || !fresh.isAlive());
        return fresh;
    }

    private void leave(JavaProcess ended) {
        ended.stdoutLines().stream().filter(line -> line.startsWith("heuristic")).forEach(heuristics::add);
        teller = null;
    }

    @Override
    public void close() {
        if (teller != null) {
            teller.close();
        }
    }
}
