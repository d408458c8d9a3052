package org.waybill.amqp.adapter;

import java.nio.ByteBuffer;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.Conditions;
import org.waybill.amqp.engine.DeliveryAssembly;
import org.waybill.amqp.engine.IncomingTransfer;
import org.waybill.amqp.engine.ReceiverLink;
import org.waybill.amqp.engine.ReceiverListener;

/** A link on which a client sends requests to a node of the broker's own. Its credit bounds how many are carried out at a time. */
final class RequestLink extends BrokerLink<ReceiverLink> implements ReceiverListener {
    private static final int CREDIT = 32;
    private static final long MAX_REQUEST_BYTES = 64 * 1024;

    private final RequestNode node;
    private final DeliveryAssembly assembly = new DeliveryAssembly();

    /** Requests that are over, for which the client has no new credit yet. */
    private int finished;

    RequestLink(AmqpConnection connection, ReceiverLink link, RequestNode node) {
        super(connection, link, false);
        this.node = node;
    }

    void attach(Attach asked) {
        Target target = new Target();
        target.setAddress(node.address());
        Attach answer = ProducerLink.answer(asked, target);
        answer.setMaxMessageSize(UnsignedLong.valueOf(MAX_REQUEST_BYTES));
        link.attach(answer);
        link.grantCredit(CREDIT);
    }

    @Override
    public void onTransfer(ReceiverLink receiver, IncomingTransfer transfer, ByteBuffer payload) {
        byte @Nullable [] bytes = assembly.add(transfer, payload);
        if (bytes == null) {
            if (transfer.aborted()) {
                finished();
            }
            return;
        }
        long id = transfer.deliveryId();
        try {
            NodeRequest request = NodeRequest.of(bytes, connection.loop().codec());
            link.disposition(id, id, true, Accepted.getInstance());
            node.handle(request, this::finished);
        } catch (IllegalArgumentException e) {
            Rejected rejected = new Rejected();
            rejected.setError(Conditions.error(Conditions.DECODE_ERROR, String.valueOf(e.getMessage())));
            link.disposition(id, id, true, rejected);
            finished();
        }
    }

    private void finished() {
        finished++;
        if (finished > CREDIT / 2) {
            link.grantCredit(finished);
            finished = 0;
        }
    }

    @Override
    void release() {
        assembly.clear();
    }
}
