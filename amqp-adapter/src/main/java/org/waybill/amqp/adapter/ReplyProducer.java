package org.waybill.amqp.adapter;

import java.util.ArrayDeque;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.spi.BrokerError;
import org.waybill.spi.NodeKind;
import org.waybill.spi.Producer;
import org.waybill.spi.ProducerHandler;
import org.waybill.spi.ProducerSpec;

/** Sends answers to nodes of the broker, such as the temporary queue of whoever asked. An answer that cannot be routed is dropped. */
final class ReplyProducer implements ProducerHandler {
    private final Producer producer;
    private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
    private boolean open;
    private boolean closed;
    private long nextToken;

    ReplyProducer(AmqpConnection connection) {
        producer = connection.session().openProducer(new ProducerSpec(null, NodeKind.ANY), this);
    }

    void send(byte[] message) {
        if (open) {
            producer.send(Message.of(message, 0), nextToken++);
        } else if (!closed) {
            waiting.add(message);
        }
    }

    @Override
    public void opened() {
        open = true;
        waiting.forEach(this::send);
        waiting.clear();
    }

    @Override
    public void closed(BrokerError error) {
        open = false;
        closed = true;
        waiting.clear();
    }

    @Override
    public void settled(long firstToken, long lastToken, Outcome outcome) {
        // whoever asked and went away cannot be told
    }

    @Override
    public void refused(long token, BrokerError error) {
        // likewise
    }

    @Override
    public void blocked(String reason) {
        // requests have their own bound
    }

    @Override
    public void unblocked() {
        // see blocked
    }
}
