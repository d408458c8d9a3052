package org.waybill.amqp.adapter;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedLong;
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
import org.waybill.spi.BranchReply;
import org.waybill.spi.Branches;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.Xid;

/**
 * A link to the transaction coordinator (AMQP 1.0 part 4, section 4.2): declares and discharges the local transactions of a connection,
 * and starts branches of distributed ones.
 */
final class CoordinatorLink extends BrokerLink<ReceiverLink> implements ReceiverListener {
    private static final int CREDIT = 64;
    private static final long MAX_REQUEST_BYTES = 4 * 1024;
    private static final Symbol[] CAPABILITIES = {
        Symbol.valueOf("amqp:local-transactions"),
        Symbol.valueOf("amqp:distributed-transactions"),
        Symbol.valueOf("amqp:multi-txns-per-ssn"),
        Symbol.valueOf("amqp:multi-ssns-per-txn")
    };

    private final Transactions transactions;
    private final DeliveryAssembly assembly = new DeliveryAssembly();

    CoordinatorLink(AmqpConnection connection, ReceiverLink link, Transactions transactions) {
        super(connection, link, false);
        this.transactions = transactions;
    }

    void attach(Attach asked) {
        Coordinator coordinator = new Coordinator();
        coordinator.setCapabilities(CAPABILITIES);
        Attach answer = new Attach();
        answer.setSource(asked.getSource());
        answer.setTarget(coordinator);
        answer.setSndSettleMode(asked.getSndSettleMode());
        answer.setRcvSettleMode(ReceiverSettleMode.FIRST);
        answer.setMaxMessageSize(UnsignedLong.valueOf(MAX_REQUEST_BYTES));
        link.attach(answer);
        link.grantCredit(CREDIT);
    }

    @Override
    public void onTransfer(ReceiverLink receiver, IncomingTransfer transfer, ByteBuffer payload) {
        if (isOver()) {
            return;
        }
        byte @Nullable [] bytes = assembly.add(transfer, payload);
        if (bytes != null) {
            handle(transfer.deliveryId(), request(bytes));
        } else if (transfer.aborted()) {
            topUp();
        }
    }

    /** What the message asks for; null when it cannot be read. */
    private @Nullable Object request(byte[] message) {
        try {
            List<Object> sections = connection.loop().codec().decodeAll(message);
            Object last = sections.isEmpty() ? null : sections.get(sections.size() - 1);
            return last instanceof AmqpValue value ? value.getValue() : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private void handle(long deliveryId, @Nullable Object request) {
        if (request instanceof Declare declare) {
            if (declare.getGlobalId() == null) {
                answer(deliveryId, declare());
            } else {
                start(deliveryId, declare.getGlobalId());
            }
        } else if (request instanceof Discharge discharge) {
            discharge(deliveryId, discharge);
        } else {
            answer(deliveryId, rejected(Conditions.DECODE_ERROR, "neither a declare nor a discharge"));
        }
    }

    private DeliveryState declare() {
        OpenTransaction begun = transactions.declare(this);
        return begun == null
                ? rejected(Conditions.RESOURCE_LIMIT_EXCEEDED, Transactions.tooMany())
                : declared(begun.txnId());
    }

    /** Begins to work in a new branch. */
    private void start(long deliveryId, Object globalId) {
        Xid xid;
        try {
            xid = Xids.of(globalId);
        } catch (InvalidField malformed) {
            answer(deliveryId, rejected(Conditions.INVALID_FIELD, String.valueOf(malformed.getMessage())));
            return;
        }
        transactions.start(xid, Branches.Start.NEW, transactions.branchTimeoutS(), this, started -> {
            Binary txnId = started.value();
            answer(deliveryId, txnId == null ? rejected(refusal(started)) : declared(txnId));
        });
    }

    private static ErrorCondition refusal(BranchReply<Binary> refused) {
        Symbol condition =
                switch (refused.code()) {
                    case DUPLICATE -> Symbols.XA_DUPLICATE;
                    case UNAVAILABLE -> Conditions.INTERNAL_ERROR;
                    case ERROR -> Conditions.RESOURCE_LIMIT_EXCEEDED;
                    default -> Conditions.NOT_ALLOWED;
                };
        return Conditions.error(condition, String.valueOf(refused.error()));
    }

    private static Declared declared(Binary txnId) {
        Declared declared = new Declared();
        declared.setTxnId(txnId);
        return declared;
    }

    private void discharge(long deliveryId, Discharge discharge) {
        OpenTransaction ended = transactions.find(discharge.getTxnId());
        if (ended == null) {
            answer(deliveryId, rejected(Transactions.unknown(discharge.getTxnId())));
            return;
        }
        if (!ended.isLocal()) {
            answer(deliveryId, rejected(Conditions.NOT_ALLOWED, "a branch is ended by requests to " + Terminus.XA));
            return;
        }
        transactions.remove(ended);
        if (Boolean.TRUE.equals(discharge.getFail())) {
            ended.rollback(reply -> answer(deliveryId, Accepted.getInstance()));
        } else {
            ended.commit(reply -> answer(deliveryId, outcome(reply)));
        }
    }

    private static DeliveryState outcome(Reply<Boolean> reply) {
        if (!(reply instanceof Reply.Refused<Boolean> refused)) {
            return Accepted.getInstance();
        }
        BrokerError error = refused.error();
        return rejected(
                error.code() == BrokerError.Code.TRANSACTION_TIMEOUT
                        ? Symbols.TRANSACTION_TIMEOUT
                        : Symbols.TRANSACTION_ROLLBACK,
                error.message());
    }

    private static Rejected rejected(Symbol condition, String description) {
        return rejected(Conditions.error(condition, description));
    }

    private static Rejected rejected(ErrorCondition error) {
        Rejected rejected = new Rejected();
        rejected.setError(error);
        return rejected;
    }

    private void answer(long deliveryId, DeliveryState state) {
        if (!isOver()) {
            link.disposition(deliveryId, deliveryId, true, state);
            topUp();
        }
    }

    private void topUp() {
        if (link.credit() <= CREDIT / 2) {
            link.grantCredit(CREDIT - link.credit());
        }
    }

    @Override
    void release() {
        assembly.clear();
        transactions.abandon(this);
    }
}
