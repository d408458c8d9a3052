package org.waybill.systemtests.durability;

import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.apache.qpid.proton.message.Message;
import org.waybill.systemtests.wire.Frame;
import org.waybill.systemtests.wire.Wire;
import org.waybill.systemtests.wire.WireLinks;

/**
 * Takes numbered messages off a queue at frame level: it accepts without settling, so that the broker's own settlement confirms the removal,
 * which no JMS client can show.
 */
final class Taking {
    private static final int CREDIT = 100;

    private final Wire wire;
    private final Ledger ledger;
    private final Map<Long, Numbered> unconfirmed = new HashMap<>();
    private final List<Numbered> taken = new ArrayList<>();
    private final ByteArrayOutputStream partial = new ByteArrayOutputStream();
    private long deliveryId;
    private long deliveries;

    private Taking(Wire wire, Ledger ledger) {
        this.wire = wire;
        this.ledger = ledger;
    }

    /** Consumes until the connection breaks. */
    static void untilKilled(int port, String name, String queue, Ledger ledger) {
        try (Wire wire = Wire.open(port, name)) {
            Taking taking = new Taking(wire, ledger);
            taking.attach(name, queue);
            taking.grant(false);
            for (Optional<Frame> frame = wire.next(); frame.isPresent(); frame = wire.next()) {
                taking.handle(frame.get());
                if (taking.deliveries % (CREDIT / 2) == 0 && frame.get().body() instanceof Transfer) {
                    taking.grant(false);
                }
            }
            Ledger.outOfOrder(taking.taken).forEach(sentence -> ledger.offence(sentence + " at one consumer"));
        } catch (UncheckedIOException e) {
            // the broker was killed while we wrote
        }
    }

    /** Takes everything there is, all of it confirmed, in the order it came. */
    static List<Numbered> all(int port, String queue, Ledger ledger) {
        try (Wire wire = Wire.open(port, "drain-" + queue)) {
            Taking taking = new Taking(wire, ledger);
            taking.attach("drain", queue);
            int before;
            do {
                before = taking.taken.size();
                taking.grant(true);
                taking.untilDrained();
            } while (taking.taken.size() > before);
            while (!taking.unconfirmed.isEmpty()) {
                taking.handle(
                        wire.next().orElseThrow(() -> new AssertionError("closed before everything was confirmed")));
            }
            return taking.taken;
        }
    }

    private void attach(String name, String queue) {
        WireLinks.begin(wire, 0);
        Attach attach = WireLinks.receiver(name, 0, queue);
        attach.setRcvSettleMode(ReceiverSettleMode.SECOND);
        Attach answer = WireLinks.attach(wire, 0, attach);
        deliveries = answer.getInitialDeliveryCount().longValue();
    }

    /** Until all of the credit was used, by deliveries or by the answer to the drain. */
    private void untilDrained() {
        long end = deliveries + CREDIT;
        while (deliveries < end) {
            handle(wire.next().orElseThrow(() -> new AssertionError("closed while draining")));
        }
    }

    private void grant(boolean drain) {
        Flow flow = WireLinks.credit(wire, 0, 0, deliveries, CREDIT);
        flow.setDrain(drain);
        wire.write(0, flow);
    }

    private void handle(Frame frame) {
        if (frame.body() instanceof Transfer transfer) {
            if (transfer.getDeliveryId() != null) {
                deliveryId = transfer.getDeliveryId().longValue();
            }
            partial.writeBytes(frame.payload());
            if (!transfer.getMore()) {
                delivered(partial.toByteArray());
                partial.reset();
            }
        } else if (frame.body() instanceof Disposition disposition
                && disposition.getRole() == Role.SENDER
                && disposition.getSettled()) {
            confirmed(disposition);
        } else if (frame.body() instanceof Flow flow && flow.getHandle() != null && flow.getDeliveryCount() != null) {
            deliveries = Math.max(deliveries, flow.getDeliveryCount().longValue());
        }
    }

    private void delivered(byte[] bytes) {
        Message message = Message.Factory.create();
        message.decode(bytes, 0, bytes.length);
        Numbered numbered = Numbered.of((String) ((AmqpValue) message.getBody()).getValue());
        ledger.delivered(numbered, message.getDeliveryCount() > 0);
        deliveries++;
        taken.add(numbered);
        unconfirmed.put(deliveryId, numbered);
        ledger.accepted(numbered);
        wire.write(0, WireLinks.disposition(deliveryId, false, Accepted.getInstance()));
    }

    private void confirmed(Disposition disposition) {
        UnsignedInteger last = disposition.getLast() == null ? disposition.getFirst() : disposition.getLast();
        for (long id = disposition.getFirst().longValue(); id <= last.longValue(); id++) {
            Numbered message = unconfirmed.remove(id);
            if (message != null) {
                ledger.confirmed(message);
            }
        }
    }
}
