package org.waybill.systemtests.bank;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import org.apache.derby.jdbc.EmbeddedXADataSource;
import org.postgresql.xa.PGXADataSource;

/**
 * The database: balances, and a ledger that would show a transfer made twice. Derby in files that the process using it has for itself, or
 * PostgreSQL.
 */
final class Accounts {
    /** How URLs of PostgreSQL begin. */
    static final String POSTGRES = "jdbc:postgresql://";

    private static final String DERBY = "jdbc:derby:";

    private final String url;

    Accounts(String url) {
        this.url = url;
    }

    /** A file database in a directory that is made. */
    static String derby(String directory) {
        return DERBY + directory + ";create=true";
    }

    String url() {
        return url;
    }

    /** A connection for branches. The caller closes it. */
    XAConnection connect() throws SQLException {
        return source().getXAConnection();
    }

    private XADataSource source() {
        if (url.startsWith(POSTGRES)) {
            PGXADataSource source = new PGXADataSource();
            source.setUrl(url);
            return source;
        }
        EmbeddedXADataSource source = new EmbeddedXADataSource();
        source.setDatabaseName(url.substring(DERBY.length(), url.indexOf(';')));
        return source;
    }

    /** Makes the tables with every account at its opening balance. */
    void open() throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE account (id INT PRIMARY KEY, balance INT NOT NULL)");
            statement.execute("CREATE TABLE ledger (transfer INT NOT NULL)");
            for (int id = 0; id < Transfer.ACCOUNTS; id++) {
                statement.execute("INSERT INTO account VALUES (" + id + ", " + Transfer.OPENING_BALANCE + ")");
            }
        }
    }

    /** Gives the files up to another process, if this one has opened any. */
    void leave() throws SQLException {
        if (url.startsWith(POSTGRES)) {
            return;
        }
        try {
            DriverManager.getConnection(url.replace("create=true", "shutdown=true"))
                    .close();
        } catch (SQLException e) {
            if (!"08006".equals(e.getSQLState())) {
                throw e;
            }
            // this is how Derby says that it has shut a database down
        }
    }

    /** Moves the money; the accounts are locked in the order of their numbers, so that two transfers cannot wait for each other. */
    static void apply(Connection connection, Transfer transfer) throws SQLException {
        boolean fromFirst = transfer.from() < transfer.to();
        change(
                connection,
                fromFirst ? transfer.from() : transfer.to(),
                fromFirst ? -transfer.amount() : transfer.amount());
        change(
                connection,
                fromFirst ? transfer.to() : transfer.from(),
                fromFirst ? transfer.amount() : -transfer.amount());
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO ledger VALUES (?)")) {
            insert.setInt(1, transfer.id());
            insert.executeUpdate();
        }
    }

    private static void change(Connection connection, int account, int by) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE account SET balance = balance + ? WHERE id = ?")) {
            update.setInt(1, by);
            update.setInt(2, account);
            update.executeUpdate();
        }
    }

    /** The transfers in the ledger. */
    List<Integer> ledger() throws SQLException {
        List<Integer> transfers = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT transfer FROM ledger ORDER BY transfer")) {
            while (rows.next()) {
                transfers.add(rows.getInt(1));
            }
        }
        return transfers;
    }

    /** What is on each account. */
    Map<Integer, Integer> balances() throws SQLException {
        Map<Integer, Integer> balances = new TreeMap<>();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id, balance FROM account")) {
            while (rows.next()) {
                balances.put(rows.getInt(1), rows.getInt(2));
            }
        }
        return balances;
    }
}
