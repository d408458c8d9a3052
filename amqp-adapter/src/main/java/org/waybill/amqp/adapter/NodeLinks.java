package org.waybill.amqp.adapter;

import java.util.ArrayList;
import java.util.List;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.ReceiverLink;
import org.waybill.amqp.engine.SenderLink;

/**
 * The links of one connection to one of the broker's own nodes: takes requests from links whose target it is, and sends each answer to
 * the link on this connection whose target address is the request's reply-to, or else to the node of that name.
 */
final class NodeLinks {
    private final AmqpConnection connection;
    private final RequestNode node;
    private final List<ReplyLink> replies = new ArrayList<>(0);
    private @Nullable ReplyProducer elsewhere;

    NodeLinks(AmqpConnection connection, RequestNode node) {
        this.connection = connection;
        this.node = node;
    }

    void attach(ReceiverLink link, Attach asked) {
        RequestLink requests = new RequestLink(connection, link, node);
        link.listener(requests);
        requests.attach(asked);
    }

    void attach(SenderLink link, Attach asked) {
        ReplyLink reply = new ReplyLink(connection, link, this);
        link.listener(reply);
        reply.attach(asked, node.address());
        replies.add(reply);
    }

    void remove(ReplyLink reply) {
        replies.remove(reply);
    }

    /**
     * Sends an answer.
     *
     * @param replyTo what the request says; without it, the answer goes to the only link there is, or nowhere
     */
    void answer(@Nullable String replyTo, byte[] message) {
        for (ReplyLink reply : replies) {
            if (reply.isFor(replyTo) || replyTo == null && replies.size() == 1) {
                reply.send(message);
                return;
            }
        }
        if (replyTo != null && connection.isOpen()) {
            if (elsewhere == null) {
                elsewhere = new ReplyProducer(connection);
            }
            elsewhere.send(message);
        }
    }
}
