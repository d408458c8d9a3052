package org.waybill.jms.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.transaction.Coordinator;
import org.apache.qpid.proton.amqp.transaction.Declare;
import org.apache.qpid.proton.amqp.transaction.Declared;
import org.apache.qpid.proton.amqp.transaction.Discharge;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.waybill.amqp.engine.Conditions;
import org.waybill.amqp.engine.DeliveryAssembly;
import org.waybill.amqp.engine.IncomingTransfer;
import org.waybill.amqp.engine.ReceiverLink;
import org.waybill.amqp.engine.ReceiverListener;
import org.waybill.amqp.engine.SessionEngine;

/** Transactions. */
@Timeout(60)
class CoordinatorWireTest {
    private static final long LONG_MS = 20_000;
    private static final byte[] ID = {1, 2, 3};

    /** A broker with a coordinator. */
    private static final class Coordinating extends SmallBroker {
        final List<Object> requests = new ArrayList<>();
        DeliveryState answer;

        Coordinating() throws java.io.IOException {}

        @Override
        public void onReceiver(SessionEngine session, ReceiverLink link) {
            if (!(link.remoteAttach().getTarget() instanceof Coordinator)) {
                super.onReceiver(session, link);
                return;
            }
            link.listener(new Requests());
            Attach attach = new Attach();
            attach.setSource(link.remoteAttach().getSource());
            attach.setTarget(link.remoteAttach().getTarget());
            link.attach(attach);
            link.grantCredit(10);
        }

        @Override
        DeliveryState outcome(byte[] message) {
            TransactionalState state = new TransactionalState();
            state.setTxnId(new Binary(ID));
            state.setOutcome(Accepted.getInstance());
            return state;
        }

        private final class Requests implements ReceiverListener {
            private final DeliveryAssembly assembly = new DeliveryAssembly();

            @Override
            public void onTransfer(ReceiverLink link, IncomingTransfer transfer, ByteBuffer payload) {
                byte[] message = assembly.add(transfer, payload);
                Object request = ((AmqpValue) MessageCodec.decode(message).getBody()).getValue();
                requests.add(request);
                DeliveryState state = answer;
                if (state == null && request instanceof Declare) {
                    Declared declared = new Declared();
                    declared.setTxnId(new Binary(ID));
                    state = declared;
                }
                link.disposition(
                        transfer.deliveryId(),
                        transfer.deliveryId(),
                        true,
                        state == null ? Accepted.getInstance() : state);
            }

            @Override
            public void onDetach(ReceiverLink link, boolean closed, ErrorCondition error) {}

            @Override
            public void onLost(ReceiverLink link, ErrorCondition error) {}
        }
    }

    @Test
    void carriesSendsAndAcknowledgementsInATransaction() throws Exception {
        try (Coordinating broker = new Coordinating();
                ClientConnection connection = broker.open()) {
            ClientSession session = connection.session();
            broker.queue("orders").add(MessageCodec.encode(MessageCodec.text("old")));
            ClientCoordinator coordinator = session.coordinator();
            ClientTransaction transaction = coordinator.declare();
            assertThat(transaction.id()).isEqualTo(ID);
            byte[] message = MessageCodec.encode(MessageCodec.text("new"));
            session.sender("orders").send(message, 0, message.length, transaction);
            ClientReceiver receiver = session.receiver(ReceiverOptions.from("orders"));
            ClientDelivery delivery = receiver.receive(LONG_MS);
            delivery.accept(transaction);
            coordinator.discharge(transaction, false);
            assertThat(broker.requests).hasSize(2);
            assertThat(broker.requests.get(1)).isInstanceOfSatisfying(Discharge.class, discharge -> {
                assertThat(discharge.getTxnId().getArray()).isEqualTo(ID);
                assertThat(discharge.getFail()).isFalse();
            });
            assertThat(broker.outcomes).singleElement().isInstanceOfSatisfying(TransactionalState.class, state -> {
                assertThat(state.getTxnId().getArray()).isEqualTo(ID);
                assertThat(state.getOutcome()).isInstanceOf(Accepted.class);
            });
        }
    }

    @Test
    void saysWhyATransactionCouldNotCommit() throws Exception {
        try (Coordinating broker = new Coordinating();
                ClientConnection connection = broker.open()) {
            ClientCoordinator coordinator = connection.session().coordinator();
            ClientTransaction transaction = coordinator.declare();
            Rejected rejected = new Rejected();
            rejected.setError(Conditions.error(
                    org.apache.qpid.proton.amqp.Symbol.valueOf("amqp:transaction:rollback"), "a queue was full"));
            broker.answer = rejected;
            ClientException reason =
                    catchThrowableOfType(ClientException.class, () -> coordinator.discharge(transaction, false));
            assertThat(reason.kind()).isEqualTo(ClientException.Kind.NOT_ACCEPTED);
            assertThat(reason.condition()).isEqualTo("amqp:transaction:rollback");
            assertThat(reason.description()).isEqualTo("a queue was full");
            assertThat(catchThrowableOfType(ClientException.class, coordinator::declare)
                            .condition())
                    .isEqualTo("amqp:transaction:rollback");
        }
    }

    @Test
    void endsEveryRequestWhenTheConnectionIsLost() throws Exception {
        try (Coordinating broker = new Coordinating();
                ClientConnection connection = broker.open()) {
            ClientCoordinator coordinator = connection.session().coordinator();
            broker.cut();
            ClientException reason = catchThrowableOfType(ClientException.class, coordinator::declare);
            assertThat(reason.kind()).isEqualTo(ClientException.Kind.LOST);
        }
    }
}
