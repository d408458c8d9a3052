package org.waybill.amqp.adapter;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.transaction.Coordinator;
import org.apache.qpid.proton.amqp.transaction.Declare;
import org.apache.qpid.proton.amqp.transaction.Declared;
import org.apache.qpid.proton.amqp.transaction.Discharge;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.Conditions;
import org.waybill.amqp.engine.DeliveryAssembly;
import org.waybill.amqp.engine.IncomingTransfer;
import org.waybill.amqp.engine.ReceiverLink;
import org.waybill.amqp.engine.ReceiverListener;
import org.waybill.spi.BrokerSession.Reply;

/**
 * A link to the transaction coordinator (AMQP 1.0 part 4): declares and discharges local transactions of its connection. What was
 * declared on it is rolled back when it goes.
 */
final class CoordinatorLink extends BrokerLink<ReceiverLink> implements ReceiverListener {
    private static final int CREDIT = 64;

    private final Attach asked;
    private final DeliveryAssembly assembly = new DeliveryAssembly();

    CoordinatorLink(AmqpConnection connection, ReceiverLink link, Attach asked) {
        super(connection, link, false);
        this.asked = asked;
    }

    /** Answers the attach. */
    void begin() {
        Coordinator coordinator = new Coordinator();
        coordinator.setCapabilities(Symbols.LOCAL_TRANSACTIONS, Symbols.MULTI_TXNS_PER_SSN, Symbols.MULTI_SSNS_PER_TXN);
        Attach answer = new Attach();
        answer.setSource(asked.getSource());
        answer.setTarget(coordinator);
        answer.setSndSettleMode(asked.getSndSettleMode());
        answer.setRcvSettleMode(ReceiverSettleMode.FIRST);
        link.listener(this);
        link.attach(answer);
        link.grantCredit(CREDIT);
    }

    @Override
    public void onTransfer(ReceiverLink receiver, IncomingTransfer transfer, ByteBuffer payload) {
        if (isOver()) {
            return;
        }
        byte[] bytes = assembly.add(transfer, payload);
        if (bytes == null) {
            return;
        }
        long id = transfer.deliveryId();
        Object request = request(bytes);
        if (request instanceof Declare declare) {
            declare(id, declare);
        } else if (request instanceof Discharge discharge) {
            discharge(id, discharge);
        } else {
            reject(id, Conditions.error(Conditions.DECODE_ERROR, "a coordinator takes a declare or a discharge"));
        }
    }

    private @Nullable Object request(byte[] bytes) {
        try {
            List<Object> sections = connection.loop().codec().decodeAll(bytes);
            Object last = sections.isEmpty() ? null : sections.get(sections.size() - 1);
            return last instanceof AmqpValue body ? body.getValue() : null;
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }

    private void declare(long id, Declare declare) {
        if (declare.getGlobalId() != null) {
            reject(id, Conditions.error(Conditions.NOT_IMPLEMENTED, "global transactions are not available here"));
            return;
        }
        Binary transaction = connection.transactions().declare(this);
        if (transaction == null) {
            reject(
                    id,
                    Conditions.error(
                            Conditions.RESOURCE_LIMIT_EXCEEDED,
                            "a connection has at most " + Transactions.MAX_OPEN + " transactions open"));
            return;
        }
        Declared declared = new Declared();
        declared.setTxnId(transaction);
        answer(id, declared);
    }

    private void discharge(long id, Discharge discharge) {
        Binary transaction = discharge.getTxnId();
        if (connection.transactions().find(transaction) == null) {
            reject(id, unknown());
            return;
        }
        connection.transactions().discharge(transaction, Boolean.TRUE.equals(discharge.getFail()), reply -> {
            if (reply instanceof Reply.Refused<Boolean> refused) {
                reject(
                        id,
                        Conditions.error(
                                Symbols.TRANSACTION_ROLLBACK, refused.error().message()));
            } else {
                answer(id, Accepted.getInstance());
            }
        });
    }

    static ErrorCondition unknown() {
        return Conditions.error(Symbols.TRANSACTION_UNKNOWN_ID, "there is no such transaction");
    }

    private void reject(long id, ErrorCondition error) {
        Rejected rejected = new Rejected();
        rejected.setError(error);
        answer(id, rejected);
    }

    private void answer(long id, DeliveryState state) {
        if (!isOver()) {
            link.disposition(id, id, true, state);
            if (link.credit() <= CREDIT >> 1) {
                link.resetCredit(CREDIT);
            }
        }
    }

    @Override
    void release() {
        assembly.clear();
        connection.transactions().rollBackAll(this);
    }
}
