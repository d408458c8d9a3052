package org.waybill.systemtests.bank;

import com.atomikos.datasource.ResourceException;
import com.atomikos.datasource.xa.XATransactionalResource;
import com.atomikos.icatch.config.Configuration;
import com.atomikos.icatch.config.UserTransactionServiceImp;
import com.atomikos.icatch.jta.UserTransactionManager;
import jakarta.transaction.SystemException;
import jakarta.transaction.TransactionManager;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import javax.transaction.xa.XAResource;

/** Atomikos in this process: its log in files, its recovery every second. */
final class AtomikosCoordinator implements Coordinator {
    /** Longer than a transfer takes; what is prepared and not in the log is rolled back when it has been seen for so long. */
    private static final String LONGEST_MS = "3000";

    private static final String PREFIX = "com.atomikos.icatch.";

    private final UserTransactionManager transactions;

    private AtomikosCoordinator(UserTransactionManager transactions) {
        this.transactions = transactions;
    }

    /** Starts it. Once in a process, because Atomikos lives in static fields. */
    static AtomikosCoordinator start(Path log, List<Recoverable> sides) throws SystemException {
        Properties properties = new Properties();
        properties.setProperty(PREFIX + "log_base_dir", log.toString());
        properties.setProperty(PREFIX + "tm_unique_name", "bank");
        properties.setProperty(PREFIX + "default_jta_timeout", LONGEST_MS);
        properties.setProperty(PREFIX + "max_timeout", LONGEST_MS);
        properties.setProperty(PREFIX + "recovery_delay", "1000");
        properties.setProperty(PREFIX + "oltp_retry_interval", "1000");
        UserTransactionServiceImp service = new UserTransactionServiceImp(properties);
        for (int i = 0; i < sides.size(); i++) {
            service.registerResource(new Side("side-" + i, sides.get(i)));
        }
        service.init();
        UserTransactionManager transactions = new UserTransactionManager();
        transactions.setStartupTransactionService(false);
        transactions.init();
        return new AtomikosCoordinator(transactions);
    }

    @Override
    public TransactionManager transactions() {
        return transactions;
    }

    @Override
    public int unfinished() throws Exception {
        return Configuration.getRecoveryLog().getPendingTransactionRecords().size();
    }

    /** What Atomikos recovers, and to which of its resources a branch belongs. */
    private static final class Side extends XATransactionalResource {
        private final Recoverable side;

        Side(String name, Recoverable side) {
            super(name);
            this.side = side;
        }

        @Override
        protected XAResource refreshXAConnection() throws ResourceException {
            try {
                return side.resource();
            } catch (Exception e) {
                throw new ResourceException("no line for recovery", e);
            }
        }
    }
}
