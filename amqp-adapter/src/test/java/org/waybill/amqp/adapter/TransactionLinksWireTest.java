package org.waybill.amqp.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.qpid.protonj2.test.driver.actions.TransferInjectAction;
import org.apache.qpid.protonj2.test.driver.codec.messaging.Accepted;
import org.apache.qpid.protonj2.test.driver.codec.messaging.Rejected;
import org.apache.qpid.protonj2.test.driver.codec.messaging.Released;
import org.apache.qpid.protonj2.test.driver.codec.primitives.Binary;
import org.apache.qpid.protonj2.test.driver.codec.primitives.DescribedType;
import org.apache.qpid.protonj2.test.driver.codec.transactions.Declared;
import org.apache.qpid.protonj2.test.driver.codec.transactions.TransactionalState;
import org.apache.qpid.protonj2.test.driver.codec.transport.DeliveryState;
import org.apache.qpid.protonj2.test.driver.codec.transport.ErrorCondition;
import org.apache.qpid.protonj2.test.driver.codec.transport.Role;
import org.hamcrest.CoreMatchers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.waybill.broker.Broker;
import org.waybill.config.AmqpSettings;
import org.waybill.config.Settings;

/**
 * Transactions over links that come, go and are of the wrong kind, against the real broker. Handle 0 produces to {@code q}, 1
 * coordinates, 2 produces to whatever a message names.
 */
@Timeout(60)
final class TransactionLinksWireTest {
    private static final byte[] DECLARE = {0, 0x53, 0x77, 0, 0x53, 0x31, 0x45};

    @TempDir
    Path directory;

    private Broker broker;
    private Wire wire;
    private int nextId;

    @BeforeEach
    void start() throws Exception {
        broker = Broker.start(Settings.defaults()
                .withDataDirectory(directory)
                .withAmqp(AmqpSettings.defaults().withPort(0)));
        wire = Wire.begin(broker.amqpPort(), "c").sender("q");
        wire.frames.expectAttach().ofReceiver();
        wire.frames.expectFlow();
        wire.frames
                .remoteAttach()
                .withName("tx")
                .withHandle(1)
                .ofSender()
                .withInitialDeliveryCount(0)
                .withSource()
                .and()
                .withCoordinator()
                .and()
                .now();
        wire.done();
        wire.frames.expectAttach().ofReceiver();
        wire.frames.expectFlow();
        wire.frames
                .remoteAttach()
                .withName("anonymous")
                .withHandle(2)
                .ofSender()
                .withInitialDeliveryCount(0)
                .withSource()
                .and()
                .withTarget()
                .and()
                .now();
        wire.done();
    }

    @AfterEach
    void stop() {
        wire.close();
        broker.stop();
    }

    private TransferInjectAction transfer(int handle, byte[] payload) {
        int id = nextId++;
        TransferInjectAction transfer = wire.frames
                .remoteTransfer()
                .withHandle(handle)
                .withDeliveryId(id)
                .withDeliveryTag(new byte[] {(byte) id})
                .withPayload(payload);
        transfer.onChannel(0);
        return transfer;
    }

    private static DeliveryState in(Binary txnId) {
        return new TransactionalState().setTxnId(txnId);
    }

    private DescribedType answer(TransferInjectAction transfer) throws Exception {
        AtomicReference<DescribedType> state = new AtomicReference<>();
        wire.frames
                .expectDisposition()
                .withFirst(nextId - 1)
                .withSettled(true)
                .withCapture(answer -> state.set(answer.getState()));
        transfer.now();
        wire.done();
        return state.get();
    }

    private Binary declare() throws Exception {
        return ((Declared) answer(transfer(1, DECLARE))).getTxnId();
    }

    private DescribedType discharge(Binary txnId, boolean fail) throws Exception {
        byte[] id = txnId.arrayCopy();
        ByteBuffer message = ByteBuffer.allocate(12 + id.length);
        message.put(new byte[] {0, 0x53, 0x77, 0, 0x53, 0x32, (byte) 0xC0, (byte) (4 + id.length), 2});
        message.put(new byte[] {(byte) 0xA0, (byte) id.length}).put(id);
        return answer(transfer(1, message.put((byte) (fail ? 0x41 : 0x42)).array()));
    }

    /** A message of one string to an address; none to the empty one. */
    private static byte[] to(String address, String text) {
        byte[] name = address.getBytes(StandardCharsets.UTF_8);
        byte[] body = Wire.message(text);
        ByteBuffer message = ByteBuffer.allocate(10 + name.length + body.length);
        message.put(new byte[] {0, 0x53, 0x73, (byte) 0xC0, (byte) (5 + name.length), 3, 0x40, 0x40});
        message.put(new byte[] {(byte) 0xA1, (byte) name.length}).put(name);
        return message.put(body).array();
    }

    private static ErrorCondition error(DescribedType state) {
        return ((Rejected) state).getError();
    }

    /** Has another client receive until there is nothing more, and give everything back. */
    private void drain(String address, String... texts) throws Exception {
        try (Wire reader = Wire.begin(broker.amqpPort(), "reader").receiver("r", 0, address)) {
            for (String text : texts) {
                reader.frames.expectTransfer().withPayload(Wire.message(text));
            }
            reader.frames.expectFlow().withLinkCredit(0).withDrain(true);
            reader.flow(0, 0, 100, true).done();
            reader.detach(0, true);
        }
    }

    @Test
    void sendsOfTwoSessionsAreOneTransaction() throws Exception {
        Binary txnId = declare();
        assertThat(answer(transfer(0, Wire.message("here")).withState(in(txnId))))
                .isInstanceOf(TransactionalState.class);
        wire.frames.expectBegin();
        var second = wire.frames.remoteBegin().withNextOutgoingId(0).withIncomingWindow(100);
        second.withOutgoingWindow(100).onChannel(1).now();
        wire.done();
        wire.frames.expectAttach().ofReceiver();
        wire.frames.expectFlow();
        wire.frames
                .remoteAttach()
                .withName("there")
                .withHandle(0)
                .ofSender()
                .withInitialDeliveryCount(0)
                .withSource()
                .and()
                .withTarget()
                .withAddress("q")
                .and()
                .onChannel(1)
                .now();
        wire.done();
        wire.frames.expectDisposition().withFirst(0).withSettled(true);
        wire.frames
                .remoteTransfer()
                .withHandle(0)
                .withDeliveryId(0)
                .withDeliveryTag(new byte[] {1})
                .withState(in(txnId))
                .withPayload(Wire.message("there"))
                .onChannel(1)
                .now();
        wire.done();
        drain("q");
        assertThat(discharge(txnId, false)).isInstanceOf(Accepted.class);
        drain("q", "here", "there");
    }

    @Test
    void aTransactionOfAnotherConnectionIsUnknown() throws Exception {
        declare();
        Binary txnId = declare();
        try (Wire other = Wire.begin(broker.amqpPort(), "other").sender("q")) {
            other.frames
                    .expectDetach()
                    .withHandle(0)
                    .withClosed(true)
                    .withError(
                            "amqp:transaction:unknown-id",
                            CoreMatchers.containsString("is not open on this connection"));
            other.frames
                    .remoteTransfer()
                    .withHandle(0)
                    .withDeliveryId(0)
                    .withDeliveryTag(new byte[] {1})
                    .withState(in(txnId))
                    .withPayload(Wire.message("m"))
                    .now();
            other.done();
        }
        assertThat(discharge(txnId, false)).isInstanceOf(Accepted.class);
        assertThat(error(discharge(txnId, false)).getCondition()).hasToString("amqp:transaction:unknown-id");
        drain("q");
    }

    @Test
    void anOutcomeInAnUnknownTransactionEndsTheLinkAndGivesTheMessageBack() throws Exception {
        answer(transfer(0, Wire.message("m")));
        wire.receiver("r", 3, "q");
        wire.frames.expectTransfer();
        wire.flow(3, 0, 1, false).done();
        wire.frames
                .expectDetach()
                .withClosed(true)
                .withError("amqp:transaction:unknown-id")
                .respond();
        wire.frames
                .remoteDisposition()
                .withRole(Role.RECEIVER)
                .withFirst(0)
                .withSettled(true)
                .withState(new TransactionalState()
                        .setTxnId(new Binary(new byte[] {9}))
                        .setOutcome(Accepted.getInstance()))
                .now();
        wire.done();
        drain("q", "m");
    }

    @Test
    void releasedInATransactionTakesEffectWithTheCommit() throws Exception {
        answer(transfer(0, Wire.message("m")));
        wire.receiver("r", 3, "q");
        wire.frames.expectTransfer();
        wire.flow(3, 0, 1, false).done();
        Binary txnId = declare();
        wire.frames
                .remoteDisposition()
                .withRole(Role.RECEIVER)
                .withFirst(0)
                .withSettled(true)
                .withState(new TransactionalState().setTxnId(txnId).setOutcome(new Released()))
                .now();
        drain("q");
        assertThat(discharge(txnId, false)).isInstanceOf(Accepted.class);
        drain("q", "m");
    }

    @Test
    void anAbortedTransferIsNoPartOfItsTransaction() throws Exception {
        Binary txnId = declare();
        transfer(0, Wire.message("first")).withMore(true).withState(in(txnId)).now();
        wire.frames
                .remoteTransfer()
                .withHandle(0)
                .withDeliveryId(nextId - 1)
                .withAborted(true)
                .now();
        assertThat(answer(transfer(0, Wire.message("second")).withState(in(txnId))))
                .isInstanceOf(TransactionalState.class);
        assertThat(discharge(txnId, false)).isInstanceOf(Accepted.class);
        drain("q", "second");
    }

    @Test
    void aTransferCutByADetachIsNoPartOfItsTransaction() throws Exception {
        Binary txnId = declare();
        assertThat(answer(transfer(2, to("q", "whole")).withState(in(txnId)))).isInstanceOf(TransactionalState.class);
        transfer(0, Wire.message("part")).withMore(true).withState(in(txnId)).now();
        wire.detach(0, true);
        assertThat(discharge(txnId, false)).isInstanceOf(Accepted.class);
        wire.receiver("r", 3, "q");
        wire.frames.expectTransfer().withPayload(to("q", "whole"));
        wire.frames.expectFlow().withLinkCredit(0).withDrain(true);
        wire.flow(3, 0, 9, true).done();
    }

    @Test
    void anAnonymousSenderHearsWhatIsWrong() throws Exception {
        ErrorCondition nameless = error(answer(transfer(2, Wire.message("m"))));
        assertThat(nameless.getCondition()).hasToString("amqp:invalid-field");
        assertThat(nameless.getDescription()).contains("has no address");

        ErrorCondition pattern = error(answer(transfer(2, to("topic://a.*", "m"))));
        assertThat(pattern.getDescription()).contains("a.*");

        assertThat(answer(transfer(2, to("q", "m")))).isInstanceOf(Accepted.class);
    }

    @Test
    void whatAnAnonymousSenderDidWrongInATransactionIsTheAnswerToItsCommit() throws Exception {
        Binary txnId = declare();
        assertThat(answer(transfer(2, to("q", "m")).withState(in(txnId)))).isInstanceOf(TransactionalState.class);
        answer(transfer(2, Wire.message("m")).withState(in(txnId)));
        ErrorCondition error = error(discharge(txnId, false));
        assertThat(error.getCondition()).hasToString("amqp:transaction:rollback");
        assertThat(error.getDescription()).contains("has no address");
        drain("q");
    }

    @Test
    void aCoordinatorThatGoesRollsBackWhatItDeclared() throws Exception {
        Binary txnId = declare();
        answer(transfer(0, Wire.message("m")).withState(in(txnId)));
        wire.detach(1, true);
        drain("q");
        wire.frames.expectDetach().withHandle(0).withClosed(true).withError("amqp:transaction:unknown-id");
        transfer(0, Wire.message("m")).withState(in(txnId)).now();
        wire.done();
    }
}
