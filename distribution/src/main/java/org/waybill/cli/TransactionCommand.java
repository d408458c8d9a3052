package org.waybill.cli;

import java.util.List;
import java.util.Map;
import org.waybill.jms.engine.ClientConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code waybill transaction}: shows and decides the branches of distributed transactions in a running broker. */
@Command(
        name = "transaction",
        description = "List, show, commit, roll back or forget branches of distributed transactions.",
        mixinStandardHelpOptions = true)
final class TransactionCommand implements Runnable {
    private static final List<String> COLUMNS =
            List.of("age-ms", "messages-sent", "messages-held", "state", "owner", "name");

    /** Names a branch. */
    static final class Branch {
        @Parameters(
                paramLabel = "XID",
                description = "The branch, as list shows it: format id, transaction and branch in hex, with colons.")
        @SuppressWarnings("NullAway.Init") // filled in by picocli
        private String xid;

        Map<String, Object> arguments() {
            return Map.of("name", xid);
        }
    }

    @Spec
    @SuppressWarnings("NullAway.Init") // filled in by picocli
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name one of list, show, commit, rollback, forget.");
    }

    @Command(name = "list", description = "List the branches that have not ended.", mixinStandardHelpOptions = true)
    void list(@Mixin ConnectionOption connection) {
        try (ClientConnection open = connection.connect()) {
            out().table(new Management(open).query(Management.BRANCH, Map.of(), Integer.MAX_VALUE), COLUMNS);
        }
    }

    @Command(name = "show", description = "Show what the broker tells about a branch.", mixinStandardHelpOptions = true)
    void show(@Mixin Branch branch, @Mixin ConnectionOption connection) {
        out().attributes(Management.once(connection, Management.BRANCH, "READ", branch.arguments()));
    }

    @Command(
            name = "commit",
            description = "Commit a prepared branch in place of its transaction manager, which may decide otherwise.",
            mixinStandardHelpOptions = true)
    void commit(@Mixin Branch branch, @Mixin ConnectionOption connection) {
        Management.once(connection, Management.BRANCH, "COMMIT", branch.arguments());
        out().line("committed branch " + branch.xid);
    }

    @Command(
            name = "rollback",
            description =
                    "Roll a prepared branch back in place of its transaction manager, which may decide otherwise.",
            mixinStandardHelpOptions = true)
    void rollback(@Mixin Branch branch, @Mixin ConnectionOption connection) {
        Management.once(connection, Management.BRANCH, "ROLLBACK", branch.arguments());
        out().line("rolled back branch " + branch.xid);
    }

    @Command(
            name = "forget",
            description = "Forget a branch that was decided by hand and that its transaction manager will not ask for.",
            mixinStandardHelpOptions = true)
    void forget(@Mixin Branch branch, @Mixin ConnectionOption connection) {
        Management.once(connection, Management.BRANCH, "FORGET", branch.arguments());
        out().line("forgot branch " + branch.xid);
    }

    private Output out() {
        return new Output(spec.commandLine().getOut());
    }
}
