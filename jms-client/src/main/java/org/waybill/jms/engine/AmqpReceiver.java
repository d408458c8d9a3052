package org.waybill.jms.engine;

import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.DeliveryAssembly;
import org.waybill.amqp.engine.IncomingTransfer;
import org.waybill.amqp.engine.ReceiverLink;
import org.waybill.amqp.engine.ReceiverListener;

/** A link on which we receive. Any thread. What it has got and not settled goes back to the peer when it is closed. */
public final class AmqpReceiver implements AutoCloseable {
    private static final AmqpDelivery END = new AmqpDelivery(-1, new byte[0], true);

    private final AmqpSession session;
    private final Source source;
    private final Target target;
    private final CompletableFuture<AmqpReceiver> attached = new CompletableFuture<>();
    private final CompletableFuture<AmqpReceiver> detached = new CompletableFuture<>();
    private final BlockingQueue<AmqpDelivery> arrived = new LinkedBlockingQueue<>();
    private volatile @Nullable AmqpFailure failure;
    private @Nullable ReceiverLink link;

    AmqpReceiver(AmqpSession session, Source source, Target target) {
        this.session = session;
        this.source = source;
        this.target = target;
    }

    CompletableFuture<AmqpReceiver> attached() {
        return attached;
    }

    void attach() {
        if (session.engine().isEnded()) {
            attached.completeExceptionally(AmqpFailure.of(null, "The session ended."));
            return;
        }
        Attach attach = new Attach();
        attach.setSource(source);
        attach.setTarget(target);
        attach.setSndSettleMode(SenderSettleMode.MIXED);
        attach.setRcvSettleMode(ReceiverSettleMode.FIRST);
        link = session.engine().receiver(AmqpSession.linkName(), new Events());
        link.attach(attach);
    }

    /** Lets the peer send this many messages more. */
    public void grantCredit(int more) {
        session.execute(() -> {
            if (link != null) {
                link.grantCredit(more);
            }
        });
    }

    /**
     * The next message.
     *
     * @return null if none came in time
     * @throws AmqpFailure if the link has ended and all that came before was taken
     */
    public @Nullable AmqpDelivery receive(long timeoutMs) {
        AmqpDelivery next;
        try {
            next = arrived.poll(timeoutMs, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
        if (next == END) {
            arrived.add(END);
            AmqpFailure why = failure;
            throw why == null ? new AmqpFailure(AmqpFailure.Kind.LOST, "The receiver is closed.") : why.here();
        }
        return next;
    }

    /** Settles a message as accepted; the peer hears of it before a later close is answered. */
    public void accept(AmqpDelivery delivery) {
        if (!delivery.settled()) {
            session.execute(() -> {
                if (link != null) {
                    link.disposition(delivery.id(), delivery.id(), true, Accepted.getInstance());
                }
            });
        }
    }

    /** Detaches. */
    @Override
    public void close() {
        if (!detached.isDone()) {
            session.execute(() -> {
                if (link != null) {
                    link.detach(true, null);
                }
            });
            session.await(detached, "detaching a receiver");
        }
    }

    private void end(@Nullable ErrorCondition error) {
        AmqpFailure why = AmqpFailure.of(error, "The receiver is closed.");
        failure = why;
        attached.completeExceptionally(why);
        arrived.add(END);
        detached.complete(this);
    }

    private final class Events implements ReceiverListener {
        private final DeliveryAssembly assembly = new DeliveryAssembly();

        @Override
        public void onAttach(ReceiverLink attachedLink, Attach attach) {
            if (attach.getSource() != null) {
                attached.complete(AmqpReceiver.this);
            }
        }

        @Override
        public void onTransfer(ReceiverLink from, IncomingTransfer transfer, ByteBuffer payload) {
            byte[] message = assembly.add(transfer, payload);
            if (message != null) {
                arrived.add(new AmqpDelivery(transfer.deliveryId(), message, transfer.settled()));
            }
        }

        @Override
        public void onDetach(ReceiverLink gone, boolean closed, @Nullable ErrorCondition error) {
            end(error);
        }

        @Override
        public void onLost(ReceiverLink gone, @Nullable ErrorCondition error) {
            end(error);
        }
    }
}
