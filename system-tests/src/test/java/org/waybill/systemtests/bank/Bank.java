package org.waybill.systemtests.bank;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;
import org.waybill.systemtests.BrokerProcess;
import org.waybill.systemtests.Distribution;
import org.waybill.systemtests.JavaProcess;

/** Runs the application and the broker, kills them, brings them back, and lets them finish. JUnit's thread. */
final class Bank implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int STEPS_UNTIL_A_FAULT = 15;
    private static final int MOVES_UNTIL_A_KILL = 30;

    private final List<String> arguments;
    private final Random random;
    private final List<String> heuristics = new ArrayList<>();
    private BrokerProcess broker;
    private @Nullable JavaProcess teller;

    /** Takes over the broker, which must run. */
    Bank(BrokerProcess broker, Accounts accounts, String brokerUri, Coordinator.Make coordinator, Random random) {
        Path log = Distribution.newDirectory("transaction-log");
        this.arguments = Teller.arguments(log, accounts.url(), brokerUri, coordinator);
        this.broker = broker;
        this.random = random;
    }

    /** One death or two at once; whoever died comes back, and the others have to live with it. */
    void round() {
        JavaProcess open = openTeller();
        if (random.nextInt(3) == 0) {
            killAtAnyTime(open);
        } else {
            dieAtAStep(open);
        }
        if (!open.isAlive()) {
            leave(open);
        }
        if (!broker.isAlive()) {
            // for a while the application finds nobody there
            broker.endsWithin(Duration.ofMillis(random.nextInt(300)));
            broker = BrokerProcess.start(broker.options());
        }
    }

    private void dieAtAStep(JavaProcess open) {
        Fault fault = Fault.drawn(random, STEPS_UNTIL_A_FAULT);
        System.out.println("bank: " + fault);
        open.say(fault.line(broker.pid()));
        until(fault.toString(), open, () -> hasHit(fault, open));
    }

    private boolean hasHit(Fault fault, JavaProcess open) {
        return (!fault.victim().includesApplication() || !open.isAlive())
                && (!fault.victim().includesBroker() || !broker.isAlive());
    }

    private void killAtAnyTime(JavaProcess open) {
        Fault.Victim victim = Fault.Victim.drawn(random);
        int moves = open.stdoutLines().size() + random.nextInt(MOVES_UNTIL_A_KILL);
        until("some transfers", open, () -> open.stdoutLines().size() >= moves);
        System.out.println("bank: " + victim + " at any time");
        if (victim.includesBroker()) {
            broker.kill();
        }
        if (victim.includesApplication()) {
            open.kill();
        }
    }

    private static void until(String what, JavaProcess open, Callable<Boolean> condition) {
        try {
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(2)).until(condition);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("The application did not come to " + what + ":\n" + open.output(), e);
        }
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
        until("its opening", fresh, () -> fresh.stdoutLines().contains("open") || !fresh.isAlive());
        return fresh;
    }

    private void leave(JavaProcess ended) {
        ended.stdoutLines().stream()
                .filter(line -> line.startsWith("heuristic"))
                .forEach(heuristics::add);
        teller = null;
    }

    @Override
    public void close() {
        if (teller != null) {
            teller.close();
        }
        broker.close();
    }
}
