package org.waybill.systemtests.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.XAConnection;
import jakarta.jms.XASession;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.waybill.jms.WaybillXAConnectionFactory;
import org.waybill.systemtests.RunningBroker;
import org.waybill.systemtests.client.FaultyLine.Frame;

/**
 * A resource whose broker is silent, dead, or whose connection is closed: each verb fails in time, with the code that has a transaction
 * manager try again later and decide nothing, and a branch that was prepared is there for who comes next.
 */
@Timeout(40)
@ExtendWith(Leftovers.class)
final class XaFailureIT {
    private static final int LIMIT_MS = 300;

    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    /** A branch of a transaction of its own. */
    private record Branch(UUID id) implements Xid {
        Branch() {
            this(UUID.randomUUID());
        }

        @Override
        public int getFormatId() {
            return 22;
        }

        @Override
        public byte[] getGlobalTransactionId() {
            return id.toString().getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public byte[] getBranchQualifier() {
            return new byte[] {1};
        }
    }

    /** A call of a resource. */
    private interface Verb {
        void call(XAResource resource, Xid branch) throws XAException;
    }

    private static final Map<String, Verb> VERBS = verbs();

    private static Map<String, Verb> verbs() {
        Map<String, Verb> verbs = new LinkedHashMap<>();
        verbs.put("start", (resource, branch) -> resource.start(branch, XAResource.TMNOFLAGS));
        verbs.put("prepare", XAResource::prepare);
        verbs.put("commit", (resource, branch) -> resource.commit(branch, false));
        verbs.put("rollback", XAResource::rollback);
        verbs.put("forget", XAResource::forget);
        verbs.put("recover", (resource, branch) -> resource.recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN));
        return verbs;
    }

    private static WaybillXAConnectionFactory factory(int port) {
        return new WaybillXAConnectionFactory("amqp://127.0.0.1:" + port + "?jms.requestTimeout=" + LIMIT_MS
                + "&jms.sendTimeout=" + LIMIT_MS + "&jms.closeTimeout=" + LIMIT_MS);
    }

    private static void allFail(XAResource resource, String... parts) {
        VERBS.forEach((name, verb) -> {
            XAException failure = catchThrowableOfType(XAException.class, () -> verb.call(resource, new Branch()));
            assertThat(failure).as(name).isNotNull().hasMessageContaining(name);
            assertThat(failure.errorCode).as(name).isEqualTo(XAException.XAER_RMFAIL);
            for (String part : parts) {
                assertThat(failure).as(name).hasMessageContaining(part);
            }
            assertThat(failure.getCause()).as(name).isNotNull();
        });
    }

    @Test
    void aSilentBrokerEndsEachVerb() throws JMSException {
        try (FaultyLine line = new FaultyLine(BROKER.port());
                XAConnection connection = factory(line.port()).createXAConnection();
                XASession session = connection.createXASession()) {
            line.silentFrom(Frame.ANY);
            allFail(session.getXAResource(), "127.0.0.1:" + line.port(), LIMIT_MS + " ms");
        }
    }

    @Test
    void aClosedConnectionFailsEachVerb() throws JMSException {
        try (XAConnection connection = factory(BROKER.port()).createXAConnection()) {
            XAResource resource = connection.createXASession().getXAResource();
            assertThatCode(connection::close).doesNotThrowAnyException();
            allFail(resource, "closed");
        }
    }

    @Test
    void aDeadBrokerFailsEachVerbAndKeepsWhatWasPrepared() throws Exception {
        Xid branch = new Branch();
        CountDownLatch lost = new CountDownLatch(1);
        try (XAConnection connection = factory(BROKER.port()).createXAConnection();
                XASession session = connection.createXASession()) {
            connection.setExceptionListener(exception -> lost.countDown());
            XAResource resource = session.getXAResource();
            MessageProducer producer = session.createProducer(session.createQueue("xa.prepared"));
            resource.start(branch, XAResource.TMNOFLAGS);
            producer.send(session.createTextMessage("prepared"));
            resource.end(branch, XAResource.TMSUCCESS);
            assertThat(resource.prepare(branch)).isEqualTo(XAResource.XA_OK);
            BROKER.crash();
            assertThat(lost.await(10, TimeUnit.SECONDS)).isTrue();
            allFail(resource, "127.0.0.1:" + BROKER.port());
        }
        try (XAConnection connection = factory(BROKER.port()).createXAConnection();
                XASession session = connection.createXASession()) {
            XAResource resource = session.getXAResource();
            List<String> found = new ArrayList<>();
            for (Xid prepared : resource.recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN)) {
                found.add(new String(prepared.getGlobalTransactionId(), StandardCharsets.US_ASCII));
            }
            assertThat(found).containsExactly(new String(branch.getGlobalTransactionId(), StandardCharsets.US_ASCII));
            resource.commit(branch, false);
            connection.start();
            assertThat(session.createConsumer(session.createQueue("xa.prepared"))
                            .receive(10_000)
                            .getBody(String.class))
                    .isEqualTo("prepared");
        }
    }
}
