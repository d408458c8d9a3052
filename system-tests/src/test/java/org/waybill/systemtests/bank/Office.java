package org.waybill.systemtests.bank;

import java.sql.SQLException;
import java.util.List;
import javax.sql.XAConnection;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;

/** Both sides of the transfers: lines to them for a desk's work, and for recovery. */
final class Office {
    private final Accounts accounts;
    private final Accounts messages;

    Office(Accounts accounts, Accounts messages) {
        this.accounts = accounts;
        this.messages = messages;
    }

    Accounts accounts() {
        return accounts;
    }

    /** A line to the queues. The caller closes it. */
    Post openPost() throws Exception {
        return new TablePost(messages.connect());
    }

    /** Both sides as recovery sees them; each call makes lines of its own. */
    List<Recoverable> sides(Fuse fuse) {
        return List.of(
                new RecoverableAccounts(messages, Fault.Side.MESSAGES, fuse),
                new RecoverableAccounts(accounts, Fault.Side.DATABASE, fuse));
    }

    private static final class RecoverableAccounts implements Recoverable {
        private final Accounts accounts;
        private final Fault.Side side;
        private final Fuse fuse;
        private @Nullable XAConnection line;

        RecoverableAccounts(Accounts accounts, Fault.Side side, Fuse fuse) {
            this.accounts = accounts;
            this.side = side;
            this.fuse = fuse;
        }

        @Override
        public XAResource resource() throws SQLException {
            XAConnection former = line;
            if (former != null) {
                former.close();
            }
            XAConnection fresh = accounts.connect();
            line = fresh;
            return new WatchedResource(fresh.getXAResource(), side, fuse);
        }
    }
}
