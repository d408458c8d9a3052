package org.waybill.systemtests.bank;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.XAConnection;
import jakarta.jms.XASession;
import java.util.Optional;
import javax.transaction.xa.XAResource;
import org.waybill.jms.WaybillXAConnectionFactory;

/** A line to the queues: where orders come from and confirmations go to. One thread; work belongs to the branch that was started. */
final class Post implements AutoCloseable {
    /** Where the orders are. */
    static final String ORDERS = "bank.orders";

    /** Where the confirmations go. */
    static final String CONFIRMATIONS = "bank.confirmations";

    private static final long MOMENT_MS = 200;

    private final XAConnection connection;
    private final XASession branches;
    private final Session session;
    private final MessageConsumer orders;
    private final MessageProducer confirmations;

    private Post(XAConnection connection) throws JMSException {
        this.connection = connection;
        branches = connection.createXASession();
        session = branches.getSession();
        orders = session.createConsumer(session.createQueue(ORDERS));
        confirmations = session.createProducer(session.createQueue(CONFIRMATIONS));
        connection.start();
    }

    /** Connects. */
    static Post open(String uri) throws JMSException {
        XAConnection connection = new WaybillXAConnectionFactory(uri).createXAConnection();
        try {
            return new Post(connection);
        } catch (JMSException e) {
            connection.close();
            throw e;
        }
    }

    /** The resource to enlist. */
    XAResource resource() {
        return branches.getXAResource();
    }

    /** Takes the next order, or none if none comes for a moment. */
    Optional<String> take() throws JMSException {
        Message order = orders.receive(MOMENT_MS);
        return order == null ? Optional.empty() : Optional.of(order.getBody(String.class));
    }

    /** Puts a confirmation. */
    void confirm(String text) throws JMSException {
        confirmations.send(session.createTextMessage(text));
    }

    @Override
    public void close() throws JMSException {
        connection.close();
    }
}
