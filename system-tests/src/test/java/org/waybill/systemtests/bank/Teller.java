package org.waybill.systemtests.bank;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import javax.transaction.xa.XAResource;

/**
 * The application: desks that make transfers, the transaction manager with its recovery, and with H2 the database. It says {@code moved} for
 * each transfer it has committed. Lines on its standard input arm a {@link Fuse}, or bid it {@code finish}: end when no order is left and
 * recovery has nothing to do on either side, saying {@code finished}.
 */
final class Teller {
    private static final int ALL = XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN;
    private static final int DESKS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(500);

    private final Coordinator coordinator;
    private final Office office;
    private final List<Desk> desks = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    private Teller(Coordinator coordinator, Office office) {
        this.coordinator = coordinator;
        this.office = office;
    }

    /** What it is told at its start: {@link #arguments} in the order of its parameters. */
    public static void main(String[] arguments) throws Exception {
        Office office = new Office(new Accounts(arguments[1]), arguments[2], new Fuse());
        Coordinator coordinator = Coordinator.Make.valueOf(arguments[3]).start(Path.of(arguments[0]), office.sides());
        Teller teller = new Teller(coordinator, office);
        teller.awaitDatabase();
        teller.open();
        say("open");
        teller.obey();
        System.exit(0);
    }

    /**
     * @param log where the transaction manager keeps its log
     * @param accounts the URL of the database
     * @param broker the URI of the broker
     * @param coordinator the transaction manager
     */
    static List<String> arguments(Path log, String accounts, String broker, Coordinator.Make coordinator) {
        return List.of(log.toString(), accounts, broker, coordinator.name());
    }

    /**
     * Opens no desk before recovery has ended what the last life left prepared in the database. With desks at work beside such branches, the
     * balances of a transfer that was made again got lost in Derby (and doubled in H2), while its line of the ledger was right.
     */
    private void awaitDatabase() throws Exception {
        Recoverable database = office.recoverableAccounts();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (database.resource().recover(ALL).length > 0 && System.nanoTime() < deadline) {
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    private void open() {
        for (int i = 1; i <= DESKS; i++) {
            Desk desk = new Desk(coordinator.transactions(), office);
            desks.add(desk);
            Thread thread = new Thread(desk, "desk-" + i);
            threads.add(thread);
            thread.start();
        }
    }

    private void obey() throws Exception {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            if (line.equals("finish")) {
                finish();
                return;
            }
            office.fuse().arm(line);
        }
    }

    private void finish() throws Exception {
        List<Recoverable> sides = office.sides();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        String left = left(sides);
        while (!left.isEmpty()) {
            if (System.nanoTime() > deadline) {
                say("not finished: " + left);
                return;
            }
            LockSupport.parkNanos(POLL.toNanos());
            left = left(sides);
        }
        desks.forEach(Desk::close);
        for (Thread thread : threads) {
            thread.join();
        }
        say("finished");
    }

    /** What there is still to do, or nothing. */
    private String left(List<Recoverable> sides) {
        try {
            int unfinished = coordinator.unfinished();
            if (unfinished > 0) {
                return unfinished + " transactions in the log";
            }
            for (Recoverable side : sides) {
                int branches = side.resource().recover(ALL).length;
                if (branches > 0) {
                    return branches + " branches";
                }
            }
        } catch (Exception e) {
            return e.toString();
        }
        // what a rollback gave back is there for a look that begins now
        List<Integer> looks = desks.stream().map(Desk::looks).toList();
        LockSupport.parkNanos(POLL.toNanos());
        for (int i = 0; i < looks.size(); i++) {
            if (desks.get(i).looks() < looks.get(i) + 2 || !desks.get(i).isIdle()) {
                return "orders";
            }
        }
        return "";
    }

    /** A line on standard output. */
    static void say(String line) {
        System.out.println(line);
    }

    /** A failure that the application lives with; the last words of one that does not are seen so too. */
    static void tell(Exception failure) {
        failure.printStackTrace();
    }
}
