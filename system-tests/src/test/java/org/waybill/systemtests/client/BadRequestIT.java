package org.waybill.systemtests.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.InvalidClientIDRuntimeException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.InvalidDestinationRuntimeException;
import jakarta.jms.InvalidSelectorException;
import jakarta.jms.InvalidSelectorRuntimeException;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.Topic;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.waybill.jms.WaybillConnectionFactory;
import org.waybill.systemtests.RunningBroker;

/** Names, selectors, client identifiers, modes and values that cannot be: the exception that the API names for each, in a sentence. */
@Timeout(20)
@ExtendWith(Leftovers.class)
final class BadRequestIT {
    private static final List<String> BAD_SELECTORS = List.of(
            "colour = = 'red'",
            "colour =",
            "'unfinished",
            "a BETWEEN 1",
            "a IN ()",
            "a LIKE 5",
            "1 +",
            "NOT",
            "a = 1 b = 2",
            "(a = 1");

    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    private Connection connection;
    private Session session;

    private static WaybillConnectionFactory factory() {
        return new WaybillConnectionFactory("amqp://127.0.0.1:" + BROKER.port() + "?jms.requestTimeout=10000");
    }

    @BeforeEach
    void connect() throws JMSException {
        connection = factory().createConnection();
        session = connection.createSession();
    }

    @AfterEach
    void disconnect() throws JMSException {
        connection.close();
    }

    private static <E extends JMSException> E refused(Class<E> type, ThrowingCallable call) {
        E refusal = catchThrowableOfType(type, call);
        assertThat(refusal).isExactlyInstanceOf(type);
        assertThat(refusal.getMessage()).isNotBlank();
        assertThat(refusal.getErrorCode()).isNotBlank();
        return refusal;
    }

    @Test
    void selectorsPointAtTheirMistake() throws JMSException {
        Queue queue = session.createQueue("bad.selectors");
        Topic topic = session.createTopic("bad.selectors");
        for (String selector : BAD_SELECTORS) {
            List<ThrowingCallable> calls = List.of(
                    () -> session.createConsumer(queue, selector),
                    () -> session.createConsumer(topic, selector, true),
                    () -> session.createSharedConsumer(topic, "bad", selector),
                    () -> session.createSharedDurableConsumer(topic, "bad", selector),
                    () -> session.createBrowser(queue, selector));
            for (ThrowingCallable call : calls) {
                InvalidSelectorException refusal = refused(InvalidSelectorException.class, call);
                assertThat(refusal)
                        .hasMessageContaining(selector)
                        .hasMessageContaining("bad.selectors")
                        .hasMessageContaining("correct the message selector");
                assertThat(refusal.getCause()).isNotNull().isSameAs(refusal.getLinkedException());
            }
        }
        // The session is as good as before.
        session.createConsumer(queue, "colour = 'red'").close();
    }

    @Test
    void namesThatCannotBeAreRefused() throws JMSException {
        refused(InvalidDestinationException.class, () -> session.createConsumer(null));
        refused(InvalidDestinationException.class, () -> session.createBrowser(null));
        refused(InvalidDestinationException.class, () -> session.createSharedConsumer(null, "name"));
        for (String name : new String[] {null, ""}) {
            assertThat(catchThrowableOfType(JMSException.class, () -> session.createQueue(name)))
                    .isNotNull();
            assertThat(catchThrowableOfType(JMSException.class, () -> session.createTopic(name)))
                    .isNotNull();
            assertThat(catchThrowableOfType(
                            JMSException.class, () -> session.createSharedConsumer(session.createTopic("bad"), name)))
                    .isNotNull();
        }
        refused(InvalidDestinationException.class, () -> session.unsubscribe("nobody.has.it"));
        MessageProducer nowhere = session.createProducer(null);
        refused(InvalidDestinationException.class, () -> nowhere.send((Destination) null, session.createMessage()));
    }

    @Test
    void aProducerOfOneDestinationSendsToNoOther() throws JMSException {
        Queue queue = session.createQueue("bad.producer");
        MessageProducer producer = session.createProducer(queue);
        assertThat(catchThrowableOfType(
                        UnsupportedOperationException.class, () -> producer.send(queue, session.createMessage())))
                .isNotNull();
        MessageProducer any = session.createProducer(null);
        assertThat(catchThrowableOfType(UnsupportedOperationException.class, () -> any.send(session.createMessage())))
                .isNotNull();
    }

    @Test
    void aDeletedTemporaryQueueIsNoDestination() throws JMSException {
        TemporaryQueue queue = session.createTemporaryQueue();
        MessageProducer producer = session.createProducer(queue);
        String name = queue.getQueueName();
        queue.delete();
        // The broker may have closed the producer by now, or not.
        assertThat(catchThrowableOfType(JMSException.class, () -> producer.send(session.createMessage())))
                .hasMessageContaining(name);
        refused(InvalidDestinationException.class, () -> session.createProducer(queue));
        refused(InvalidDestinationException.class, () -> session.createConsumer(queue));
    }

    @Test
    void anothersTemporaryQueueIsNotConsumed() throws JMSException {
        TemporaryQueue queue = session.createTemporaryQueue();
        try (Connection other = factory().createConnection();
                Session theirs = other.createSession()) {
            assertThat(catchThrowableOfType(JMSException.class, () -> theirs.createConsumer(queue)))
                    .hasMessageContaining(queue.getQueueName());
            session.createConsumer(queue);
            assertThat(catchThrowableOfType(JMSException.class, queue::delete)).hasMessageContaining("consumer");
        }
    }

    @Test
    void aClientIdHasOneConnection() throws JMSException {
        try (Connection first = factory().createConnection();
                Connection second = factory().createConnection()) {
            first.setClientID("one");
            InvalidClientIDException refusal = refused(InvalidClientIDException.class, () -> second.setClientID("one"));
            assertThat(refusal).hasMessageContaining("another connection uses this client id");
            refused(InvalidClientIDException.class, () -> second.setClientID(""));
            refused(InvalidClientIDException.class, () -> second.setClientID(null));
            second.setClientID("two");
            refused(IllegalStateException.class, () -> second.setClientID("three"));
        }
        WaybillConnectionFactory named = factory();
        named.setClientID("one");
        try (Connection holder = named.createConnection()) {
            refused(InvalidClientIDException.class, named::createConnection);
            assertThat(catchThrowableOfType(InvalidClientIDRuntimeException.class, named::createContext))
                    .isNotNull();
            refused(IllegalStateException.class, () -> holder.setClientID("two"));
        }
        refused(IllegalStateException.class, () -> connection.setClientID("too late"));
    }

    @Test
    void durableSubscriptionsNeedAClientId() throws JMSException {
        Topic topic = session.createTopic("bad.durable");
        refused(IllegalStateException.class, () -> session.createDurableConsumer(topic, "name"));
        refused(IllegalStateException.class, () -> session.createDurableSubscriber(topic, "name"));
    }

    @Test
    void whatIsNotOfATransactionIsRefused() throws JMSException {
        refused(IllegalStateException.class, session::commit);
        refused(IllegalStateException.class, session::rollback);
        try (Session transacted = connection.createSession(Session.SESSION_TRANSACTED)) {
            refused(IllegalStateException.class, transacted::recover);
        }
    }

    @Test
    void valuesOutOfRangeAreRefused() throws JMSException {
        MessageProducer producer = session.createProducer(session.createQueue("bad.values"));
        refused(JMSException.class, () -> producer.setPriority(10));
        refused(JMSException.class, () -> producer.setPriority(-1));
        refused(JMSException.class, () -> producer.setDeliveryMode(3));
        refused(JMSException.class, () -> producer.send(session.createMessage(), DeliveryMode.PERSISTENT, 10, 0));
        refused(JMSException.class, () -> connection.createSession(17));
        refused(JMSException.class, () -> connection.createSession(false, Session.SESSION_TRANSACTED));
    }

    @Test
    void contextsThrowTheUncheckedOnes() {
        try (JMSContext context = factory().createContext()) {
            assertThat(catchThrowableOfType(
                            InvalidSelectorRuntimeException.class,
                            () -> context.createConsumer(context.createQueue("bad"), "a =")))
                    .hasCauseInstanceOf(InvalidSelectorException.class);
            assertThat(catchThrowableOfType(
                            InvalidDestinationRuntimeException.class, () -> context.createConsumer(null)))
                    .hasCauseInstanceOf(InvalidDestinationException.class);
            assertThat(catchThrowableOfType(InvalidDestinationRuntimeException.class, () -> context.createProducer()
                            .send(null, "text")))
                    .isNotNull();
        }
    }
}
