package org.waybill.systemtests.cluster.load;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import org.apache.qpid.jms.JmsConnection;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.waybill.jms.WaybillConnectionFactory;
import org.waybill.jms.session.ConnectionEvents;

/** The JMS clients. */
enum Make {
    /** Sends again what was under way when a connection was lost; that may be stored twice. */
    QPID_JMS {
        @Override
        Connection connect(Servers servers, int first, Runnable onLost) throws JMSException {
            Connection connection = login(new JmsConnectionFactory(servers.uri(first)), servers);
            ((JmsConnection) connection).addConnectionListener(new LossListener(onLost));
            return connection;
        }
    },
    /** The same with numbers, so that nothing is stored twice. */
    WAYBILL {
        @Override
        Connection connect(Servers servers, int first, Runnable onLost) throws JMSException {
            WaybillConnectionFactory factory =
                    new WaybillConnectionFactory(servers.uri(first) + "&jms.exactlyOnce=true");
            factory.setConnectionEvents(new ConnectionEvents() {
                @Override
                public void onLost(Connection connection, Exception why) {
                    onLost.run();
                }

                @Override
                public void onRestored(Connection connection, String server) {
                    // what comes now was handed out after the loss, which is all that is to be known
                }
            });
            return login(factory, servers);
        }
    };

    /** A connection that begins at this node (from 0) and tells, on a thread of its own, when it has lost one. */
    abstract Connection connect(Servers servers, int first, Runnable onLost) throws JMSException;

    /** Whether a send that is repeated after a reconnect is stored once. */
    boolean once() {
        return this == WAYBILL;
    }

    /**
     * Whether a commit that is said to be rolled back is: Qpid JMS says so, too, of one that was under way when the connection was lost, and
     * that may have happened.
     */
    boolean knowsRollback() {
        return this == WAYBILL;
    }

    private static Connection login(ConnectionFactory factory, Servers servers) throws JMSException {
        return servers.user().isEmpty()
                ? factory.createConnection()
                : factory.createConnection(servers.user(), servers.password());
    }
}
