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

/** A link on which a client sends administrative requests. Its credit bounds how many are carried out at a time. */
final class ManagementRequests extends BrokerLink<ReceiverLink> implements ReceiverListener {
    private static final int CREDIT = 32;
    private static final long MAX_REQUEST_BYTES = 64 * 1024;

    private final Management management;
    private final DeliveryAssembly assembly = new DeliveryAssembly();

    ManagementRequests(AmqpConnection connection, ReceiverLink link, Management management) {
        super(connection, link, false);
        this.management = management;
    }

    void attach(Attach asked) {
        Target target = new Target();
        target.setAddress(Terminus.MANAGEMENT);
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
                link.grantCredit(1);
            }
            return;
        }
        long id = transfer.deliveryId();
        try {
            ManagementRequest request =
                    ManagementRequest.of(bytes, connection.loop().codec());
            link.disposition(id, id, true, Accepted.getInstance());
            management.handle(request, () -> link.grantCredit(1));
        } catch (IllegalArgumentException e) {
            Rejected rejected = new Rejected();
            rejected.setError(Conditions.error(Conditions.DECODE_ERROR, String.valueOf(e.getMessage())));
            link.disposition(id, id, true, rejected);
            link.grantCredit(1);
        }
    }

    @Override
    void release() {
        assembly.clear();
    }
}
