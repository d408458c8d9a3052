package org.waybill.jms.session;

import org.jspecify.annotations.Nullable;
import org.waybill.jms.engine.ClientConnection;
import org.waybill.jms.engine.ClientException;

/** Where the connections of one {@link JmsConnection} come from, one after the other. */
public interface Connector extends AutoCloseable {
    /**
     * The next connection, logged in and open. Blocks as long as its own policy says; one caller at a time.
     *
     * @param clientId the container id to open it under, or null for one that nobody else has
     * @throws ClientException if none came about and no further attempt is worth it, or after {@link #close}
     */
    ClientConnection connect(@Nullable String clientId);

    /** Whether to ask for another connection when one is lost. */
    boolean reconnects();

    /** Where it connects to, for messages to humans; without secrets. */
    String uri();

    /** Makes a blocked {@link #connect} give up at once, and each later one fail. Any thread; never throws. */
    @Override
    void close();
}
