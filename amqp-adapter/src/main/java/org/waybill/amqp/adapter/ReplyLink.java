package org.waybill.amqp.adapter;

import java.util.ArrayDeque;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.SenderLink;
import org.waybill.amqp.engine.SenderListener;

/** A link on which a client gets the answers to its requests. They are sent settled. */
final class ReplyLink extends BrokerLink<SenderLink> implements SenderListener {
    /** Answers that may wait for credit; a client that asks on and does not listen loses the oldest. */
    private static final int MAX_WAITING = 256;

    private final NodeLinks node;
    private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
    private @Nullable String address;
    private long nextToken;

    ReplyLink(AmqpConnection connection, SenderLink link, NodeLinks node) {
        super(connection, link, true);
        this.node = node;
    }

    void attach(Attach asked, String from) {
        address = asked.getTarget() instanceof Target target ? target.getAddress() : null;
        Source source = new Source();
        source.setAddress(from);
        link.attach(ConsumerLink.answer(asked, source, true));
    }

    /** Whether an answer with this reply-to belongs here. */
    boolean isFor(@Nullable String replyTo) {
        return replyTo != null && replyTo.equals(address);
    }

    void send(byte[] message) {
        if (waiting.size() == MAX_WAITING) {
            waiting.remove();
        }
        waiting.add(message);
        sendWaiting();
    }

    private void sendWaiting() {
        while (link.credit() > 0 && !waiting.isEmpty()) {
            byte[] message = waiting.remove();
            link.send(nextToken++, null, 0, true, null, null, 0, 0, message, 0, message.length);
        }
    }

    @Override
    public void onFlow(SenderLink sender, boolean drain, boolean echo, @Nullable Map<Symbol, Object> properties) {
        sendWaiting();
        if (drain) {
            link.drained();
        }
    }

    @Override
    public void onDisposition(
            SenderLink sender,
            long firstId,
            long lastId,
            long firstToken,
            long lastToken,
            boolean settled,
            @Nullable DeliveryState state) {
        // answers are sent settled
    }

    @Override
    void release() {
        waiting.clear();
        node.remove(this);
    }
}
