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
    private static final int DESKS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofSeconds(1);

    private final Coordinator coordinator;
    private final Office office;
    private final Fuse fuse;
    private final List<Desk> desks = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    private Teller(Coordinator coordinator, Office office, Fuse fuse) {
        this.fuse = fuse;
        this.coordinator = coordinator;
        this.office = office;
    }

    /** What it is told at its start: {@link #arguments} in the order of its parameters. */
    public static void main(String[] arguments) throws Exception {
        Path log = Path.of(arguments[0]);
        boolean recovering = Boolean.parseBoolean(arguments[1]);
        Office office = new Office(new Accounts(arguments[2]), new Accounts(arguments[3]));
        Fuse fuse = new Fuse();
        Teller teller = new Teller(NarayanaCoordinator.start(log, recovering, office.sides(fuse)), office, fuse);
        teller.open();
        say("open");
        teller.obey();
        System.exit(0);
    }

    /**
     * @param log where the transaction manager keeps its log
     * @param recovering whether it recovers at all
     * @param accounts the URL of the database
     * @param messages the URL of the broker
     */
    static List<String> arguments(Path log, boolean recovering, String accounts, String messages) {
        return List.of(log.toString(), String.valueOf(recovering), accounts, messages);
    }

    private void open() {
        for (int i = 1; i <= DESKS; i++) {
            Desk desk = new Desk(coordinator.transactions(), office, fuse);
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
            fuse.arm(line);
        }
    }

    private void finish() throws Exception {
        List<Recoverable> sides = office.sides(fuse);
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
                int branches = side.resource().recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN).length;
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
