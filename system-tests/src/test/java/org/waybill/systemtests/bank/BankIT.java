package org.waybill.systemtests.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.transaction.xa.XAResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.waybill.jms.WaybillConnectionFactory;
import org.waybill.systemtests.BrokerProcess;
import org.waybill.systemtests.Cli;
import org.waybill.systemtests.Distribution;

/** Transfers while everybody is killed. {@code -Dwaybill.bank.seed=N} repeats the choices of a run, though not the machine's scheduling. */
final class BankIT {
    private static final int ALL = XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN;
    private static final long MOMENT_MS = 500;
    private static final Duration ABANDONED_FOR = Duration.ofSeconds(30);

    private final int transfers = Integer.parseInt(Distribution.required("waybill.bank.transfers"));
    private final int deaths = Integer.parseInt(Distribution.required("waybill.bank.deaths"));
    private final long seed = Long.getLong("waybill.bank.seed", System.nanoTime());

    @ParameterizedTest
    @EnumSource
    void everyTransferHappensOnceOnBothSides(Coordinator.Make coordinator) throws Exception {
        run(coordinator, derby(), "amqp://127.0.0.1:%d");
    }

    /** Lines that the broker's deaths cut are there again by themselves, and branches that were open on them are not. */
    @Test
    void everyTransferHappensOnceWhenTheClientReconnects() throws Exception {
        run(Coordinator.Make.NARAYANA, derby(), "failover:(amqp://127.0.0.1:%d)");
    }

    @Test
    @EnabledIfSystemProperty(
            named = "waybill.bank.postgres",
            matches = "true",
            disabledReason = "it needs PostgreSQL installed: -Plong")
    void everyTransferHappensOnceBesidePostgres() throws Exception {
        try (PostgresServer server = PostgresServer.start()) {
            run(Coordinator.Make.NARAYANA, new Accounts(server.url()), "amqp://127.0.0.1:%d");
        }
    }

    private static Accounts derby() {
        return new Accounts(Accounts.derby(Distribution.newDirectory("accounts") + "/db"));
    }

    private void run(Coordinator.Make coordinator, Accounts accounts, String brokerUri) throws Exception {
        System.out.println("bank: " + coordinator + ", seed " + seed);
        List<Transfer> ordered = Transfer.seeded(seed, transfers);
        accounts.open();
        accounts.leave();
        BrokerProcess broker = BrokerProcess.start(
                BrokerProcess.Options.fresh()
                        .withConfig(
                                """
                        addresses:
                          - match: "bank.#"
                            max-deliveries: 0
                        """));
        String uri = brokerUri.formatted(broker.port());
        order(uri, ordered);
        try (Bank bank = new Bank(broker, accounts, uri, coordinator, new Random(seed))) {
            for (int i = 0; i < deaths; i++) {
                bank.round();
            }
            bank.finish();
            if (holdsBranches(broker.options())) {
                // what an application had ended and not prepared when it died is nobody's, until its time is over
                await().atMost(ABANDONED_FOR).until(() -> !holdsBranches(broker.options()));
                bank.finish();
            }
            Books books = new Books(
                    accounts.ledger(),
                    accounts.balances(),
                    taken(uri, Post.CONFIRMATIONS).stream().map(Transfer::id).toList(),
                    taken(uri, Post.ORDERS).size(),
                    branches(accounts, uri, broker.options()),
                    bank.heuristics());
            assertThat(Audit.offences(ordered, books)).as("seed %d", seed).isEmpty();
        }
    }

    private static void order(String uri, List<Transfer> ordered) throws JMSException {
        try (Connection connection = new WaybillConnectionFactory(uri).createConnection();
                Session session = connection.createSession(Session.SESSION_TRANSACTED);
                MessageProducer producer = session.createProducer(session.createQueue(Post.ORDERS))) {
            for (Transfer transfer : ordered) {
                producer.send(session.createTextMessage(transfer.text()));
                if (transfer.id() % 1_000 == 999) {
                    session.commit();
                }
            }
            session.commit();
        }
    }

    private static List<Transfer> taken(String uri, String queue) throws JMSException {
        List<Transfer> taken = new ArrayList<>();
        try (Connection connection = new WaybillConnectionFactory(uri).createConnection();
                Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
                MessageConsumer consumer = session.createConsumer(session.createQueue(queue))) {
            connection.start();
            for (Message next = consumer.receive(MOMENT_MS); next != null; next = consumer.receive(MOMENT_MS)) {
                taken.add(Transfer.parse(next.getBody(String.class)));
            }
        }
        return taken;
    }

    /** What both sides would still recover, and what the operator is shown. */
    private static List<String> branches(Accounts accounts, String uri, BrokerProcess.Options options)
            throws Exception {
        List<String> branches = new ArrayList<>();
        for (Recoverable side : new Office(accounts, uri, new Fuse()).sides()) {
            Arrays.stream(side.resource().recover(ALL)).forEach(xid -> branches.add(xid.toString()));
        }
        assertThat(holdsBranches(options)).isFalse();
        return branches;
    }

    /** Whether the operator is shown any branch, prepared or not. */
    private static boolean holdsBranches(BrokerProcess.Options options) throws Exception {
        Cli.Result list = Cli.run("transaction", "list", "--port", String.valueOf(options.port()));
        assertThat(list.exitCode()).as(list.text()).isZero();
        return list.text().strip().lines().count() > 1;
    }
}
