package org.waybill.ra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageListener;
import jakarta.jms.Queue;
import jakarta.jms.XAConnection;
import jakarta.jms.XASession;
import jakarta.resource.spi.ActivationSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.jms.WaybillConnectionFactory;
import org.waybill.jms.WaybillXAConnectionFactory;

/** A bean's messages, from its activation to its deactivation. */
@Timeout(120)
final class ActivationIT {
    private static final long WAIT_MS = 30_000;
    private static final long NOTHING_MS = 300;

    private record Heard(String text, int deliveries) {}

    @TempDir
    Path directory;

    private final BlockingQueue<Heard> heard = new ArrayBlockingQueue<>(100);
    private final WaybillResourceAdapter adapter = new WaybillResourceAdapter();
    private final WaybillActivationSpec spec = new WaybillActivationSpec();
    private RunningBroker broker;
    private PlayedServer server;

    @BeforeEach
    void start() throws Exception {
        broker = new RunningBroker(directory);
        adapter.setUrl(broker.url());
        spec.setDestination("in");
        spec.setDestinationType(Queue.class.getName());
    }

    @AfterEach
    void stop() {
        adapter.stop();
        if (server != null) {
            server.close();
        }
        broker.close();
    }

    private void activate(boolean transacted, MessageListener bean) throws Exception {
        server = new PlayedServer(transacted, bean);
        adapter.start(server);
        adapter.endpointActivation(server, spec);
    }

    private void hear(Message message) {
        try {
            heard.add(new Heard(message.getBody(String.class), message.getIntProperty("JMSXDeliveryCount")));
        } catch (JMSException e) {
            throw new IllegalStateException(e);
        }
    }

    private void failAtFirst(Message message) {
        hear(message);
        try {
            if (!message.getJMSRedelivered()) {
                throw new IllegalStateException("as wanted");
            }
        } catch (JMSException e) {
            throw new IllegalStateException(e);
        }
    }

    private void send(String text) {
        try (JMSContext context = new WaybillConnectionFactory(broker.url()).createContext()) {
            context.createProducer().send(context.createQueue("in"), text);
        }
    }

    private String left() {
        try (JMSContext context = new WaybillConnectionFactory(broker.url()).createContext()) {
            return context.createConsumer(context.createQueue("in")).receiveBody(String.class, NOTHING_MS);
        }
    }

    private Heard next() throws InterruptedException {
        return heard.poll(WAIT_MS, TimeUnit.MILLISECONDS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aMessageThatTheBeanFailsOnComesAgainAndOneThatItTakesDoesNot(boolean transacted) throws Exception {
        activate(transacted, this::failAtFirst);
        send("m");

        assertThat(next()).isEqualTo(new Heard("m", 1));
        assertThat(next()).isEqualTo(new Heard("m", 2));
        adapter.endpointDeactivation(server, spec);
        assertThat(left()).isNull();
        assertThat(heard).isEmpty();
        assertThat(server.released).hasValue(spec.getMaxSessions());
    }

    @Test
    void aBrokerThatComesBackIsGoneOnWith() throws Exception {
        activate(true, this::hear);
        send("before");
        assertThat(next()).isEqualTo(new Heard("before", 1));
        assertThat(server.committed.tryAcquire(WAIT_MS, TimeUnit.MILLISECONDS)).isTrue();

        broker.restart();
        send("after");
        assertThat(next()).isEqualTo(new Heard("after", 1));
    }

    @Test
    void aDeactivatedBeanLeavesTheRest() throws Exception {
        spec.setMaxSessions(1);
        activate(true, this::hear);
        send("one");
        assertThat(next()).isEqualTo(new Heard("one", 1));

        adapter.endpointDeactivation(server, spec);
        send("two");
        assertThat(left()).isEqualTo("two");
        assertThat(heard).isEmpty();
    }

    @Test
    void whatWaitsForABusyBeanGoesBackUnseen() throws Exception {
        spec.setMaxSessions(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        activate(true, message -> {
            hear(message);
            await(goesOn);
        });
        for (String text : List.of("one", "two", "three")) {
            send(text);
        }
        assertThat(next()).isEqualTo(new Heard("one", 1));

        CompletableFuture<Void> ending = CompletableFuture.runAsync(() -> adapter.endpointDeactivation(server, spec));
        goesOn.countDown();
        ending.get(WAIT_MS, TimeUnit.MILLISECONDS);
        try (JMSContext context = new WaybillConnectionFactory(broker.url()).createContext()) {
            JMSConsumer rest = context.createConsumer(context.createQueue("in"));
            for (int left = 2 - heard.size(); left > 0; left--) {
                Message message = rest.receive(WAIT_MS);
                assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(1);
            }
            assertThat(rest.receive(NOTHING_MS)).isNull();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void onlySelectedMessagesCome() throws Exception {
        spec.setMessageSelector("wanted = TRUE");
        activate(true, this::hear);
        try (JMSContext context = new WaybillConnectionFactory(broker.url()).createContext()) {
            Queue in = context.createQueue("in");
            context.createProducer().send(in, "unwanted");
            context.createProducer().setProperty("wanted", true).send(in, "wanted");
        }

        assertThat(next()).isEqualTo(new Heard("wanted", 1));
        adapter.endpointDeactivation(server, spec);
        assertThat(left()).isEqualTo("unwanted");
    }

    @Test
    void recoveryFindsAndDecidesWhatIsPrepared() throws Exception {
        Xid branch = new PlayedServer.Branch(1);
        try (XAConnection connection = new WaybillXAConnectionFactory(broker.url()).createXAConnection();
                XASession session = connection.createXASession()) {
            session.getXAResource().start(branch, XAResource.TMNOFLAGS);
            session.createProducer(session.createQueue("in")).send(session.createTextMessage("prepared"));
            session.getXAResource().end(branch, XAResource.TMSUCCESS);
            session.getXAResource().prepare(branch);
        }
        XAResource[] resources = adapter.getXAResources(new ActivationSpec[] {spec, spec});
        assertThat(resources).hasSize(1);

        Xid[] found = resources[0].recover(XAResource.TMSTARTRSCAN);
        assertThat(found).hasSize(1);
        assertThat(found[0].getGlobalTransactionId()).isEqualTo(branch.getGlobalTransactionId());
        assertThat(resources[0].recover(XAResource.TMENDRSCAN)).isEmpty();
        resources[0].commit(found[0], false);
        assertThat(resources[0].recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN))
                .isEmpty();
        assertThat(left()).isEqualTo("prepared");
    }

    @Test
    void recoveryOfABrokerThatIsAwayIsToldSo() throws Exception {
        XAResource[] resources = adapter.getXAResources(new ActivationSpec[] {spec});
        broker.stop();

        XAException failure =
                catchThrowableOfType(XAException.class, () -> resources[0].recover(XAResource.TMSTARTRSCAN));
        assertThat(failure.errorCode).isEqualTo(XAException.XAER_RMFAIL);
    }
}
