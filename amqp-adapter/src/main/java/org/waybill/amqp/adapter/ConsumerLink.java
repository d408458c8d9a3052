package org.waybill.amqp.adapter;

import java.util.ArrayDeque;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.SenderLink;
import org.waybill.amqp.engine.SenderListener;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.Consumer;
import org.waybill.spi.ConsumerHandler;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.NodeKind;
import org.waybill.spi.SubscriptionSpec;

/**
 * A link on which a client consumes: credit and outcomes go to the broker's consumer, its deliveries become transfers.
 *
 * <p>The broker's tokens are the engine's tokens. A delivery that arrives after the client took its credit back is released; on a
 * pre-settled link, where nothing can be released, it is kept until there is credit again.
 */
final class ConsumerLink extends BrokerLink<SenderLink> implements SenderListener, ConsumerHandler {
    private static final Outcome UNDELIVERABLE_HERE = new Outcome.Modified(false, true, null);

    private final ConsumerSpec spec;
    private final Consumer consumer;
    private final Attach answer;
    private long nextToken;
    private long limit;
    private long sentBytes;
    private boolean listedAsSent;
    private @Nullable ConsumerLink nextSent;
    private @Nullable ArrayDeque<Held> held;
    private @Nullable ArrayDeque<Integer> waitingBytes;
    private @Nullable ArrayDeque<Confirm> confirms;

    /** A delivery of a pre-settled link that waits for credit. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Held(long token, Message message, byte @Nullable [] head) {}

    /** An outcome that is settled once the broker has committed it. */
    private record Confirm(long firstToken, long lastToken, long firstId, DeliveryState state) {
        long idOf(long token) {
            return firstId + token - firstToken;
        }
    }

    /** @param answer what the client is told once the broker has opened the consumer */
    ConsumerLink(AmqpConnection connection, SenderLink link, ConsumerSpec spec, Attach answer) {
        super(connection, link, true);
        this.spec = spec;
        this.answer = answer;
        this.consumer = connection.session().openConsumer(spec, this);
        if (spec.kind() == NodeKind.TOPIC && !isDurable(spec.subscription()) || spec.preSettled()) {
            fleeting();
        }
    }

    private static boolean isDurable(@Nullable SubscriptionSpec subscription) {
        return subscription != null && subscription.durable();
    }

    /** The attach that answers a client's, with {@code source} in force. */
    static Attach answer(Attach asked, Source source, boolean preSettled) {
        Attach answer = new Attach();
        answer.setSource(source);
        answer.setTarget(asked.getTarget());
        answer.setOfferedCapabilities(Terminus.offered(asked.getDesiredCapabilities(), Symbols.SHARED_SUBS));
        answer.setSndSettleMode(preSettled ? SenderSettleMode.SETTLED : SenderSettleMode.UNSETTLED);
        answer.setRcvSettleMode(asked.getRcvSettleMode() == null ? ReceiverSettleMode.FIRST : asked.getRcvSettleMode());
        return answer;
    }

    // --- the broker's side

    @Override
    public String label() {
        return link.name();
    }

    @Override
    public void opened() {
        if (isOver()) {
            return;
        }
        link.attach(answer);
        if (link.credit() > 0 || link.isDraining()) {
            stateCredit(link.isDraining());
        }
    }

    @Override
    public void closed(BrokerError error) {
        endedByBroker(Errors.of(error));
    }

    @Override
    public void deliver(long token, Message message, byte @Nullable [] head) {
        nextToken = token + 1;
        if (isOver()) {
            return;
        }
        if (link.credit() > 0 && held == null) {
            send(token, message, head);
        } else if (spec.preSettled()) {
            if (held == null) {
                held = new ArrayDeque<>();
            }
            held.add(new Held(token, message, head));
        } else {
            giveBack(token, message, Outcome.RELEASED);
        }
    }

    private void send(long token, Message message, byte @Nullable [] head) {
        byte[] bytes = message.bytes();
        int from = head == null ? 0 : message.bareAt();
        int headLength = head == null ? 0 : head.length;
        long max = link.remoteMaxMessageBytes();
        if (max > 0 && headLength + bytes.length - from > max) {
            giveBack(token, message, UNDELIVERABLE_HERE);
            stateCredit(link.isDraining());
            return;
        }
        boolean left = link.send(
                token,
                null,
                message.format(),
                spec.preSettled(),
                null,
                head,
                0,
                headLength,
                bytes,
                from,
                bytes.length - from);
        if (left) {
            noteSent(bytes.length);
        } else {
            if (waitingBytes == null) {
                waitingBytes = new ArrayDeque<>();
            }
            waitingBytes.add(bytes.length);
        }
    }

    private void giveBack(long token, Message message, Outcome outcome) {
        if (!spec.preSettled()) {
            consumer.settle(token, token, outcome, false);
        }
        noteSent(message.size());
    }

    @Override
    public void drained(long limitToken) {
        if (!isOver() && limitToken == limit && link.isDraining() && held == null) {
            // the broker took the credit back: whatever the client grants next must be stated anew
            limit = nextToken;
            link.drained();
        }
    }

    @Override
    public void settled(long firstToken, long lastToken) {
        if (confirms == null) {
            return;
        }
        for (int left = confirms.size(); left > 0; left--) {
            Confirm next = confirms.remove();
            long first = Math.max(firstToken, next.firstToken);
            long last = Math.min(lastToken, next.lastToken);
            if (first > last) {
                confirms.add(next);
                continue;
            }
            link.settle(next.idOf(first), next.idOf(last), next.state);
            if (next.firstToken < first) {
                confirms.add(new Confirm(next.firstToken, first - 1, next.firstId, next.state));
            }
            if (last < next.lastToken) {
                confirms.add(new Confirm(last + 1, next.lastToken, next.idOf(last + 1), next.state));
            }
        }
    }

    // --- the client's side

    @Override
    public void onFlow(SenderLink sender, boolean drain, boolean echo, @Nullable Map<Symbol, Object> properties) {
        if (isOver() || !link.isAttached()) {
            return;
        }
        sendHeld();
        if (drain || nextToken + link.credit() != limit) {
            stateCredit(drain);
        }
    }

    private void sendHeld() {
        while (held != null && link.credit() > 0) {
            Held next = held.remove();
            if (held.isEmpty()) {
                held = null;
            }
            send(next.token, next.message, next.head);
        }
    }

    private void stateCredit(boolean drain) {
        limit = nextToken + link.credit();
        consumer.credit(limit, drain);
    }

    @Override
    public void onDisposition(
            SenderLink sender,
            long firstId,
            long lastId,
            long firstToken,
            long lastToken,
            boolean settled,
            @Nullable DeliveryState state) {
        if (isOver()) {
            return;
        }
        if (state instanceof TransactionalState transactional) {
            settleIn(transactional, firstId, lastId, firstToken, lastToken, settled);
            return;
        }
        Outcome outcome =
                state == null ? null : Outcomes.of(state, connection.loop().codec());
        if (settled) {
            consumer.settle(firstToken, lastToken, outcome == null ? spec.defaultOutcome() : outcome, false);
        } else if (outcome != null && state != null) {
            confirm(new Confirm(firstToken, lastToken, firstId, state));
            consumer.settle(firstToken, lastToken, outcome, true);
        }
    }

    private void settleIn(
            TransactionalState state, long firstId, long lastId, long firstToken, long lastToken, boolean settled) {
        OpenTransaction transaction = connection.transactions().find(state.getTxnId());
        if (transaction == null) {
            end(Transactions.unknown(state.getTxnId()));
            return;
        }
        Object named = state.getOutcome();
        Outcome outcome =
                named == null ? null : Outcomes.of(named, connection.loop().codec());
        boolean settles = settled || !transaction.isLocal();
        if (!settles) {
            Confirm open = new Confirm(firstToken, lastToken, firstId, state);
            confirm(open);
            transaction.onRollback(() -> undo(open));
        } else if (!settled) {
            // a branch may be decided by another connection, or years later: nothing of it stays with a link
            link.settle(firstId, lastId, state);
        }
        consumer.settle(
                firstToken, lastToken, outcome == null ? spec.defaultOutcome() : outcome, transaction.work(), settles);
    }

    private void confirm(Confirm open) {
        if (confirms == null) {
            confirms = new ArrayDeque<>();
        }
        confirms.add(open);
    }

    /** A rollback gave the deliveries back to their places: they are settled here as released. */
    private void undo(Confirm open) {
        if (confirms != null && confirms.remove(open)) {
            link.settle(open.firstId, open.idOf(open.lastToken), Released.getInstance());
        }
    }

    /** A durable subscription outlives a link that is detached, and goes with one that is closed. */
    @Override
    public void onDetach(SenderLink detached, boolean closed, @Nullable ErrorCondition error) {
        boolean first = !isOver();
        super.onDetach(detached, closed, error);
        SubscriptionSpec subscription = spec.subscription();
        if (first && closed && subscription != null && subscription.durable() && connection.isOpen()) {
            link.detachLater();
            connection.session().unsubscribe(subscription.id(), this::unsubscribed);
        }
    }

    private void unsubscribed(Reply<Boolean> reply) {
        // what is not found was the source of a queue: the client did not say which kind of node it expects
        if (reply instanceof Reply.Refused<Boolean> refused && refused.error().code() != BrokerError.Code.NOT_FOUND) {
            link.detach(true, Errors.of(refused.error()));
        } else {
            link.detach(true, null);
        }
    }

    @Override
    public void onSent(SenderLink sender, long token) {
        ArrayDeque<Integer> waiting = waitingBytes;
        Integer bytes = waiting == null ? null : waiting.poll();
        if (bytes != null) {
            noteSent(bytes);
        }
    }

    // --- bytes on their way

    private void noteSent(int bytes) {
        sentBytes += bytes;
        if (!listedAsSent) {
            listedAsSent = true;
            connection.sent(this);
        }
    }

    /** Tells the broker what has left since the last time. */
    void reportSent() {
        listedAsSent = false;
        nextSent = null;
        if (!isOver()) {
            consumer.consumed(sentBytes);
        }
        sentBytes = 0;
    }

    @Nullable
    ConsumerLink nextSent() {
        return nextSent;
    }

    void nextSent(@Nullable ConsumerLink next) {
        nextSent = next;
    }

    @Override
    void release() {
        consumer.close();
    }

    /** The outcome that a source names for deliveries left without one; released when it names none. */
    static Outcome defaultOutcome(Source source, org.waybill.amqp.engine.Codec codec) {
        Object named = source.getDefaultOutcome();
        Outcome outcome = named == null ? null : Outcomes.of(named, codec);
        return outcome == null ? Outcome.RELEASED : outcome;
    }

    /** The outcomes a client may state. */
    static Symbol[] outcomes() {
        return new Symbol[] {
            Accepted.DESCRIPTOR_SYMBOL,
            Rejected.DESCRIPTOR_SYMBOL,
            Released.DESCRIPTOR_SYMBOL,
            Modified.DESCRIPTOR_SYMBOL
        };
    }
}
