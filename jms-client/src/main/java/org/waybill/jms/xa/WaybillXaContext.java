package org.waybill.jms.xa;

import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.XAJMSContext;
import javax.transaction.xa.XAResource;
import org.waybill.jms.context.WaybillContext;
import org.waybill.jms.session.JmsConnection;
import org.waybill.jms.session.JmsSession;

/**
 * A context whose work goes into the branches that its {@link XAResource} is associated with, as {@link WaybillXaSession}'s does. The
 * contexts that are made of it are ordinary ones.
 */
public final class WaybillXaContext extends WaybillContext implements XAJMSContext {
    private final BranchResource resource;

    private WaybillXaContext(JmsConnection connection, BranchResource resource) {
        super(connection, JMSContext.SESSION_TRANSACTED, (on, mode) -> session(connection, resource));
        this.resource = resource;
    }

    /**
     * Makes an XA context of a connection that was just opened.
     *
     * @throws JMSException if its server does not speak XA; the connection is closed then
     */
    public static WaybillXaContext of(JmsConnection opened) throws JMSException {
        WaybillXaConnection.requireXa(opened);
        XaVerbs verbs = new XaVerbs(opened, opened.settings().timeouts().requestMs());
        return new WaybillXaContext(opened, new BranchResource(verbs));
    }

    private static JmsSession session(JmsConnection connection, BranchResource resource) throws JMSException {
        JmsSession session = connection.createSession(resource);
        resource.session(session::settleTransactedWork);
        return session;
    }

    @Override
    public JMSContext getContext() {
        return this;
    }

    @Override
    public XAResource getXAResource() {
        return resource;
    }
}
