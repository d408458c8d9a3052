package org.waybill.jms.engine;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnknownDescribedType;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.DeleteOnClose;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.messaging.TerminusExpiryPolicy;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.DeliveryAssembly;
import org.waybill.amqp.engine.IncomingTransfer;
import org.waybill.amqp.engine.ReceiverLink;
import org.waybill.amqp.engine.ReceiverListener;

/** Receives messages from one address. Any thread may use it; each message is given to one caller. */
public final class ClientReceiver implements AutoCloseable {
    private static final Symbol COPY = Symbol.valueOf("copy");
    private static final Symbol SELECTOR = Symbol.valueOf("jms-selector");
    private static final UnsignedLong SELECTOR_CODE = UnsignedLong.valueOf(0x0000468C00000004L);
    private static final Symbol LIFETIME = Symbol.valueOf("lifetime-policy");
    private static final Symbol TEMPORARY_QUEUE = Symbol.valueOf("temporary-queue");
    private static final Symbol[] OUTCOMES = {
        Accepted.DESCRIPTOR_SYMBOL, Rejected.DESCRIPTOR_SYMBOL, Released.DESCRIPTOR_SYMBOL, Modified.DESCRIPTOR_SYMBOL
    };

    private final ClientSession session;
    private final Driver driver;
    private final ReceiverOptions options;
    private final LinkState state;
    private final Condition arrived;
    private final ReceiverLink link;
    private final ArrayDeque<ClientDelivery> buffered = new ArrayDeque<>();
    private final DeliveryAssembly assembly = new DeliveryAssembly();
    private byte[] tag = new byte[0];
    private int messageFormat;
    private int drains;

    /** With the driver's lock held. */
    ClientReceiver(ClientSession session, Driver driver, ReceiverOptions options) {
        this.session = session;
        this.driver = driver;
        this.options = options;
        this.state = new LinkState(session, driver, "the receiver from", options.address());
        this.arrived = driver.condition();
        this.link = session.engine().receiver(session.connection().linkName(), new Events());
    }

    void attach() {
        Target target = new Target();
        target.setAddress(session.connection().options().containerId());
        Attach attach = new Attach();
        attach.setSource(source());
        attach.setTarget(target);
        attach.setSndSettleMode(SenderSettleMode.MIXED);
        attach.setRcvSettleMode(ReceiverSettleMode.FIRST);
        state.attach(link, attach);
        refill();
    }

    private Source source() {
        Source source = new Source();
        source.setOutcomes(OUTCOMES);
        if (options.address() == null) {
            source.setDynamic(true);
            source.setExpiryPolicy(TerminusExpiryPolicy.LINK_DETACH);
            source.setDynamicNodeProperties(Map.of(LIFETIME, DeleteOnClose.getInstance()));
            source.setCapabilities(TEMPORARY_QUEUE);
        } else {
            source.setAddress(options.address());
        }
        if (options.browsing()) {
            source.setDistributionMode(COPY);
        }
        String selector = options.selector();
        if (selector != null) {
            Map<Symbol, Object> filter = new HashMap<>();
            filter.put(SELECTOR, new UnknownDescribedType(SELECTOR_CODE, selector));
            source.setFilter(filter);
        }
        return source;
    }

    /**
     * The next message; waits for one.
     *
     * <p>With a credit window this also asks the server for as many as the window lacks.
     *
     * @param timeoutMs how long to wait; 0 to look only at what is here already
     * @return null if none came in time
     * @throws ClientException if the receiver is closed or lost
     */
    public @Nullable ClientDelivery receive(long timeoutMs) {
        driver.lock();
        try {
            state.check();
            refill();
            state.await(arrived, timeoutMs, () -> !buffered.isEmpty());
            return buffered.poll();
        } finally {
            driver.unlock();
        }
    }

    /** Grants what the window lacks, half of it at least so that there is not a flow for each message. */
    private void refill() {
        int lacking = options.creditWindow() - link.credit() - buffered.size();
        if (drains == 0 && lacking > 0 && lacking >= options.creditWindow() / 2) {
            link.grantCredit(lacking);
            driver.touch();
        }
    }

    /** Lets the server send this many more messages. */
    public void grantCredit(int messages) {
        driver.lock();
        try {
            state.check();
            link.grantCredit(messages);
            driver.touch();
        } finally {
            driver.unlock();
        }
    }

    /**
     * Asks the server to send what it has, as far as the credit goes, and give the rest of the credit back; waits until it has. What
     * came is here for {@link #receive}: if {@link #buffered} is 0 then, the server had nothing.
     *
     * @throws ClientException if the server does not answer in time, or the receiver is closed or lost
     */
    public void drain() {
        driver.lock();
        drains++;
        try {
            state.check();
            if (link.credit() > 0) {
                link.drain();
                driver.touch();
            }
            if (!state.await(arrived, state.timeoutMs(), this::isDrained)) {
                throw state.timeout("was not drained", state.timeoutMs());
            }
        } finally {
            drains--;
            driver.unlock();
        }
    }

    private boolean isDrained() {
        return link.credit() == 0 && !link.isPartial();
    }

    /** Messages the server may send yet. */
    public int credit() {
        driver.lock();
        try {
            return link.credit();
        } finally {
            driver.unlock();
        }
    }

    /** Messages that came and were not received yet. */
    public int buffered() {
        driver.lock();
        try {
            return buffered.size();
        } finally {
            driver.unlock();
        }
    }

    /** Where it receives from; for a dynamic one the name that the server made up. */
    public String address() {
        driver.lock();
        try {
            String address = state.address();
            return address == null ? "" : address;
        } finally {
            driver.unlock();
        }
    }

    /**
     * Detaches; waits for the answer, no longer than the time limit. What was not settled is the server's to give to somebody else.
     * Never throws; does nothing the second time.
     */
    @Override
    public void close() {
        driver.lock();
        try {
            state.closeAndWait(link);
            drop();
        } finally {
            driver.unlock();
        }
    }

    /** Settles a delivery of this receiver. */
    void settle(long id, DeliveryState outcome) {
        driver.lock();
        try {
            state.check();
            link.disposition(id, id, true, outcome);
            driver.touch();
        } finally {
            driver.unlock();
        }
    }

    /** Nothing that is here can be settled any more. */
    private void drop() {
        buffered.clear();
        assembly.clear();
        arrived.signalAll();
    }

    /** What the engine tells, with the lock held. */
    private final class Events implements ReceiverListener {
        @Override
        public void onAttach(ReceiverLink receiver, Attach attach) {
            boolean isSource = attach.getSource() instanceof Source;
            String address = isSource ? attach.getSource().getAddress() : null;
            state.attached(isSource, address);
        }

        @Override
        public void onTransfer(ReceiverLink receiver, IncomingTransfer transfer, ByteBuffer payload) {
            if (transfer.isFirst()) {
                tag = transfer.tag();
                messageFormat = transfer.messageFormat();
            }
            byte[] encoded = assembly.add(transfer, payload);
            if (encoded != null) {
                buffered.add(new ClientDelivery(
                        ClientReceiver.this, transfer.deliveryId(), transfer.settled(), tag, messageFormat, encoded));
            }
            tellArrival();
        }

        @Override
        public void onFlow(
                ReceiverLink receiver,
                long available,
                boolean drain,
                boolean echo,
                @Nullable Map<Symbol, Object> properties) {
            tellArrival();
        }

        private void tellArrival() {
            if (drains > 0) {
                arrived.signalAll();
            } else {
                arrived.signal();
            }
        }

        @Override
        public void onDetach(ReceiverLink receiver, boolean closed, @Nullable ErrorCondition error) {
            state.detached(error);
            drop();
        }

        @Override
        public void onLost(ReceiverLink receiver, @Nullable ErrorCondition error) {
            state.lost(error);
            drop();
        }
    }

    /** Hears the end of a link that the server wanted and did not get. */
    static final class Unwanted implements ReceiverListener {
        @Override
        public void onTransfer(ReceiverLink receiver, IncomingTransfer transfer, ByteBuffer payload) {}

        @Override
        public void onDetach(ReceiverLink receiver, boolean closed, @Nullable ErrorCondition error) {}

        @Override
        public void onLost(ReceiverLink receiver, @Nullable ErrorCondition error) {}
    }
}
