package org.waybill.systemtests.scratch;
import jakarta.jms.*;
import java.util.Map;
import org.waybill.jms.failover.*;
import org.waybill.jms.session.*;
import org.waybill.jms.uri.ConnectionUri;
public final class ScratchFactory implements QueueConnectionFactory, TopicConnectionFactory {
    private final String uri;
    public ScratchFactory(String uri) { this.uri = uri; }
    private JmsConnection open(Domain d, String user, String password) throws JMSException {
        ConnectionUri u = ConnectionUri.parse(uri, Map.of());
        Identity id = new Identity(user == null ? u.user() : user, password, u.containerIdPrefix());
        Connector c = u.failover() == null ? new SingleConnector(u.servers().get(0), id) : new FailoverConnector(u.servers(), u.failover(), id);
        return JmsConnection.open(c, u.settings(), d);
    }
    public Connection createConnection() throws JMSException { return open(Domain.ANY, null, null); }
    public Connection createConnection(String a, String b) throws JMSException { return open(Domain.ANY, a, b); }
    public QueueConnection createQueueConnection() throws JMSException { return open(Domain.QUEUE, null, null); }
    public QueueConnection createQueueConnection(String a, String b) throws JMSException { return open(Domain.QUEUE, a, b); }
    public TopicConnection createTopicConnection() throws JMSException { return open(Domain.TOPIC, null, null); }
    public TopicConnection createTopicConnection(String a, String b) throws JMSException { return open(Domain.TOPIC, a, b); }
    public JMSContext createContext() { throw new UnsupportedOperationException(); }
    public JMSContext createContext(String a, String b) { throw new UnsupportedOperationException(); }
    public JMSContext createContext(String a, String b, int m) { throw new UnsupportedOperationException(); }
    public JMSContext createContext(int m) { throw new UnsupportedOperationException(); }
}
