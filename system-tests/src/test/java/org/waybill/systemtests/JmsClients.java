package org.waybill.systemtests;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Connections of a client to one broker, started, and closed after each test. Every request of theirs has a deadline. */
public final class JmsClients implements AfterEachCallback {
    private static final String DEADLINES =
            "jms.requestTimeout=15000&jms.sendTimeout=15000&jms.closeTimeout=15000&jms.connectTimeout=15000";

    private final RunningBroker broker;
    private final JmsClient client;
    private final List<Connection> connections = new ArrayList<>();

    public JmsClients(RunningBroker broker, JmsClient client) {
        this.broker = broker;
        this.client = client;
    }

    /** A factory with these options of the connection's URI besides. */
    public ConnectionFactory factory(String... options) {
        return factory(broker.port(), options);
    }

    private ConnectionFactory factory(int port, String... options) {
        return factory(client, port, options);
    }

    private static ConnectionFactory factory(JmsClient client, int port, String... options) {
        StringBuilder uri = new StringBuilder("amqp://127.0.0.1:" + port + "?" + DEADLINES);
        for (String option : options) {
            uri.append('&').append(option);
        }
        return client.factory(uri.toString());
    }

    /** A connection without a client id. */
    public Connection connect(String... options) throws JMSException {
        return started(factory(options).createConnection());
    }

    /** A connection of this client, whatever client the tests go through. */
    public Connection connectThrough(JmsClient other, String... options) throws JMSException {
        return started(factory(other, broker.port(), options).createConnection());
    }

    /** A connection over a line that the test may cut. */
    public Connection connect(CuttableLine line, String... options) throws JMSException {
        return started(factory(line.port(), options).createConnection());
    }

    /** A connection with this client id. */
    public Connection connectAs(String clientId, String... options) throws JMSException {
        Connection connection = factory(options).createConnection();
        connection.setClientID(clientId);
        return started(connection);
    }

    private Connection started(Connection connection) throws JMSException {
        connections.add(connection);
        connection.start();
        return connection;
    }

    @Override
    public void afterEach(ExtensionContext context) throws JMSException {
        for (Connection connection : connections) {
            connection.close();
        }
        connections.clear();
    }
}
