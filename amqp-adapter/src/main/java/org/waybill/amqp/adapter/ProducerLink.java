package org.waybill.amqp.adapter;

import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Map;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.Conditions;
import org.waybill.amqp.engine.DeliveryAssembly;
import org.waybill.amqp.engine.IncomingTransfer;
import org.waybill.amqp.engine.ReceiverLink;
import org.waybill.amqp.engine.ReceiverListener;
import org.waybill.config.AddressSettings;
import org.waybill.message.DecodeError;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.spi.BrokerError;
import org.waybill.spi.Producer;
import org.waybill.spi.ProducerHandler;
import org.waybill.spi.ProducerSpec;

/**
 * A link on which a client produces: transfers become messages for the broker's producer, its settlements become dispositions.
 *
 * <p>The token of a send is the engine's number of the delivery, so a range of tokens is a range of deliveries. Credit is granted
 * anew when half of it is used up; what is sent and not settled counts as used, so it bounds what a client has on the way.
 */
final class ProducerLink extends BrokerLink<ReceiverLink> implements ReceiverListener, ProducerHandler {
    private final Producer producer;
    private final Attach answer;
    private final int maxCredit;
    private final DeliveryAssembly assembly = new DeliveryAssembly();
    private int messageFormat;
    private long unsettled;
    private boolean blocked;
    private boolean paused;
    private @Nullable OpenTransaction transaction;

    /** @param answer what the client is told once the broker has opened the producer */
    ProducerLink(AmqpConnection connection, ReceiverLink link, ProducerSpec spec, Attach answer) {
        super(connection, link, false);
        this.answer = answer;
        this.maxCredit = connection.loop().shared().producerCredit();
        this.producer = connection.session().openProducer(spec, this);
    }

    /** The attach that answers a client's, with {@code target} in force: settled by us first, whatever was asked for. */
    static Attach answer(Attach asked, Target target) {
        Attach answer = new Attach();
        answer.setSource(asked.getSource());
        answer.setTarget(target);
        answer.setOfferedCapabilities(Terminus.offered(asked.getDesiredCapabilities(), Symbols.DELAYED_DELIVERY));
        answer.setSndSettleMode(asked.getSndSettleMode());
        answer.setRcvSettleMode(ReceiverSettleMode.FIRST);
        return answer;
    }

    // --- the broker's side

    @Override
    public void opened() {
        if (!isOver()) {
            AddressSettings.Durability level = producer.durability();
            if (level != null) {
                answer.setProperties(Map.of(Symbols.DURABILITY, word(level)));
            }
            link.attach(answer);
            topUp();
        }
    }

    /** A level as the configuration names it. */
    private static String word(AddressSettings.Durability level) {
        return level.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public void closed(BrokerError error) {
        endedByBroker(Errors.of(error));
    }

    @Override
    public void settled(long firstToken, long lastToken, Outcome outcome) {
        unsettled -= lastToken - firstToken + 1;
        if (!isOver()) {
            link.disposition(firstToken, lastToken, true, Outcomes.state(outcome));
            topUp();
        }
    }

    @Override
    public void refused(long token, BrokerError error) {
        unsettled--;
        if (!isOver()) {
            Rejected rejected = new Rejected();
            rejected.setError(Errors.of(error));
            link.disposition(token, token, true, rejected);
            topUp();
        }
    }

    @Override
    public void blocked(String reason) {
        if (!isOver()) {
            blocked = true;
            connection.warn("WB-A005", "link " + link.name() + " gets no credit: " + reason);
            link.resetCredit(0);
            link.sendFlow(false, Map.of(Symbols.BLOCKED_REASON, reason));
        }
    }

    @Override
    public void unblocked() {
        if (!isOver()) {
            blocked = false;
            topUp();
        }
    }

    @Override
    public void pause() {
        paused = true;
        link.resetCredit(0);
    }

    @Override
    public void resume() {
        paused = false;
        if (!isOver()) {
            topUp();
        }
    }

    private void topUp() {
        long used = link.credit() + unsettled;
        if (!blocked && !paused && link.isAttached() && used <= maxCredit >> 1) {
            link.grantCredit((int) (maxCredit - used));
        }
    }

    // --- the client's side

    @Override
    public void onTransfer(ReceiverLink receiver, IncomingTransfer transfer, ByteBuffer payload) {
        if (isOver()) {
            return;
        }
        if (transfer.isFirst()) {
            messageFormat = transfer.messageFormat();
            transaction = null;
        }
        if (transfer.state() instanceof TransactionalState state) {
            transaction = connection.transactions().find(state.getTxnId());
            if (transaction == null) {
                end(Transactions.unknown(state.getTxnId()));
                return;
            }
        }
        int held = assembly.bytesHeld();
        byte @Nullable [] bytes = assembly.add(transfer, payload);
        int more = assembly.bytesHeld() - held;
        if (more != 0) {
            connection.partial(more);
            if (isOver()) {
                return;
            }
        }
        if (bytes != null) {
            send(bytes, transfer);
        } else if (transfer.aborted()) {
            topUp();
        }
    }

    @Override
    public void onOversized(ReceiverLink receiver, IncomingTransfer transfer) {
        OpenTransaction in = transfer.state() instanceof TransactionalState state
                ? connection.transactions().find(state.getTxnId())
                : transfer.isFirst() ? null : transaction;
        if (in != null) {
            in.fail(new BrokerError(
                    BrokerError.Code.RESOURCE_LIMIT,
                    "a message of it has more than the " + link.maxMessageBytes() + " bytes that are allowed"));
        }
    }

    private void send(byte[] bytes, IncomingTransfer transfer) {
        Message message;
        try {
            message = Message.of(bytes, messageFormat);
            message.checkDeliveryTime();
            message.origin();
        } catch (DecodeError e) {
            refuse(transfer, e);
            return;
        }
        connection.sending();
        OpenTransaction in = transaction;
        if (in == null) {
            unsettled++;
            producer.send(message, transfer.deliveryId());
        } else if (!in.isActive()) {
            end(Transactions.unknown(in.txnId()));
        } else {
            producer.send(message, in.work());
            link.disposition(transfer.deliveryId(), transfer.deliveryId(), true, in.accepted());
            topUp();
        }
    }

    private void refuse(IncomingTransfer transfer, DecodeError cause) {
        connection.loop().shared().counters().messagesMalformed.increment();
        if (transaction != null) {
            transaction.fail(new BrokerError(BrokerError.Code.DECODE, "a message of it: " + cause.getMessage()));
        }
        if (transfer.settled()) {
            end(Conditions.error(Conditions.DECODE_ERROR, String.valueOf(cause.getMessage())));
            return;
        }
        Rejected rejected = new Rejected();
        rejected.setError(Conditions.error(Conditions.DECODE_ERROR, String.valueOf(cause.getMessage())));
        link.disposition(transfer.deliveryId(), transfer.deliveryId(), true, rejected);
        topUp();
    }

    @Override
    void release() {
        connection.partial(-assembly.bytesHeld());
        assembly.clear();
        producer.close();
    }
}
