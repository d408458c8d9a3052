package org.waybill.systemtests.bank;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import javax.sql.XAConnection;
import javax.transaction.xa.XAResource;

final class TablePost implements Post {
    private final XAConnection line;

    private final Connection connection;

    TablePost(XAConnection line) throws SQLException {
        this.line = line;
        this.connection = line.getConnection();
    }

    @Override
    public XAResource resource() {
        try {
            return line.getXAResource();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Optional<String> take() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT id, text FROM orders FETCH FIRST 1 ROW ONLY FOR UPDATE SKIP LOCKED")) {
            if (!rows.next()) {
                return Optional.empty();
            }
            String text = rows.getString(2);
            try (PreparedStatement delete = connection.prepareStatement("DELETE FROM orders WHERE id = ?")) {
                delete.setInt(1, rows.getInt(1));
                delete.executeUpdate();
            }
            return Optional.of(text);
        }
    }

    @Override
    public void confirm(String text) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO confirmations VALUES (?)")) {
            insert.setInt(1, Transfer.parse(text).id());
            insert.executeUpdate();
        }
    }

    @Override
    public void close() throws SQLException {
        line.close();
    }
}
