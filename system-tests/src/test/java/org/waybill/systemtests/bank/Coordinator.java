package org.waybill.systemtests.bank;

import jakarta.transaction.TransactionManager;
import java.nio.file.Path;
import java.util.List;

/** A transaction manager of some make, with its log in a directory and its recovery running in threads of its own. */
interface Coordinator {
    /** The makes. */
    enum Make {
        /** Narayana, of JBoss. */
        NARAYANA,
        /** Atomikos TransactionsEssentials. */
        ATOMIKOS;

        /** Starts it with its log in this directory; it recovers these sides. */
        Coordinator start(Path log, List<Recoverable> sides) throws Exception {
            return this == NARAYANA ? NarayanaCoordinator.start(log, sides) : AtomikosCoordinator.start(log, sides);
        }
    }

    /** What transactions are made with; any thread, a transaction belongs to the thread that began it. */
    TransactionManager transactions();

    /** The transactions in its log that are not at their end. */
    int unfinished() throws Exception;
}
