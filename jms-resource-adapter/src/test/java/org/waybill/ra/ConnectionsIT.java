package org.waybill.ra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.IllegalStateException;
import jakarta.jms.IllegalStateRuntimeException;
import jakarta.jms.JMSContext;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TextMessage;
import jakarta.resource.spi.ConnectionEvent;
import jakarta.resource.spi.ConnectionEventListener;
import jakarta.resource.spi.ManagedConnection;
import jakarta.resource.spi.security.PasswordCredential;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.security.auth.Subject;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Outbound connections, as a pool and an application use them. */
final class ConnectionsIT {
    private static final long WAIT_MS = 20_000;

    private record TestXid(byte number) implements Xid {
        @Override
        public int getFormatId() {
            return 7;
        }

        @Override
        public byte[] getGlobalTransactionId() {
            return new byte[] {1, number};
        }

        @Override
        public byte[] getBranchQualifier() {
            return new byte[] {2};
        }
    }

    /** Takes note of what the pool is told. */
    private static final class Events implements ConnectionEventListener {
        final BlockingQueue<Integer> told = new ArrayBlockingQueue<>(16);

        @Override
        public void connectionClosed(ConnectionEvent event) {
            told.add(event.getId());
        }

        @Override
        public void connectionErrorOccurred(ConnectionEvent event) {
            told.add(event.getId());
        }

        @Override
        public void localTransactionStarted(ConnectionEvent event) {
            told.add(event.getId());
        }

        @Override
        public void localTransactionCommitted(ConnectionEvent event) {
            told.add(event.getId());
        }

        @Override
        public void localTransactionRolledback(ConnectionEvent event) {
            told.add(event.getId());
        }
    }

    @TempDir
    Path directory;

    private RunningBroker broker;
    private WaybillManagedConnectionFactory factory;

    @BeforeEach
    void start() throws Exception {
        broker = new RunningBroker(directory);
        factory = new WaybillManagedConnectionFactory();
        factory.setUrl(broker.url());
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private static Session handle(ManagedConnection connection) throws Exception {
        return (Session) connection.getConnection(null, null);
    }

    private static void send(Session session, String text) throws Exception {
        try (MessageProducer producer = session.createProducer(session.createQueue("q"))) {
            producer.send(session.createTextMessage(text));
        }
    }

    private String received() {
        try (JMSContext context = ((ConnectionFactory) factory.createConnectionFactory()).createContext()) {
            return context.createConsumer(context.createQueue("q")).receiveBody(String.class, 300);
        }
    }

    @Test
    void workIsOfTheBranchThatThePoolsResourceIsIn() throws Exception {
        ManagedConnection connection = factory.createManagedConnection(null, null);
        XAResource resource = connection.getXAResource();
        Session session = handle(connection);

        resource.start(new TestXid((byte) 1), XAResource.TMNOFLAGS);
        send(session, "rolled back");
        resource.end(new TestXid((byte) 1), XAResource.TMSUCCESS);
        resource.rollback(new TestXid((byte) 1));
        assertThat(received()).isNull();

        resource.start(new TestXid((byte) 2), XAResource.TMNOFLAGS);
        send(session, "committed");
        resource.end(new TestXid((byte) 2), XAResource.TMSUCCESS);
        resource.prepare(new TestXid((byte) 2));
        resource.commit(new TestXid((byte) 2), false);
        assertThat(received()).isEqualTo("committed");

        send(session, "in no branch");
        assertThat(received()).isEqualTo("in no branch");
        connection.destroy();
    }

    @Test
    void aLocalTransactionIsOneOfTheBrokers() throws Exception {
        ManagedConnection connection = factory.createManagedConnection(null, null);
        Session session = handle(connection);

        connection.getLocalTransaction().begin();
        send(session, "rolled back");
        connection.getLocalTransaction().rollback();
        assertThat(received()).isNull();

        connection.getLocalTransaction().begin();
        send(session, "committed");
        assertThat(received()).isNull();
        connection.getLocalTransaction().commit();
        assertThat(received()).isEqualTo("committed");

        connection.getLocalTransaction().begin();
        send(session, "left open");
        connection.cleanup();
        assertThat(received()).isNull();
        connection.destroy();
    }

    @Test
    void aClosedHandleIsTheOnlyThingThatEnds() throws Exception {
        ManagedConnection connection = factory.createManagedConnection(null, null);
        Events events = new Events();
        connection.addConnectionEventListener(events);
        Session session = handle(connection);
        MessageProducer producer = session.createProducer(session.createQueue("q"));
        TemporaryQueue answers = session.createTemporaryQueue();
        session.close();
        session.close();

        assertThat(events.told).containsExactly(ConnectionEvent.CONNECTION_CLOSED);
        assertThatThrownBy(session::createMessage).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(producer::getPriority).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> handle(connection).createConsumer(answers))
                .isInstanceOf(jakarta.jms.JMSException.class);
        send(handle(connection), "after it");
        assertThat(received()).isEqualTo("after it");
        connection.destroy();
    }

    @Test
    void thePoolFindsTheConnectionOfTheSameUserThatWorks() throws Exception {
        ManagedConnection one = factory.createManagedConnection(null, null);
        Identity alice = new Identity("alice", "a");

        assertThat(factory.matchManagedConnections(Set.of(one), null, null)).isSameAs(one);
        assertThat(factory.matchManagedConnections(Set.of(one), null, Identity.DEFAULT))
                .isSameAs(one);
        assertThat(factory.matchManagedConnections(Set.of(one), null, alice)).isNull();

        Subject subject = new Subject();
        PasswordCredential credential = new PasswordCredential("alice", "a".toCharArray());
        credential.setManagedConnectionFactory(factory);
        subject.getPrivateCredentials().add(credential);
        assertThat(factory.matchManagedConnections(Set.of(one), subject, null)).isNull();

        one.destroy();
        assertThat(factory.matchManagedConnections(Set.of(one), null, null)).isNull();
        assertThat(factory.getInvalidConnections(Set.of(one))).containsExactly(one);
    }

    @Test
    void thePoolIsToldOfALostBroker() throws Exception {
        ManagedConnection connection = factory.createManagedConnection(null, null);
        Events events = new Events();
        connection.addConnectionEventListener(events);
        broker.stop();

        assertThat(events.told.poll(WAIT_MS, TimeUnit.MILLISECONDS))
                .isEqualTo(ConnectionEvent.CONNECTION_ERROR_OCCURRED);
        assertThat(factory.getInvalidConnections(Set.of(connection))).containsExactly(connection);
        connection.destroy();
    }

    @Test
    void anApplicationMustNotDoWhatTheServerDoes() throws Exception {
        ConnectionFactory connections = (ConnectionFactory) factory.createConnectionFactory();
        try (Connection connection = connections.createConnection();
                Session session = connection.createSession(true, Session.SESSION_TRANSACTED)) {
            Queue queue = session.createQueue("q");
            MessageConsumer consumer = session.createConsumer(queue);
            MessageProducer producer = session.createProducer(queue);
            TextMessage message = session.createTextMessage();

            assertThatThrownBy(connection::createSession).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> connection.setClientID("c")).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> connection.setExceptionListener(e -> {}))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(connection::stop).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> connection.createConnectionConsumer(queue, null, null, 1))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(session::commit).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(session::rollback).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(session::recover).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> session.setMessageListener(m -> {})).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> consumer.setMessageListener(m -> {})).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> producer.send(message, null)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aContextSendsReceivesAndLeavesTheRestToTheServer() {
        try (JMSContext context = ((ConnectionFactory) factory.createConnectionFactory()).createContext()) {
            Queue queue = context.createQueue("q");
            context.createProducer().setProperty("n", 1).send(queue, "text");
            assertThat(context.createConsumer(queue).receiveBody(String.class, WAIT_MS))
                    .isEqualTo("text");
            assertThatThrownBy(context::commit).isInstanceOf(IllegalStateRuntimeException.class);
            assertThatThrownBy(context::acknowledge).isInstanceOf(IllegalStateRuntimeException.class);
            assertThatThrownBy(() ->
                            context.createContext(JMSContext.AUTO_ACKNOWLEDGE).createProducer())
                    .isInstanceOf(IllegalStateRuntimeException.class);
        }
    }
}
