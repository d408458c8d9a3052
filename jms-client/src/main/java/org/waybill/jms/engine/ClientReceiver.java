package org.waybill.jms.engine;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.function.Consumer;
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
import org.apache.qpid.proton.amqp.messaging.TerminusDurability;
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
    private static final Symbol NO_LOCAL = Symbol.valueOf("no-local");
    private static final UnsignedLong NO_LOCAL_CODE = UnsignedLong.valueOf(0x0000468C00000003L);
    static final Symbol LIFETIME = Symbol.valueOf("lifetime-policy");
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
    private Runnable arrivals = () -> {};
    private int creditWindow;
    private boolean woken;
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
        this.creditWindow = options.creditWindow();
        String name = options.linkName();
        this.link =
                session.engine().receiver(name == null ? session.connection().linkName() : name, new Events());
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
        source.setCapabilities(RemoteMaps.symbols(options.capabilities()));
        if (options.durable()) {
            source.setDurable(TerminusDurability.UNSETTLED_STATE);
            source.setExpiryPolicy(TerminusExpiryPolicy.NEVER);
        } else {
            source.setDurable(TerminusDurability.NONE);
            source.setExpiryPolicy(TerminusExpiryPolicy.LINK_DETACH);
        }
        if (options.address() == null) {
            source.setDynamic(true);
            source.setDynamicNodeProperties(Map.of(LIFETIME, DeleteOnClose.getInstance()));
        } else {
            source.setAddress(options.address());
        }
        if (options.browsing()) {
            source.setDistributionMode(COPY);
        }
        Map<Symbol, Object> filter = new HashMap<>();
        String selector = options.selector();
        if (selector != null) {
            filter.put(SELECTOR, new UnknownDescribedType(SELECTOR_CODE, selector));
        }
        if (options.noLocal()) {
            filter.put(NO_LOCAL, new UnknownDescribedType(NO_LOCAL_CODE, List.of()));
        }
        source.setFilter(filter.isEmpty() ? null : filter);
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

    /**
     * Takes all messages that are here; waits for one if there is none. Also asks the server for as many as the window lacks.
     *
     * @param into gets the messages, in order
     * @param timeoutMs how long to wait; 0 to look only at what is here already
     * @return how many there were; 0 if none came in time, or {@link #wake} was called
     * @throws ClientException if the receiver is closed or lost
     */
    public int receive(Collection<? super ClientDelivery> into, long timeoutMs) {
        driver.lock();
        try {
            state.check();
            if (buffered.isEmpty() && !woken && timeoutMs > 0) {
                refill();
                state.await(arrived, timeoutMs, () -> !buffered.isEmpty() || woken);
            }
            woken = false;
            int count = buffered.size();
            into.addAll(buffered);
            buffered.clear();
            refill();
            return count;
        } finally {
            driver.unlock();
        }
    }

    /** Has the one who waits in {@link #receive(Collection, long)} return, or the next one not wait. */
    public void wake() {
        driver.lock();
        try {
            woken = true;
            arrived.signalAll();
        } finally {
            driver.unlock();
        }
    }

    /**
     * Has this run when messages came and none was here before, and when the receiver ends: once for all that come together, on the
     * connection's loop, without its lock. It must not wait for the connection.
     */
    public void onArrival(Runnable listener) {
        driver.lock();
        try {
            arrivals = listener;
            if (!buffered.isEmpty() || state.failure() != null) {
                driver.afterwards(listener);
            }
        } finally {
            driver.unlock();
        }
    }

    /**
     * Has this told when the link ends by anything but {@link #close} or {@link #detach}: once, on the connection's loop, without its
     * lock. If it has ended already, soon. What is told must not wait for the connection.
     */
    public void onEnd(Consumer<ClientException> listener) {
        driver.lock();
        try {
            state.ends().add(listener);
        } finally {
            driver.unlock();
        }
    }

    /** Grants what the window lacks, half of it at least so that there is not a flow for each message. */
    private void refill() {
        int lacking = creditWindow - link.credit() - buffered.size();
        if (drains == 0 && lacking > 0 && lacking >= creditWindow / 2) {
            link.grantCredit(lacking);
            driver.touch();
        }
    }

    /**
     * Changes the window and asks the server for what it lacks. Credit that was granted stays: a window of 0 is complete after {@link
     * #drain}.
     */
    public void creditWindow(int messages) {
        driver.lock();
        try {
            state.check();
            creditWindow = messages;
            refill();
        } finally {
            driver.unlock();
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

    /** The filters that the server applies, by their keys: {@code jms-selector}, {@code no-local}. */
    public Set<String> appliedFilters() {
        driver.lock();
        try {
            Attach remote = link.remoteAttach();
            return remote != null && remote.getSource() instanceof Source source
                    ? RemoteMaps.strings(source.getFilter()).keySet()
                    : Set.of();
        } finally {
            driver.unlock();
        }
    }

    /** Whether the server offered this capability on the link. */
    public boolean offered(String capability) {
        driver.lock();
        try {
            Attach remote = link.remoteAttach();
            return remote != null && RemoteMaps.contains(remote.getOfferedCapabilities(), capability);
        } finally {
            driver.unlock();
        }
    }

    /**
     * Closes the link; waits for the answer, no longer than the time limit. What was not settled is the server's to give to somebody
     * else, and a durable subscription ends. Never throws; does nothing the second time.
     */
    @Override
    public void close() {
        close(true);
    }

    /** As {@link #close}, but a durable subscription goes on without us. */
    public void detach() {
        close(false);
    }

    private void close(boolean closed) {
        driver.lock();
        try {
            state.closeAndWait(link, closed);
            drop();
        } finally {
            driver.unlock();
        }
    }

    /**
     * Takes all of these deliveries that are not settled, as {@link ClientDelivery#accept} does.
     *
     * @param transaction the transaction to do it in, or null
     */
    public void accept(long firstId, long lastId, @Nullable ClientTransaction transaction) {
        settle(firstId, lastId, transaction == null ? Accepted.getInstance() : transaction.accepted());
    }

    /** Gives all of these deliveries that are not settled back, as {@link ClientDelivery#release} does. */
    public void release(long firstId, long lastId) {
        settle(firstId, lastId, Released.getInstance());
    }

    /** Gives all of these deliveries that are not settled back changed, as {@link ClientDelivery#modify} does. */
    public void modify(long firstId, long lastId, boolean failed, boolean undeliverableHere) {
        Modified modified = new Modified();
        modified.setDeliveryFailed(failed);
        modified.setUndeliverableHere(undeliverableHere);
        settle(firstId, lastId, modified);
    }

    /** Settles deliveries of this receiver. */
    void settle(long firstId, long lastId, DeliveryState outcome) {
        driver.lock();
        try {
            state.check();
            link.disposition(firstId, lastId, true, outcome);
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
        driver.afterwards(arrivals);
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
                if (buffered.isEmpty()) {
                    driver.afterwards(arrivals);
                }
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
