package org.waybill.amqp.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.qpid.protonj2.test.driver.codec.messaging.Accepted;
import org.apache.qpid.protonj2.test.driver.codec.messaging.Rejected;
import org.apache.qpid.protonj2.test.driver.codec.primitives.Binary;
import org.apache.qpid.protonj2.test.driver.codec.transactions.Declared;
import org.apache.qpid.protonj2.test.driver.codec.transactions.TransactionalState;
import org.apache.qpid.protonj2.test.driver.codec.transport.Role;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerError.Code;

/** Frames of a transactional client. Handle 0 produces, 1 consumes, 2 coordinates. */
@Timeout(60)
final class TransactionWireTest {
    private static final byte[] DECLARE = {0, 0x53, 0x77, 0, 0x53, 0x31, 0x45};

    @TempDir
    Path directory;

    private FakeBroker broker;
    private Wire wire;
    private int nextId;

    @BeforeEach
    void start() throws Exception {
        broker = new FakeBroker(directory);
        wire = Wire.begin(broker, "c").sender("q").receiver("r", 1, "q");
        wire.frames.expectAttach().ofReceiver();
        wire.frames.expectFlow();
        wire.frames
                .remoteAttach()
                .withName("tx")
                .withHandle(2)
                .ofSender()
                .withInitialDeliveryCount(0)
                .withSource()
                .and()
                .withCoordinator()
                .and()
                .now();
        wire.done();
    }

    @AfterEach
    void stop() {
        wire.close();
        broker.close();
    }

    private static byte[] discharge(byte[] txnId, boolean fail) {
        ByteBuffer message = ByteBuffer.allocate(12 + txnId.length);
        message.put(new byte[] {0, 0x53, 0x77, 0, 0x53, 0x32, (byte) 0xC0, (byte) (4 + txnId.length), 2});
        message.put(new byte[] {(byte) 0xA0, (byte) txnId.length}).put(txnId);
        return message.put((byte) (fail ? 0x41 : 0x42)).array();
    }

    private void transfer(int handle, byte[] payload, Binary txnId) {
        var transfer = wire.frames
                .remoteTransfer()
                .withHandle(handle)
                .withDeliveryId(nextId)
                .withDeliveryTag(new byte[] {(byte) nextId})
                .withPayload(payload);
        if (txnId != null) {
            transfer.withState(new TransactionalState().setTxnId(txnId));
        }
        nextId++;
        transfer.now();
    }

    private Binary declare() throws Exception {
        AtomicReference<Binary> txnId = new AtomicReference<>();
        wire.frames
                .expectDisposition()
                .withFirst(nextId)
                .withSettled(true)
                .withCapture(answer -> txnId.set(((Declared) answer.getState()).getTxnId()));
        transfer(2, DECLARE, null);
        wire.done();
        return txnId.get();
    }

    private long ready() {
        return broker.onLoop(() -> (long) broker.core.queues.get("q").ready.size());
    }

    private void sendIn(Binary txnId) throws Exception {
        wire.frames
                .expectDisposition()
                .withFirst(nextId)
                .withSettled(true)
                .withPredicate(answer ->
                        ((TransactionalState) answer.getState()).getTxnId().equals(txnId));
        transfer(0, Wire.message("m"), txnId);
        wire.done();
    }

    private void discharge(Binary txnId, boolean fail) throws Exception {
        wire.frames
                .expectDisposition()
                .withFirst(nextId)
                .withSettled(true)
                .withState()
                .accepted();
        transfer(2, discharge(txnId.arrayCopy(), fail), null);
        wire.done();
    }

    @Test
    void makesSendsVisibleAtTheCommitAlone() throws Exception {
        Binary txnId = declare();
        sendIn(txnId);
        sendIn(txnId);
        assertThat(ready()).isZero();
        discharge(txnId, false);
        assertThat(ready()).isEqualTo(2);
    }

    @Test
    void dropsSendsWhenTheCoordinatorGoes() throws Exception {
        sendIn(declare());
        wire.frames.expectDetach().withHandle(2).withClosed(true);
        wire.frames.remoteDetach().withHandle(2).withClosed(true).now();
        wire.done();
        wire.frames.expectDetach().withHandle(0).withClosed(true);
        wire.frames.remoteDetach().withHandle(0).withClosed(true).now();
        wire.done();
        assertThat(ready()).isZero();
    }

    @Test
    void settlesAtTheCommitWhatTheClientLeftUnsettled() throws Exception {
        Binary first = declare();
        sendIn(first);
        discharge(first, false);
        wire.frames.expectTransfer().withHandle(1).withDeliveryId(0);
        wire.frames
                .remoteFlow()
                .withNextIncomingId(0)
                .withIncomingWindow(100)
                .withNextOutgoingId(0)
                .withOutgoingWindow(100)
                .withHandle(1)
                .withDeliveryCount(0)
                .withLinkCredit(1)
                .now();
        wire.done();

        Binary second = declare();
        wire.frames
                .remoteDisposition()
                .withRole(Role.RECEIVER)
                .withFirst(0)
                .withSettled(false)
                .withState(new TransactionalState().setTxnId(second).setOutcome(Accepted.getInstance()))
                .now();
        wire.frames.expectDisposition().withRole(Role.SENDER).withFirst(0).withSettled(true);
        discharge(second, false);
        assertThat(broker.<Integer>onLoop(() -> broker.core.queues.get("q").held))
                .isZero();
    }

    @Test
    void saysWhyACommitIsRefused() throws Exception {
        assertThat(refusal(Code.TRANSACTION_TIMEOUT)).isEqualTo("amqp:transaction:timeout");
        assertThat(refusal(Code.RESOURCE_LIMIT)).isEqualTo("amqp:transaction:rollback");
    }

    private String refusal(Code code) throws Exception {
        Binary txnId = declare();
        sendIn(txnId);
        broker.onLoop(() -> broker.core.refuseCommit = new BrokerError(code, "because"));
        AtomicReference<String> condition = new AtomicReference<>();
        wire.frames
                .expectDisposition()
                .withFirst(nextId)
                .withSettled(true)
                .withCapture(answer -> condition.set(
                        ((Rejected) answer.getState()).getError().getCondition().toString()));
        transfer(2, discharge(txnId.arrayCopy(), false), null);
        wire.done();
        assertThat(ready()).isZero();
        broker.onLoop(() -> broker.core.refuseCommit = null);
        return condition.get();
    }

    @Test
    void commitsNothingWhenItRefusedAMessageOfIt() throws Exception {
        Binary txnId = declare();
        sendIn(txnId);
        wire.frames
                .expectDisposition()
                .withFirst(nextId)
                .withSettled(true)
                .withState()
                .rejected();
        transfer(0, new byte[] {1, 2, 3}, txnId);
        wire.done();

        AtomicReference<String> condition = new AtomicReference<>();
        wire.frames
                .expectDisposition()
                .withFirst(nextId)
                .withSettled(true)
                .withCapture(answer -> condition.set(
                        ((Rejected) answer.getState()).getError().getCondition().toString()));
        transfer(2, discharge(txnId.arrayCopy(), false), null);
        wire.done();
        assertThat(condition).hasValue("amqp:transaction:rollback");
        assertThat(ready()).isZero();
    }

    @Test
    void knowsNoOtherTransactions() throws Exception {
        Binary unknown = new Binary(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        wire.frames
                .expectDisposition()
                .withFirst(nextId)
                .withState()
                .rejected("amqp:transaction:unknown-id", "transaction 0102030405060708 is not open on this connection");
        transfer(2, discharge(unknown.arrayCopy(), false), null);
        wire.done();

        wire.frames.expectDetach().withHandle(0).withClosed(true).withError("amqp:transaction:unknown-id");
        transfer(0, Wire.message("m"), unknown);
        wire.done();
    }

    @Test
    void answersGarbageOnTheCoordinator() throws Exception {
        for (byte[] garbage : new byte[][] {{1, 2, 3}, Wire.message("declare"), {0, 0x53, 0x77, 0x40}}) {
            wire.frames
                    .expectDisposition()
                    .withFirst(nextId)
                    .withState()
                    .rejected("amqp:decode-error", "neither a declare nor a discharge");
            transfer(2, garbage, null);
            wire.done();
        }
        discharge(declare(), true);
    }
}
