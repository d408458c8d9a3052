package org.waybill.systemtests.bank;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.*;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.sql.XAConnection;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.Test;
import org.waybill.systemtests.Distribution;

final class BankIT {
    private final long seed = Long.getLong("waybill.bank.seed", System.nanoTime());

    @Test
    void twoDatabases() throws Exception {
        System.out.println("bank: seed " + seed);
        Accounts accounts = new Accounts(Accounts.derby(Distribution.newDirectory("accounts") + "/db"));
        Accounts messages = new Accounts(Accounts.h2(Distribution.newDirectory("messages") + "/db"));
        List<Transfer> ordered = Transfer.seeded(seed, Integer.getInteger("waybill.bank.transfers", 400));
        accounts.open();
        try (Connection c = DriverManager.getConnection(messages.url()); Statement s = c.createStatement()) {
            s.execute("CREATE TABLE orders (id INT PRIMARY KEY, text VARCHAR(100))");
            s.execute("CREATE TABLE confirmations (id INT)");
            for (Transfer t : ordered) s.execute("INSERT INTO orders VALUES (" + t.id() + ",'" + t.text() + "')");
            s.execute("SHUTDOWN");
        }
        try { DriverManager.getConnection(accounts.url().replace("create=true","shutdown=true")); } catch (SQLException e) { System.out.println(e.getMessage()); }
        boolean recovering = !Boolean.getBoolean("waybill.bank.norecovery");
        List<String> heuristics;
        try (Bank bank = new Bank(accounts, messages, recovering, new Random(seed))) {
            for (int i = 0; i < Integer.getInteger("waybill.bank.kills", 8); i++) bank.round();
            bank.finish();
            heuristics = bank.heuristics();
        }
        List<Integer> confirmations = new ArrayList<>();
        int left;
        try (Connection c = DriverManager.getConnection(messages.url()); Statement s = c.createStatement()) {
            ResultSet r = s.executeQuery("SELECT id FROM confirmations");
            while (r.next()) confirmations.add(r.getInt(1));
            r = s.executeQuery("SELECT count(*) FROM orders");
            r.next();
            left = r.getInt(1);
        }
        List<String> branches = new ArrayList<>();
        for (Accounts a : List.of(accounts, messages)) {
            XAConnection x = a.connect();
            for (Xid xid : x.getXAResource().recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN)) branches.add(xid.toString());
        }
        assertThat(Audit.offences(ordered, new Books(accounts.ledger(), accounts.balances(), confirmations, left, branches, heuristics))).isEmpty();
    }
}
