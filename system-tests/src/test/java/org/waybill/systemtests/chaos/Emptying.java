package org.waybill.systemtests.chaos;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.apache.qpid.proton.message.Message;
import org.waybill.systemtests.wire.Frame;
import org.waybill.systemtests.wire.Wire;
import org.waybill.systemtests.wire.WireLinks;

/** Takes everything there is from a queue or a subscription, by a client that lives. */
final class Emptying {
    private static final int CREDIT = 500;

    private final Wire wire;
    private final ByteArrayOutputStream partial = new ByteArrayOutputStream();
    private final List<String> ids = new ArrayList<>();
    private long deliveryId;
    private long deliveries;

    private Emptying(Wire wire) {
        this.wire = wire;
    }

    /** The ids of the messages, in their order. */
    static List<String> all(int port, String container, Attach attach) {
        try (Wire wire = Wire.open(port, container)) {
            Emptying emptying = new Emptying(wire);
            WireLinks.begin(wire, 0);
            emptying.deliveries =
                    WireLinks.attach(wire, 0, attach).getInitialDeliveryCount().longValue();
            int before;
            do {
                before = emptying.ids.size();
                emptying.drain();
            } while (emptying.ids.size() > before);
            return emptying.ids;
        }
    }

    private void drain() {
        long end = deliveries + CREDIT;
        Flow flow = WireLinks.credit(wire, 0, 0, deliveries, CREDIT);
        flow.setDrain(true);
        wire.write(0, flow);
        while (deliveries < end) {
            handle(wire.next().orElseThrow(() -> new AssertionError("closed while draining")));
        }
    }

    private void handle(Frame frame) {
        if (frame.body() instanceof Transfer transfer) {
            deliveryId = transfer.getDeliveryId() == null
                    ? deliveryId
                    : transfer.getDeliveryId().longValue();
            partial.writeBytes(frame.payload());
            if (!transfer.getMore()) {
                Message message = Message.Factory.create();
                message.decode(partial.toByteArray(), 0, partial.size());
                partial.reset();
                deliveries++;
                ids.add(Scripts.text(message));
                wire.write(0, WireLinks.disposition(deliveryId, true, Accepted.getInstance()));
            }
        } else if (frame.body() instanceof Flow flow && flow.getHandle() != null && flow.getDeliveryCount() != null) {
            deliveries = Math.max(deliveries, flow.getDeliveryCount().longValue());
        }
    }
}
