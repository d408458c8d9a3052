package org.waybill.systemtests.wire;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.jspecify.annotations.Nullable;

/** The performatives of an ordinary session with ordinary links, filled in so that a test changes only what it is about. */
public final class WireLinks {
    private static final UnsignedInteger WINDOW = UnsignedInteger.valueOf(1 << 20);

    private WireLinks() {}

    /** Begins a session on this channel and reads the answer. */
    public static Begin begin(Wire wire, int channel) {
        Begin begin = new Begin();
        begin.setNextOutgoingId(UnsignedInteger.ZERO);
        begin.setIncomingWindow(WINDOW);
        begin.setOutgoingWindow(WINDOW);
        wire.write(channel, begin);
        return wire.expect(Begin.class);
    }

    /** An attach that receives from this address, unsettled, first settle mode. */
    public static Attach receiver(String name, int handle, @Nullable String address) {
        Attach attach = new Attach();
        attach.setName(name);
        attach.setHandle(UnsignedInteger.valueOf(handle));
        attach.setRole(Role.RECEIVER);
        attach.setSndSettleMode(SenderSettleMode.MIXED);
        attach.setRcvSettleMode(ReceiverSettleMode.FIRST);
        Source source = new Source();
        source.setAddress(address);
        attach.setSource(source);
        attach.setTarget(new Target());
        return attach;
    }

    /** An attach that sends to this address; null is the anonymous relay. */
    public static Attach sender(String name, int handle, @Nullable String address) {
        Attach attach = new Attach();
        attach.setName(name);
        attach.setHandle(UnsignedInteger.valueOf(handle));
        attach.setRole(Role.SENDER);
        attach.setSndSettleMode(SenderSettleMode.MIXED);
        attach.setRcvSettleMode(ReceiverSettleMode.FIRST);
        attach.setInitialDeliveryCount(UnsignedInteger.ZERO);
        attach.setSource(new Source());
        Target target = new Target();
        target.setAddress(address);
        attach.setTarget(target);
        return attach;
    }

    /** Attaches and reads the answer; for a sender also the first credit. */
    public static Attach attach(Wire wire, int channel, Attach attach) {
        wire.write(channel, attach);
        Attach answer = wire.expect(Attach.class);
        if (attach.getRole() == Role.SENDER) {
            wire.await(Flow.class);
        }
        return answer;
    }

    /** Credit for a receiver that has seen this many deliveries. */
    public static Flow credit(Wire wire, int channel, int handle, long deliveryCount, int credit) {
        Flow flow = new Flow();
        flow.setIncomingWindow(WINDOW);
        flow.setOutgoingWindow(WINDOW);
        flow.setNextOutgoingId(UnsignedInteger.ZERO);
        flow.setNextIncomingId(wire.nextIncomingId(channel));
        flow.setHandle(UnsignedInteger.valueOf(handle));
        flow.setDeliveryCount(UnsignedInteger.valueOf(deliveryCount));
        flow.setLinkCredit(UnsignedInteger.valueOf(credit));
        return flow;
    }

    /** A transfer of a whole delivery. */
    public static Transfer transfer(int handle, long deliveryId, boolean settled) {
        Transfer transfer = new Transfer();
        transfer.setHandle(UnsignedInteger.valueOf(handle));
        transfer.setDeliveryId(UnsignedInteger.valueOf(deliveryId));
        transfer.setDeliveryTag(new Binary(Long.toHexString(deliveryId).getBytes(StandardCharsets.US_ASCII)));
        transfer.setMessageFormat(UnsignedInteger.ZERO);
        transfer.setSettled(settled);
        return transfer;
    }

    /** A receiver's disposition of one delivery. */
    public static Disposition disposition(long deliveryId, boolean settled, @Nullable DeliveryState state) {
        Disposition disposition = new Disposition();
        disposition.setRole(Role.RECEIVER);
        disposition.setFirst(UnsignedInteger.valueOf(deliveryId));
        disposition.setLast(UnsignedInteger.valueOf(deliveryId));
        disposition.setSettled(settled);
        disposition.setState(state);
        return disposition;
    }

    /** A change to a performative within an expression. */
    public static <T> T with(T performative, Consumer<T> change) {
        change.accept(performative);
        return performative;
    }
}
