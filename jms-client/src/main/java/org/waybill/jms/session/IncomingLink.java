package org.waybill.jms.session;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.waybill.jms.engine.ClientDelivery;
import org.waybill.jms.engine.ClientException;
import org.waybill.jms.engine.ClientReceiver;
import org.waybill.jms.engine.ClientSession;
import org.waybill.jms.engine.ReceiverOptions;

/**
 * What comes from one source: a receiver on the present connection, what has been taken from it at once, and what is to be delivered
 * again. The receiver changes when the connection does.
 *
 * <p>Taking is done by one thread at a time, with the owner's delivery lock held except where something is waited for.
 */
final class IncomingLink {
    /** A message that the application has got, and has not acknowledged. */
    record Delivered(IncomingLink link, ClientReceiver receiver, ClientDelivery delivery, int repeats) {
        /** As it comes the next time. */
        Delivered again() {
            return new Delivered(link, receiver, delivery, repeats + 1);
        }

        /** Whether its connection is still there, so that it can be settled. */
        boolean isLive() {
            return link.receiver == receiver;
        }
    }

    /** Where the options come from at each attach: a temporary destination is called otherwise on another connection. */
    interface Terminus {
        ReceiverOptions options();
    }

    private final Terminus terminus;
    private final int window;
    private final Runnable arrival;
    private final Consumer<ClientException> end;
    private final ArrayDeque<ClientDelivery> taken = new ArrayDeque<>();
    private final ArrayDeque<Delivered> again = new ArrayDeque<>();
    private volatile @Nullable ClientReceiver receiver;
    /** Where {@link #taken} and {@link #again} came from. */
    private @Nullable ClientReceiver source;

    /**
     * Not attached yet.
     *
     * @param window credit to keep given; 0 for a message at a time
     * @param arrival told, on the engine's loop, that something arrived where nothing was
     * @param end told, on the engine's loop, that the link is over
     */
    IncomingLink(Terminus terminus, int window, Runnable arrival, Consumer<ClientException> end) {
        this.terminus = terminus;
        this.window = window;
        this.arrival = arrival;
        this.end = end;
    }

    /** Attaches on this session; waits for the answer. */
    void attach(ClientSession session) {
        ClientReceiver attached = session.receiver(terminus.options().withCreditWindow(window));
        receiver = attached;
        attached.onArrival(arrival);
        attached.onEnd(end);
    }

    /** The receiver; null between two connections. */
    @Nullable
    ClientReceiver receiver() {
        return receiver;
    }

    /** The connection is gone: what came over it is the server's to send again. Any thread. */
    void interrupted() {
        receiver = null;
    }

    // --- taking

    /** The next message that is here, or null. */
    @Nullable
    Delivered poll() {
        ClientReceiver from = receiver;
        takeFrom(from);
        if (from == null) {
            return null;
        }
        Delivered repeated = again.poll();
        if (repeated != null) {
            return repeated;
        }
        ClientDelivery delivery = taken.poll();
        return delivery == null ? null : new Delivered(this, from, delivery, 0);
    }

    /** What came from another receiver is of no use any more. */
    private void takeFrom(@Nullable ClientReceiver from) {
        if (source != from) {
            taken.clear();
            again.clear();
            source = from;
        }
    }

    /** Whether {@link #poll} finds something that came from this receiver; for the one who takes. */
    boolean hasNext(ClientReceiver from) {
        return source == from && !(taken.isEmpty() && again.isEmpty());
    }

    /** Puts this before everything else. */
    void putBack(Delivered delivered) {
        again.addFirst(delivered);
    }

    /**
     * Moves all that arrived to where {@link #poll} finds it; waits for something. Not with the delivery lock held, unless it does not
     * wait.
     *
     * @return whether something came
     */
    boolean fetch(ClientReceiver from, long timeoutMs) {
        takeFrom(from);
        return from.receive(taken, timeoutMs) > 0;
    }

    /** Whether the server sends only what is asked for. */
    boolean isPulling() {
        return window == 0;
    }

    /** Asks for a message, if none is asked for and the server sends only then. */
    void pull(ClientReceiver from) {
        if (window == 0 && from.credit() == 0 && from.buffered() == 0) {
            from.grantCredit(1);
        }
    }

    /** Asks the server for what it has now, and waits for it. */
    void drain(ClientReceiver from) {
        pull(from);
        from.drain();
    }

    // --- giving back

    /** Lets the server send nothing more, and takes in what is on its way. */
    void stop() {
        ClientReceiver from = receiver;
        if (from != null) {
            from.creditWindow(0);
            from.drain();
        }
    }

    /** Lets it send again. */
    void resume() {
        ClientReceiver from = receiver;
        if (from != null) {
            from.creditWindow(window);
        }
    }

    /** Gives back what the application has not got, as if it had never come, in order; what it got before counts as delivered. */
    void giveBack() {
        ClientReceiver from = receiver;
        if (from == null) {
            return;
        }
        fetch(from, 0);
        for (Delivered repeated = again.poll(); repeated != null; repeated = again.poll()) {
            if (repeated.isLive()) {
                repeated.delivery().modify(true, false);
            }
        }
        for (ClientDelivery delivery = taken.poll(); delivery != null; delivery = taken.poll()) {
            delivery.release();
        }
    }

    /** Wakes a thread that waits in {@link #fetch}. */
    void wake() {
        ClientReceiver from = receiver;
        if (from != null) {
            from.wake();
        }
    }

    /** Detaches; a durable subscription stays. Never throws. */
    void close(boolean isKept) {
        ClientReceiver from = receiver;
        receiver = null;
        if (from == null) {
            return;
        }
        if (isKept) {
            from.detach();
        } else {
            from.close();
        }
    }
}
