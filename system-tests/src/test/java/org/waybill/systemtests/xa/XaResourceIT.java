package org.waybill.systemtests.xa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Connection;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.TransactionInProgressException;
import jakarta.jms.XAConnection;
import jakarta.jms.XAJMSContext;
import jakarta.jms.XASession;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.waybill.jms.WaybillXAConnectionFactory;
import org.waybill.systemtests.Cli;
import org.waybill.systemtests.RunningBroker;

/** What a transaction manager expects of our client's resources, by hand; each test has a queue of its own. */
@Timeout(120)
final class XaResourceIT {
    private static final AtomicInteger LAST = new AtomicInteger();

    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    private XAConnection connection;
    private XASession session;
    private XAResource resource;
    private Queue queue;
    private final Xid xid = new Branch("g" + LAST.incrementAndGet());

    /** A transaction manager's id, which knows nothing of equality. */
    private static final class Branch implements Xid {
        private final String name;

        Branch(String name) {
            this.name = name;
        }

        @Override
        public int getFormatId() {
            return 11;
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

    private static WaybillXAConnectionFactory factory() {
        return new WaybillXAConnectionFactory("amqp://127.0.0.1:" + BROKER.port());
    }

    @BeforeEach
    void open(TestInfo test) throws JMSException {
        connection = factory().createXAConnection();
        connection.start();
        session = connection.createXASession();
        resource = session.getXAResource();
        queue = session.createQueue("xa-" + test.getTestMethod().orElseThrow().getName());
    }

    @AfterEach
    void close() throws JMSException {
        connection.close();
    }

    private void send(XASession in, String text) throws JMSException {
        var producer = in.createProducer(queue);
        producer.send(in.createTextMessage(text));
        producer.close();
    }

    /** What is in the queue now, which it takes. */
    private List<String> taken() throws JMSException {
        List<String> texts = new ArrayList<>();
        try (Connection other = factory().createConnection()) {
            other.start();
            MessageConsumer consumer = other.createSession().createConsumer(queue);
            for (Message each = consumer.receiveNoWait(); each != null; each = consumer.receiveNoWait()) {
                texts.add(((TextMessage) each).getText());
            }
        }
        return texts;
    }

    private static void fails(int code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(XAException.class, e -> assertThat(e.errorCode)
                .as(e.getMessage())
                .isEqualTo(code));
    }

    private static void rollsBack(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(XAException.class, e -> assertThat(e.errorCode)
                .as(e.getMessage())
                .isBetween(XAException.XA_RBBASE, XAException.XA_RBEND));
    }

    private boolean isInDoubt(Xid id, XAResource asked) throws XAException {
        for (Xid each : asked.recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN)) {
            if (Arrays.equals(each.getGlobalTransactionId(), id.getGlobalTransactionId())) {
                return true;
            }
        }
        return false;
    }

    /** What the command line says about this test's branch. */
    private String cli(String command) {
        String name = "11:" + HexFormat.of().formatHex(xid.getGlobalTransactionId()) + ":01";
        return Cli.run("transaction", command, name, "--port", String.valueOf(BROKER.port()))
                .text();
    }

    @Test
    void commitsInTwoPhases() throws Exception {
        resource.start(xid, XAResource.TMNOFLAGS);
        send(session, "m");
        resource.end(xid, XAResource.TMSUCCESS);
        assertThat(resource.prepare(xid)).isEqualTo(XAResource.XA_OK);
        assertThat(taken()).isEmpty();
        assertThat(isInDoubt(xid, resource)).isTrue();
        resource.commit(xid, false);
        resource.commit(xid, false);
        assertThat(isInDoubt(xid, resource)).isFalse();
        assertThat(taken()).containsExactly("m");
    }

    @Test
    void commitsInOnePhase() throws Exception {
        resource.start(xid, XAResource.TMNOFLAGS);
        send(session, "m");
        resource.end(xid, XAResource.TMSUCCESS);
        resource.commit(xid, true);
        assertThat(taken()).containsExactly("m");
    }

    @Test
    void whatIsRolledBackIsDeliveredAgainAndCounted() throws Exception {
        send(session, "outside a branch a session acknowledges automatically");
        resource.start(xid, XAResource.TMNOFLAGS);
        MessageConsumer consumer = session.createConsumer(queue);
        Message first = consumer.receive(10_000);
        assertThat(first.getJMSRedelivered()).isFalse();
        send(session, "never seen");
        resource.end(xid, XAResource.TMSUCCESS);
        resource.prepare(xid);
        resource.rollback(xid);

        Xid second = new Branch("again" + LAST.incrementAndGet());
        resource.start(second, XAResource.TMNOFLAGS);
        Message again = consumer.receive(10_000);
        assertThat(again.getJMSRedelivered()).isTrue();
        assertThat(again.getIntProperty("JMSXDeliveryCount")).isEqualTo(2);
        resource.end(second, XAResource.TMSUCCESS);
        resource.commit(second, true);
        consumer.close();
        assertThat(taken()).isEmpty();
    }

    @Test
    void doingNothingIsReadOnly() throws Exception {
        resource.start(xid, XAResource.TMNOFLAGS);
        resource.end(xid, XAResource.TMSUCCESS);
        assertThat(resource.prepare(xid)).isEqualTo(XAResource.XA_RDONLY);
        fails(XAException.XAER_NOTA, () -> resource.commit(xid, false));
    }

    @Test
    void sessionsJoinInOneBranch() throws Exception {
        try (XAConnection other = factory().createXAConnection()) {
            XASession second = other.createXASession();
            assertThat(resource.isSameRM(second.getXAResource())).isTrue();
            resource.start(xid, XAResource.TMNOFLAGS);
            send(session, "first");
            second.getXAResource().start(xid, XAResource.TMJOIN);
            send(second, "second");
            second.getXAResource().end(xid, XAResource.TMSUCCESS);
            fails(XAException.XAER_PROTO, () -> resource.prepare(xid));
            resource.end(xid, XAResource.TMSUCCESS);
            assertThat(resource.prepare(xid)).isEqualTo(XAResource.XA_OK);
            second.getXAResource().commit(xid, false);
        }
        assertThat(taken()).containsExactlyInAnyOrder("first", "second");
    }

    @Test
    void branchesInterleaveInOneSession() throws Exception {
        Xid inner = new Branch("inner" + LAST.incrementAndGet());
        resource.start(xid, XAResource.TMNOFLAGS);
        send(session, "outer 1");
        fails(XAException.XAER_PROTO, () -> resource.start(inner, XAResource.TMNOFLAGS));
        resource.end(xid, XAResource.TMSUSPEND);
        fails(XAException.XAER_PROTO, () -> resource.end(xid, XAResource.TMSUSPEND));
        resource.start(inner, XAResource.TMNOFLAGS);
        send(session, "inner");
        resource.end(inner, XAResource.TMSUCCESS);
        resource.start(xid, XAResource.TMRESUME);
        send(session, "outer 2");
        resource.end(xid, XAResource.TMSUCCESS);
        resource.rollback(inner);
        resource.commit(xid, true);
        assertThat(taken()).containsExactly("outer 1", "outer 2");
    }

    @Test
    void aSuspendedAssociationCanBeEnded() throws Exception {
        resource.start(xid, XAResource.TMNOFLAGS);
        send(session, "m");
        resource.end(xid, XAResource.TMSUSPEND);
        resource.end(xid, XAResource.TMSUCCESS);
        resource.commit(xid, true);
        assertThat(taken()).containsExactly("m");
    }

    @Test
    void failedWorkCanOnlyBeRolledBack() throws Exception {
        resource.start(xid, XAResource.TMNOFLAGS);
        send(session, "m");
        resource.end(xid, XAResource.TMFAIL);
        rollsBack(() -> resource.commit(xid, true));
        resource.rollback(xid);
        assertThat(taken()).isEmpty();
    }

    @Test
    void verbsOutOfOrderLeaveTheBranchAsItWas() throws Exception {
        try (XAConnection other = factory().createXAConnection()) {
            XAResource second = other.createXASession().getXAResource();
            resource.start(xid, XAResource.TMNOFLAGS);
            fails(XAException.XAER_DUPID, () -> second.start(xid, XAResource.TMNOFLAGS));
            fails(XAException.XAER_PROTO, () -> second.end(xid, XAResource.TMSUCCESS));
            fails(XAException.XAER_PROTO, () -> second.commit(xid, true));
            fails(XAException.XAER_INVAL, () -> resource.end(xid, XAResource.TMJOIN));
            fails(XAException.XAER_INVAL, () -> second.start(xid, XAResource.TMSUCCESS));
            fails(XAException.XAER_INVAL, () -> second.recover(1));
            fails(XAException.XAER_INVAL, () -> second.setTransactionTimeout(-1));
            fails(XAException.XAER_INVAL, () -> second.start(new Branch(""), XAResource.TMNOFLAGS));
            fails(XAException.XAER_NOTA, () -> second.start(new Branch("nobody"), XAResource.TMJOIN));
            send(session, "m");
            resource.end(xid, XAResource.TMSUCCESS);
            fails(XAException.XAER_PROTO, () -> second.commit(xid, false));
            second.commit(xid, true);
        }
        assertThat(taken()).containsExactly("m");
    }

    @Test
    void aSessionCannotCommitByItself() throws Exception {
        assertThat(session.getTransacted()).isTrue();
        assertThat(session.getAcknowledgeMode()).isEqualTo(Session.SESSION_TRANSACTED);
        assertThatThrownBy(() -> session.commit()).isInstanceOf(TransactionInProgressException.class);
        assertThatThrownBy(() -> session.rollback()).isInstanceOf(TransactionInProgressException.class);
    }

    @Test
    void timeoutsEndWhatIsNotPrepared() throws Exception {
        assertThat(resource.getTransactionTimeout()).isPositive();
        assertThat(resource.setTransactionTimeout(1)).isTrue();
        assertThat(resource.getTransactionTimeout()).isEqualTo(1);
        resource.start(xid, XAResource.TMNOFLAGS);
        send(session, "m");
        await().untilAsserted(() -> assertThat(cli("show")).contains("rollback-only: true"));
        rollsBack(() -> resource.end(xid, XAResource.TMSUCCESS));
        assertThat(taken()).isEmpty();
    }

    @Test
    void aPreparedBranchOutlivesTheBroker() throws Exception {
        resource.start(xid, XAResource.TMNOFLAGS);
        send(session, "m");
        resource.end(xid, XAResource.TMSUCCESS);
        resource.prepare(xid);
        BROKER.crash();
        fails(XAException.XAER_RMFAIL, () -> resource.commit(xid, false));
        try (XAConnection next = factory().createXAConnection()) {
            XAResource recovering = next.createXASession().getXAResource();
            assertThat(isInDoubt(xid, recovering)).isTrue();
            recovering.commit(xid, false);
            assertThat(isInDoubt(xid, recovering)).isFalse();
        }
        assertThat(taken()).containsExactly("m");
    }

    @Test
    void aFailoverRepeatsWhatMayBeRepeated() throws Exception {
        String failover = "failover:(amqp://127.0.0.1:" + BROKER.port() + ")";
        try (XAConnection surviving = new WaybillXAConnectionFactory(failover).createXAConnection()) {
            XASession worker = surviving.createXASession();
            XAResource survivor = worker.getXAResource();
            survivor.start(xid, XAResource.TMNOFLAGS);
            send(worker, "m");
            survivor.end(xid, XAResource.TMSUCCESS);
            survivor.prepare(xid);
            BROKER.crash();
            survivor.commit(xid, false);

            Xid lost = new Branch("lost" + LAST.incrementAndGet());
            survivor.start(lost, XAResource.TMNOFLAGS);
            send(worker, "lost");
            BROKER.crash();
            assertThatThrownBy(() -> survivor.end(lost, XAResource.TMSUCCESS)).isInstanceOf(XAException.class);
            assertThatThrownBy(() -> survivor.prepare(lost)).isInstanceOf(XAException.class);

            Xid next = new Branch("next" + LAST.incrementAndGet());
            survivor.start(next, XAResource.TMNOFLAGS);
            send(worker, "after");
            survivor.end(next, XAResource.TMSUCCESS);
            survivor.commit(next, true);
        }
        assertThat(taken()).containsExactly("m", "after");
    }

    @Test
    void anAdministratorsDecisionIsHeuristic() throws Exception {
        resource.start(xid, XAResource.TMNOFLAGS);
        send(session, "m");
        resource.end(xid, XAResource.TMSUCCESS);
        resource.prepare(xid);
        assertThat(cli("rollback")).contains("rolled back");
        fails(XAException.XA_HEURRB, () -> resource.commit(xid, false));
        assertThat(isInDoubt(xid, resource)).isTrue();
        resource.forget(xid);
        assertThat(isInDoubt(xid, resource)).isFalse();
        assertThat(taken()).isEmpty();
    }

    @Test
    void aContextWorksInBranchesToo() throws Exception {
        try (XAJMSContext context = factory().createXAContext()) {
            context.getXAResource().start(xid, XAResource.TMNOFLAGS);
            JMSContext inside = context.getContext();
            inside.createProducer().send(queue, "m");
            context.getXAResource().end(xid, XAResource.TMSUCCESS);
            assertThat(taken()).isEmpty();
            context.getXAResource().commit(xid, true);
        }
        assertThat(taken()).containsExactly("m");
    }
}
