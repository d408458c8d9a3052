package org.waybill.systemtests.cluster;

import static org.awaitility.Awaitility.await;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.XAConnection;
import jakarta.jms.XASession;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.waybill.jms.WaybillConnectionFactory;
import org.waybill.jms.WaybillXAConnectionFactory;
import org.waybill.systemtests.cluster.load.Servers;

/** A transaction manager by hand, and its application: each branch takes one message and sends one to each of some queues. One thread. */
final class XaDesk {
    private static final String SOURCE = "xa.source";
    private static final int QUEUES = 6;
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final long MESSAGE_MS = 20_000;
    private static final long NOTHING_MORE_MS = 1_000;

    private final Servers servers;

    XaDesk(Servers servers) {
        this.servers = servers;
    }

    /** An application's part in one branch; its connection is to one node and does not reconnect. */
    final class Work {
        private final Branch branch;
        private final XAConnection connection;
        private final XAResource resource;

        private Work(Branch branch, int node) throws JMSException, XAException {
            this.branch = branch;
            connection = connect(node);
            XASession session = connection.createXASession();
            resource = session.getXAResource();
            connection.start();
            resource.start(branch, XAResource.TMNOFLAGS);
            try (MessageConsumer consumer = session.createConsumer(session.createQueue(SOURCE))) {
                Message taken = consumer.receive(MESSAGE_MS);
                if (taken == null) {
                    throw new AssertionError("nothing in " + SOURCE);
                }
            }
            for (int queue = 1; queue <= QUEUES; queue++) {
                session.createProducer(session.createQueue(target(queue)))
                        .send(session.createTextMessage(branch.name()));
            }
            resource.end(branch, XAResource.TMSUCCESS);
        }

        String name() {
            return branch.name();
        }

        void prepare() throws XAException {
            resource.prepare(branch);
        }

        /** Whether a prepare has succeeded; if not, a transaction manager rolls back. */
        boolean prepares() {
            try {
                resource.prepare(branch);
                return true;
            } catch (XAException e) {
                return false;
            }
        }

        /** Whether a commit of what is prepared has succeeded; if not, a transaction manager recovers and repeats it. */
        boolean commits() {
            try {
                resource.commit(branch, false);
                return true;
            } catch (XAException e) {
                return false;
            }
        }

        void close() {
            XaDesk.close(connection);
        }
    }

    /** Does a branch's work through this node, and lets it end. Each has a message in the source to take. */
    Work work(String name, int node) throws JMSException, XAException {
        try (Connection connection = reconnecting()) {
            Session session = connection.createSession();
            session.createProducer(session.createQueue(SOURCE)).send(session.createTextMessage("for " + name));
        }
        return new Work(new Branch(name), node);
    }

    /** What a node lists as prepared, or empty if it says that it cannot know, or is not there. */
    Optional<Set<String>> listed(int node) {
        try (XAConnection connection = connect(node)) {
            Set<String> names = new HashSet<>();
            for (Xid each : connection
                    .createXASession()
                    .getXAResource()
                    .recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN)) {
                names.add(new String(each.getGlobalTransactionId(), StandardCharsets.UTF_8));
            }
            return Optional.of(names);
        } catch (JMSException unreachable) {
            return Optional.empty();
        } catch (XAException e) {
            if (e.errorCode == XAException.XAER_RMFAIL) {
                return Optional.empty();
            }
            throw new AssertionError("recover at node " + node + ": " + e.errorCode + " " + e.getMessage(), e);
        }
    }

    /** Commits or rolls back through this node what is listed there, until it is not any more. */
    void decide(int node, String name, boolean commit) {
        await(name + " is decided through node " + node).atMost(SOON).until(() -> {
            Optional<Set<String>> listed = listed(node);
            if (listed.isPresent() && listed.get().contains(name)) {
                decideOnce(node, new Branch(name), commit);
            }
            return listed.isPresent() && !listed.get().contains(name);
        });
    }

    private void decideOnce(int node, Branch branch, boolean commit) {
        try (XAConnection connection = connect(node)) {
            XAResource resource = connection.createXASession().getXAResource();
            if (commit) {
                resource.commit(branch, false);
            } else {
                resource.rollback(branch);
            }
        } catch (JMSException unreachable) {
            // to be tried again
        } catch (XAException e) {
            if (e.errorCode != XAException.XAER_RMFAIL && e.errorCode != XAException.XAER_NOTA) {
                throw new AssertionError(branch.name() + " at node " + node + ": " + e.errorCode, e);
            }
        }
    }

    /** What must be in the queues after these branches were committed and those rolled back. */
    List<String> expected(List<String> committed, List<String> rolledBack) {
        List<String> all = new ArrayList<>();
        rolledBack.forEach(name -> all.add(SOURCE + " for " + name));
        for (int queue = 1; queue <= QUEUES; queue++) {
            String target = target(queue);
            committed.forEach(name -> all.add(target + " " + name));
        }
        return all;
    }

    /** What is in the queues, which it takes. */
    List<String> taken() throws JMSException {
        List<String> all = new ArrayList<>();
        try (Connection connection = reconnecting()) {
            connection.start();
            Session session = connection.createSession();
            take(session, SOURCE, all);
            for (int queue = 1; queue <= QUEUES; queue++) {
                take(session, target(queue), all);
            }
        }
        return all;
    }

    private static void take(Session session, String queue, List<String> all) throws JMSException {
        try (MessageConsumer consumer = session.createConsumer(session.createQueue(queue))) {
            for (Message each = consumer.receive(NOTHING_MORE_MS);
                    each != null;
                    each = consumer.receive(NOTHING_MORE_MS)) {
                all.add(queue + " " + ((TextMessage) each).getText());
            }
        }
    }

    private static String target(int queue) {
        return "xa.target." + queue;
    }

    private XAConnection connect(int node) throws JMSException {
        String uri = "amqp://" + servers.addresses().get(node - 1)
                + "?amqp.idleTimeout=2000&jms.requestTimeout=10000&jms.closeTimeout=1000&jms.connectTimeout=2000";
        return new WaybillXAConnectionFactory(uri).createXAConnection(servers.user(), servers.password());
    }

    private Connection reconnecting() throws JMSException {
        return new WaybillConnectionFactory(servers.uri(0)).createConnection(servers.user(), servers.password());
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (JMSException lost) {
            // with its node
        }
    }

    private record Branch(String name) implements Xid {
        @Override
        public int getFormatId() {
            return 12;
        }

        @Override
        public byte[] getGlobalTransactionId() {
            return name.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public byte[] getBranchQualifier() {
            return new byte[] {1};
        }
    }
}
