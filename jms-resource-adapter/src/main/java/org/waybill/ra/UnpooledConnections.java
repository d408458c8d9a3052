package org.waybill.ra;

import jakarta.resource.ResourceException;
import jakarta.resource.spi.ConnectionEvent;
import jakarta.resource.spi.ConnectionEventListener;
import jakarta.resource.spi.ConnectionManager;
import jakarta.resource.spi.ConnectionRequestInfo;
import jakarta.resource.spi.ManagedConnection;
import jakarta.resource.spi.ManagedConnectionFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connections where there is no server to pool them: each is made when it is wanted and ends when its handle is closed. */
final class UnpooledConnections implements ConnectionManager {
    private static final Logger LOG = LoggerFactory.getLogger(UnpooledConnections.class);
    private static final long serialVersionUID = 1;

    @Override
    public Object allocateConnection(ManagedConnectionFactory factory, ConnectionRequestInfo wanted)
            throws ResourceException {
        ManagedConnection connection = factory.createManagedConnection(null, wanted);
        connection.addConnectionEventListener(new Ending(connection));
        return connection.getConnection(null, wanted);
    }

    private record Ending(ManagedConnection connection) implements ConnectionEventListener {
        @Override
        public void connectionClosed(ConnectionEvent event) {
            end();
        }

        @Override
        public void connectionErrorOccurred(ConnectionEvent event) {
            end();
        }

        private void end() {
            try {
                connection.destroy();
            } catch (ResourceException e) {
                LOG.debug("Closing", e);
            }
        }

        @Override
        public void localTransactionStarted(ConnectionEvent event) {
            // Nothing hangs on it.
        }

        @Override
        public void localTransactionCommitted(ConnectionEvent event) {
            // Nothing hangs on it.
        }

        @Override
        public void localTransactionRolledback(ConnectionEvent event) {
            // Nothing hangs on it.
        }
    }
}
