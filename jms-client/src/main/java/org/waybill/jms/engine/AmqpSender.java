package org.waybill.jms.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.SenderLink;
import org.waybill.amqp.engine.SenderListener;

/** A link on which we send. Any thread. */
public final class AmqpSender implements AutoCloseable {
    private final AmqpSession session;
    private final Target target;
    private final CompletableFuture<AmqpSender> attached = new CompletableFuture<>();
    private final CompletableFuture<AmqpSender> detached = new CompletableFuture<>();
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private final Map<Long, CompletableFuture<DeliveryState>> unsettled = new HashMap<>();
    private @Nullable SenderLink link;
    private @Nullable AmqpFailure failure;
    private long nextToken;

    private record Waiting(byte[] message, CompletableFuture<DeliveryState> outcome) {}

    AmqpSender(AmqpSession session, Target target) {
        this.session = session;
        this.target = target;
    }

    CompletableFuture<AmqpSender> attached() {
        return attached;
    }

    void attach() {
        if (session.engine().isEnded()) {
            attached.completeExceptionally(AmqpFailure.of(null, "The session ended."));
            return;
        }
        Attach attach = new Attach();
        attach.setSource(new Source());
        attach.setTarget(target);
        attach.setSndSettleMode(SenderSettleMode.UNSETTLED);
        attach.setRcvSettleMode(ReceiverSettleMode.FIRST);
        link = session.engine().sender(AmqpSession.linkName(), new Events());
        link.attach(attach);
    }

    /**
     * Sends an encoded message as soon as there is credit, in the order of calls. Does not block: whoever sends faster than the
     * peer gives credit bounds what is on the way by waiting for outcomes.
     *
     * @param message the caller's no more
     * @return the outcome that the peer settles it with; {@link AmqpFailure} if the link ends before
     */
    public CompletableFuture<DeliveryState> send(byte[] message) {
        CompletableFuture<DeliveryState> outcome = new CompletableFuture<>();
        session.execute(() -> {
            if (failure != null) {
                outcome.completeExceptionally(failure);
                return;
            }
            waiting.add(new Waiting(message, outcome));
            sendWaiting();
        });
        return outcome;
    }

    /** Waits for an outcome. */
    public DeliveryState await(CompletableFuture<DeliveryState> outcome) {
        return session.await(outcome, "sending a message");
    }

    /** Detaches. Messages without an outcome have an unknown fate then. */
    @Override
    public void close() {
        if (!detached.isDone()) {
            session.execute(() -> {
                if (link != null) {
                    link.detach(true, null);
                }
            });
            session.await(detached, "detaching a sender");
        }
    }

    private void sendWaiting() {
        while (link != null && link.credit() > 0 && !waiting.isEmpty()) {
            Waiting next = waiting.remove();
            unsettled.put(nextToken, next.outcome);
            byte[] message = next.message;
            link.send(nextToken++, null, 0, false, null, null, 0, 0, message, 0, message.length);
        }
    }

    private void end(@Nullable ErrorCondition error) {
        AmqpFailure why = AmqpFailure.of(error, "The sender was closed before the message had its outcome.");
        failure = why;
        attached.completeExceptionally(why);
        unsettled.values().forEach(outcome -> outcome.completeExceptionally(why));
        unsettled.clear();
        waiting.forEach(each -> each.outcome.completeExceptionally(why));
        waiting.clear();
        detached.complete(this);
    }

    private final class Events implements SenderListener {
        @Override
        public void onAttach(SenderLink attachedLink, Attach attach) {
            if (attach.getTarget() != null) {
                attached.complete(AmqpSender.this);
            }
        }

        @Override
        public void onFlow(SenderLink flowing, boolean drain, boolean echo, @Nullable Map<Symbol, Object> properties) {
            sendWaiting();
            if (drain) {
                flowing.drained();
            }
        }

        @Override
        public void onDisposition(
                SenderLink disposed,
                long firstId,
                long lastId,
                long firstToken,
                long lastToken,
                boolean settled,
                @Nullable DeliveryState state) {
            if (!settled) {
                disposed.settle(firstId, lastId, state);
            }
            for (long token = firstToken; token <= lastToken; token++) {
                CompletableFuture<DeliveryState> outcome = unsettled.remove(token);
                if (outcome != null) {
                    outcome.complete(state == null ? Accepted.getInstance() : state);
                }
            }
        }

        @Override
        public void onDetach(SenderLink gone, boolean closed, @Nullable ErrorCondition error) {
            end(error);
        }

        @Override
        public void onLost(SenderLink gone, @Nullable ErrorCondition error) {
            end(error);
        }
    }
}
