package org.waybill.jms.session;

import jakarta.jms.Connection;

/**
 * What an application may want to know of a connection that reconnects, beyond JMS. Called on a thread of the connection's, one call after
 * the other; it may take its time, but must not close the connection.
 */
public interface ConnectionEvents {
    /** The connection to the server is lost; another one is being looked for. */
    void onLost(Connection connection, Exception why);

    /** There is a connection again, and everything on it: with the server of this URI. */
    void onRestored(Connection connection, String server);
}
