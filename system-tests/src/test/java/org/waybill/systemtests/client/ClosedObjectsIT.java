package org.waybill.systemtests.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionConsumer;
import jakarta.jms.Destination;
import jakarta.jms.ExceptionListener;
import jakarta.jms.IllegalStateException;
import jakarta.jms.IllegalStateRuntimeException;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSProducer;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageListener;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.QueueConnection;
import jakarta.jms.QueueReceiver;
import jakarta.jms.QueueSender;
import jakarta.jms.QueueSession;
import jakarta.jms.ServerSessionPool;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.Topic;
import jakarta.jms.TopicConnection;
import jakarta.jms.TopicPublisher;
import jakarta.jms.TopicSession;
import jakarta.jms.TopicSubscriber;
import jakarta.jms.XAConnection;
import jakarta.jms.XAJMSContext;
import jakarta.jms.XASession;
import java.io.Serializable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.waybill.jms.WaybillXAConnectionFactory;
import org.waybill.jms.destination.WaybillQueue;
import org.waybill.jms.destination.WaybillTopic;
import org.waybill.jms.message.DeserializationPolicy;
import org.waybill.jms.message.Messages;
import org.waybill.systemtests.RunningBroker;

/**
 * Every method of every interface of the API on every object that is closed, by itself or with what it belongs to: found by reflection, so
 * that none is forgotten. Each throws an IllegalStateException, unchecked where the simplified API has it so; only closing again does nothing.
 */
@Timeout(60)
@ExtendWith(Leftovers.class)
final class ClosedObjectsIT {
    private static final Queue QUEUE = new WaybillQueue("closed");
    private static final Topic TOPIC = new WaybillTopic("closed");
    private static final Message MESSAGE =
            new Messages(DeserializationPolicy.NOTHING, true, InstantSource.system()).createMessage();

    /** What is not said to throw: constants, settings, and what hands out an object that throws by itself. */
    private static final Set<String> HARMLESS = Set.of(
            "Session.run",
            "XASession.getSession",
            "XASession.getXAResource",
            "XAJMSContext.getContext",
            "XAJMSContext.getTransacted",
            "XAJMSContext.getXAResource",
            "JMSContext.getSessionMode",
            "JMSContext.getTransacted",
            "JMSContext.getAutoStart",
            "JMSContext.setAutoStart");

    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    /** Makes the objects. */
    private interface Making {
        Object make(Connection connection, Session session) throws JMSException;
    }

    /** What is to be closed. */
    private enum Closing {
        ITSELF,
        ITS_SESSION,
        ITS_CONNECTION
    }

    private static WaybillXAConnectionFactory factory() {
        return new WaybillXAConnectionFactory("amqp://127.0.0.1:" + BROKER.port());
    }

    @TestFactory
    Stream<DynamicContainer> objectsOfASession() {
        Map<Class<?>, Making> objects = Map.of(
                MessageProducer.class, (connection, session) -> session.createProducer(session.createQueue("closed")),
                MessageConsumer.class, (connection, session) -> session.createConsumer(session.createQueue("closed")),
                QueueBrowser.class, (connection, session) -> session.createBrowser(session.createQueue("closed")),
                QueueSender.class,
                        (connection, session) -> ((QueueSession) session).createSender(session.createQueue("closed")),
                QueueReceiver.class,
                        (connection, session) -> ((QueueSession) session).createReceiver(session.createQueue("closed")),
                TopicPublisher.class,
                        (connection, session) ->
                                ((TopicSession) session).createPublisher(session.createTopic("closed")),
                TopicSubscriber.class,
                        (connection, session) ->
                                ((TopicSession) session).createSubscriber(session.createTopic("closed")));
        return objects.entrySet().stream().flatMap(object -> Arrays.stream(Closing.values())
                .map(closing -> container(object.getKey(), closing, object.getValue())));
    }

    @TestFactory
    Stream<DynamicContainer> sessions() {
        return Stream.of(Session.class, QueueSession.class, TopicSession.class)
                .flatMap(type -> Stream.of(Closing.ITSELF, Closing.ITS_CONNECTION)
                        .map(closing -> container(type, closing, (connection, session) -> session)));
    }

    @TestFactory
    Stream<DynamicContainer> connections() {
        return Stream.of(Connection.class, QueueConnection.class, TopicConnection.class)
                .map(type -> container(type, Closing.ITSELF, (connection, session) -> connection));
    }

    @TestFactory
    Stream<DynamicContainer> connectionConsumers() {
        return Stream.of(Closing.ITSELF, Closing.ITS_CONNECTION)
                .map(closing -> container(
                        ConnectionConsumer.class,
                        closing,
                        (connection, session) -> connection.createConnectionConsumer(
                                session.createQueue("closed"),
                                null,
                                () -> {
                                    throw new JMSException("nobody is here");
                                },
                                1)));
    }

    private static DynamicContainer container(Class<?> type, Closing closing, Making making) {
        List<DynamicTest> tests = new ArrayList<>();
        for (Method method : methods(type)) {
            tests.add(dynamicTest(signature(method), () -> {
                try (Connection connection = factory().createConnection();
                        Session session = connection.createSession()) {
                    Object object = making.make(connection, session);
                    close(closing, object, connection, session);
                    check(object, method, IllegalStateException.class);
                }
            }));
        }
        return dynamicContainer(type.getSimpleName() + " closed with " + closing, tests);
    }

    private static void close(Closing closing, Object object, Connection connection, Session session)
            throws JMSException {
        switch (closing) {
            case ITSELF -> closeItself(object);
            case ITS_SESSION -> closeItself(session);
            case ITS_CONNECTION -> closeItself(connection);
        }
    }

    private static void closeItself(Object object) throws JMSException {
        if (object instanceof ConnectionConsumer consumer) {
            consumer.close();
        } else {
            assertThat(catchThrowable(((AutoCloseable) object)::close)).isNull();
        }
    }

    @TestFactory
    Stream<DynamicTest> xaSessionsAndConnections() {
        return Stream.concat(
                methods(XASession.class).stream()
                        .map(method -> dynamicTest("XASession " + signature(method), () -> {
                            try (XAConnection connection = factory().createXAConnection();
                                    XASession session = connection.createXASession()) {
                                closeItself(session);
                                check(session, method, IllegalStateException.class);
                            }
                        })),
                methods(XAConnection.class).stream()
                        .map(method -> dynamicTest("XAConnection " + signature(method), () -> {
                            try (XAConnection connection = factory().createXAConnection()) {
                                closeItself(connection);
                                check(connection, method, IllegalStateException.class);
                            }
                        })));
    }

    @TestFactory
    Stream<DynamicTest> contexts() {
        return Stream.concat(
                methods(JMSContext.class).stream()
                        .map(method -> dynamicTest("JMSContext " + signature(method), () -> {
                            try (JMSContext context = factory().createContext()) {
                                closeItself(context);
                                check(context, method, IllegalStateRuntimeException.class);
                            }
                        })),
                methods(XAJMSContext.class).stream()
                        .map(method -> dynamicTest("XAJMSContext " + signature(method), () -> {
                            try (XAJMSContext context = factory().createXAContext()) {
                                closeItself(context);
                                check(context, method, IllegalStateRuntimeException.class);
                            }
                        })));
    }

    @TestFactory
    Stream<DynamicTest> consumersOfContexts() {
        return methods(JMSConsumer.class).stream().flatMap(method -> Stream.of(true, false)
                .map(itself -> dynamicTest(signature(method) + (itself ? "" : " of a closed context"), () -> {
                    try (JMSContext context = factory().createContext()) {
                        JMSConsumer consumer = context.createConsumer(context.createQueue("closed"));
                        if (itself) {
                            consumer.close();
                        } else {
                            closeItself(context);
                        }
                        check(consumer, method, IllegalStateRuntimeException.class);
                    }
                })));
    }

    @TestFactory
    Stream<DynamicTest> sendsOfClosedContexts() {
        return methods(JMSProducer.class).stream()
                .filter(method -> method.getName().equals("send"))
                .map(method -> dynamicTest(signature(method), () -> {
                    try (JMSContext context = factory().createContext()) {
                        JMSProducer producer = context.createProducer();
                        closeItself(context);
                        check(producer, method, IllegalStateRuntimeException.class);
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> whatIsLeftOfAClosedConnection() {
        return Stream.of(
                dynamicTest("a message's acknowledgement", () -> {
                    try (Connection connection = factory().createConnection();
                            Session session = connection.createSession(Session.CLIENT_ACKNOWLEDGE)) {
                        connection.start();
                        Queue queue = session.createQueue("closed.acknowledge");
                        session.createProducer(queue).send(session.createMessage());
                        Message received = session.createConsumer(queue).receive(10_000);
                        closeItself(session);
                        assertThat(catchThrowable(received::acknowledge)).isInstanceOf(IllegalStateException.class);
                    }
                }),
                dynamicTest("a temporary queue's deletion", () -> {
                    try (Connection connection = factory().createConnection()) {
                        TemporaryQueue queue = connection.createSession().createTemporaryQueue();
                        closeItself(connection);
                        assertThat(catchThrowable(queue::delete)).isInstanceOf(JMSException.class);
                    }
                }));
    }

    // --- reflection

    /** The methods of an interface with all it inherits, in a stable order. */
    private static List<Method> methods(Class<?> type) {
        return Arrays.stream(type.getMethods())
                .sorted(Comparator.comparing(ClosedObjectsIT::signature))
                .toList();
    }

    private static String signature(Method method) {
        return method.getDeclaringClass().getSimpleName() + "." + method.getName()
                + Arrays.stream(method.getParameterTypes())
                        .map(Class::getSimpleName)
                        .toList();
    }

    private static void check(Object closed, Method method, Class<? extends Exception> expected)
            throws IllegalAccessException {
        Throwable thrown = null;
        try {
            method.invoke(closed, argumentsOf(method));
        } catch (InvocationTargetException e) {
            thrown = e.getCause();
        }
        String name = method.getDeclaringClass().getSimpleName() + "." + method.getName();
        if (method.getName().equals("close") || HARMLESS.contains(name)) {
            assertThat(thrown).isNull();
        } else {
            assertThat(thrown).isInstanceOf(expected).hasMessageContaining("closed");
        }
    }

    private static Object[] argumentsOf(Method method) {
        return Arrays.stream(method.getParameterTypes())
                .map(ClosedObjectsIT::argument)
                .toArray();
    }

    /** A value that would do, so that only the closed object can be what is wrong. */
    private static Object argument(Class<?> type) {
        if (type == String.class || type == Serializable.class) {
            return "text";
        } else if (type == int.class) {
            return 1;
        } else if (type == long.class) {
            return 1L;
        } else if (type == boolean.class) {
            return false;
        } else if (type == Topic.class) {
            return TOPIC;
        } else if (type == Queue.class || type == Destination.class) {
            return QUEUE;
        } else if (type == Message.class) {
            return MESSAGE;
        } else if (type == Class.class) {
            return String.class;
        } else if (type == Map.class) {
            return Map.of("key", "value");
        } else if (type == byte[].class) {
            return new byte[1];
        } else if (type == MessageListener.class) {
            return (MessageListener) message -> {};
        } else if (type == ExceptionListener.class) {
            return (ExceptionListener) exception -> {};
        } else if (type == ServerSessionPool.class) {
            return (ServerSessionPool) () -> {
                throw new JMSException("nobody is here");
            };
        } else if (type == CompletionListener.class) {
            return new CompletionListener() {
                @Override
                public void onCompletion(Message message) {}

                @Override
                public void onException(Message message, Exception exception) {}
            };
        }
        throw new AssertionError("no value of " + type + " is known: add one");
    }
}
