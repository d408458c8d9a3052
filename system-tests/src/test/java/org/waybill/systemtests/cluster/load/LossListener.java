package org.waybill.systemtests.cluster.load;

import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.net.URI;
import org.apache.qpid.jms.JmsConnectionListener;
import org.apache.qpid.jms.message.JmsInboundMessageDispatch;

/** Tells when a connection of Qpid JMS has lost its server; nothing else that this client tells matters here. */
record LossListener(Runnable onLost) implements JmsConnectionListener {
    @Override
    public void onConnectionInterrupted(URI remote) {
        onLost.run();
    }

    @Override
    public void onConnectionEstablished(URI remote) {}

    @Override
    public void onConnectionRestored(URI remote) {}

    @Override
    public void onConnectionFailure(Throwable cause) {}

    @Override
    public void onInboundMessage(JmsInboundMessageDispatch message) {}

    @Override
    public void onSessionClosed(Session session, Throwable cause) {}

    @Override
    public void onConsumerClosed(MessageConsumer consumer, Throwable cause) {}

    @Override
    public void onProducerClosed(MessageProducer producer, Throwable cause) {}
}
