package org.waybill.systemtests.connector.beans;

import com.arjuna.ats.jta.resources.EndXAResource;
import com.arjuna.ats.jta.resources.StartXAResource;
import jakarta.annotation.Resource;
import jakarta.ejb.ActivationConfigProperty;
import jakarta.ejb.MessageDriven;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageListener;
import jakarta.jms.Queue;
import jakarta.transaction.TransactionManager;
import javax.transaction.xa.XAResource;

/**
 * Forwards what comes to {@code in} to {@code out}, in the transaction that it came in. Some texts make it do more:
 *
 * <pre>
 *  fail...    it throws after its send, unless the message was delivered before
 *  fetch...   it forwards a message from {@code store} instead; fetch-fail throws after that, the first time
 *  undecided  the server dies when every branch is prepared and nothing is decided
 *  decided    the server dies when the commit is decided and no branch knows of it
 * </pre>
 */
@MessageDriven(
        activationConfig = {
            @ActivationConfigProperty(propertyName = "destination", propertyValue = "in"),
            @ActivationConfigProperty(propertyName = "destinationType", propertyValue = "jakarta.jms.Queue"),
            @ActivationConfigProperty(propertyName = "maxSessions", propertyValue = "4")
        })
public class Forwarder implements MessageListener {
    private static final long FETCH_MS = 10_000;

    @Resource(lookup = "java:/jms/Waybill")
    private ConnectionFactory factory;

    @Resource(lookup = "java:/jms/queue/out")
    private Queue out;

    @Resource(lookup = "java:jboss/TransactionManager")
    private TransactionManager transactions;

    /** For the server. */
    public Forwarder() {}

    @Override
    @SuppressWarnings("deprecation") // StartXAResource: there is no other way to be told of the commit first
    public void onMessage(Message message) {
        try (JMSContext context = factory.createContext()) {
            String text = message.getBody(String.class);
            boolean isFirst = !message.getJMSRedelivered();
            if (isFirst && text.equals("undecided")) {
                enlist((EndXAResource & Mortal) () -> true);
            } else if (isFirst && text.equals("decided")) {
                enlist((StartXAResource & Mortal) () -> false);
            }
            String forwarded = text.startsWith("fetch")
                    ? context.createConsumer(context.createQueue("store")).receiveBody(String.class, FETCH_MS)
                    : text;
            context.createProducer()
                    .setProperty("deliveries", message.getIntProperty("JMSXDeliveryCount"))
                    .send(out, forwarded);
            if (isFirst && text.contains("fail")) {
                throw new IllegalStateException("as wanted by " + text);
            }
        } catch (JMSException e) {
            throw new IllegalStateException(e);
        }
    }

    private void enlist(XAResource resource) {
        try {
            transactions.getTransaction().enlistResource(resource);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
