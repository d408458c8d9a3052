package org.waybill.amqp.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.waybill.amqp.adapter.XaWire.TMFAIL;
import static org.waybill.amqp.adapter.XaWire.TMJOIN;
import static org.waybill.amqp.adapter.XaWire.TMNOFLAGS;
import static org.waybill.amqp.adapter.XaWire.TMRESUME;
import static org.waybill.amqp.adapter.XaWire.TMSTARTRSCAN;
import static org.waybill.amqp.adapter.XaWire.TMSUCCESS;
import static org.waybill.amqp.adapter.XaWire.TMSUSPEND;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.protonj2.test.driver.codec.messaging.Accepted;
import org.apache.qpid.protonj2.test.driver.codec.messaging.Rejected;
import org.apache.qpid.protonj2.test.driver.codec.transport.ErrorCondition;
import org.apache.qpid.protonj2.test.driver.codec.transport.Role;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.waybill.amqp.engine.WireXid;
import org.waybill.broker.Broker;
import org.waybill.config.AmqpSettings;
import org.waybill.config.Settings;

/** The verbs of XA over the wire against the real broker. */
@Timeout(60)
final class XaWireTest {
    private static final int XA_RDONLY = 3;
    private static final int XA_RBBASE = 100;
    private static final int XA_RBEND = 107;
    private static final int XAER_NOTA = -4;
    private static final int XAER_PROTO = -6;
    private static final int XAER_DUPID = -8;

    @TempDir
    Path directory;

    private Broker broker;
    private XaWire client;
    private final WireXid xid = XaWire.xid("g");

    @BeforeEach
    void start() throws Exception {
        broker = Broker.start(Settings.defaults()
                .withDataDirectory(directory)
                .withAmqp(AmqpSettings.defaults().withPort(0)));
        client = new XaWire(broker.amqpPort(), "c");
    }

    @AfterEach
    void stop() {
        client.close();
        broker.stop();
    }

    /** Has another client receive until there is nothing more, and give everything back. */
    private void drain(String... texts) throws Exception {
        try (Wire reader = Wire.begin(broker.amqpPort(), "reader").receiver("reader", 0, "q")) {
            for (String text : texts) {
                reader.frames.expectTransfer().withPayload(XaWire.endsWith(Wire.message(text)));
            }
            reader.frames.expectFlow().withLinkCredit(0).withDrain(true);
            reader.flow(0, 0, 100, true).done();
            reader.detach(0, true);
        }
    }

    private byte[] startNew() throws Exception {
        return client.ask("start", xid, TMNOFLAGS).txnId();
    }

    private static ErrorCondition error(Object state) {
        return ((Rejected) state).getError();
    }

    @Test
    void commitsWhatWasSentInABranchThatWasDeclared() throws Exception {
        byte[] txnId = XaWire.txnId(client.declare(xid));
        client.send("in the branch", txnId);
        client.ask("end", new Binary(txnId), TMSUCCESS).is(0);
        drain();
        client.ask("prepare", xid).is(0);
        drain();
        client.ask("commit", xid, false).is(0);
        drain("in the branch");
    }

    @Test
    void anyConnectionMayDecide() throws Exception {
        byte[] txnId = startNew();
        client.send("m", txnId);
        client.ask("end", new Binary(txnId), TMSUCCESS).is(0);
        try (XaWire other = new XaWire(broker.amqpPort(), "other")) {
            other.ask("prepare", xid).is(0);
            client.close();
            assertThat(other.ask("outcome", xid).is(0).results()).isEqualTo(List.of("prepared"));
            other.ask("commit", xid, false).is(0);
            other.ask("commit", xid, false).is(0);
            assertThat(other.ask("outcome", xid).is(0).results()).isEqualTo(List.of("committed"));
        }
        drain("m");
    }

    @Test
    void nothingOfABranchStaysUnsettledWithALink() throws Exception {
        client.send("m", null);
        client.wire.frames.expectTransfer().withHandle(4).withPayload(Wire.message("m"));
        client.wire.flow(4, 0, 1, false).done();
        byte[] txnId = startNew();
        client.wire.frames.expectDisposition().withRole(Role.SENDER).withSettled(true);
        client.wire
                .frames
                .remoteDisposition()
                .withRole(Role.RECEIVER)
                .withFirst(0)
                .withSettled(false)
                .withState(XaWire.in(txnId).setOutcome(Accepted.getInstance()))
                .now();
        client.wire.done();
        client.ask("end", new Binary(txnId), TMSUCCESS).is(0);
        client.ask("prepare", xid).is(0);
        drain();
        client.ask("rollback", xid).is(0);
        drain("m");
    }

    @Test
    void aRefusedStartLeavesTheBranchAsItWas() throws Exception {
        byte[] txnId = startNew();
        assertThat(client.ask("start", xid, TMNOFLAGS).is(XAER_DUPID).error()).isNotBlank();
        assertThat(error(client.declare(xid)).getCondition()).hasToString("waybill:xa:dupid");
        client.send("m", txnId);
        client.ask("end", new Binary(txnId), TMSUCCESS).is(0);
        client.ask("commit", xid, true).is(0);
        drain("m");
    }

    @Test
    void aDischargeCannotEndABranch() throws Exception {
        byte[] txnId = startNew();
        client.send("m", txnId);
        for (boolean fail : new boolean[] {false, true}) {
            assertThat(error(client.discharge(txnId, fail)).getCondition()).hasToString("amqp:not-allowed");
        }
        client.ask("end", new Binary(txnId), TMSUCCESS).is(0);
        client.ask("commit", xid, true).is(0);
        drain("m");
    }

    @Test
    void aTxnIdIsOverWithItsAssociation() throws Exception {
        byte[] txnId = startNew();
        client.ask("end", new Binary(txnId), TMSUSPEND).is(0);
        client.ask("end", new Binary(txnId), TMSUSPEND).is(XAER_PROTO);
        byte[] resumed = client.ask("start", xid, TMRESUME).txnId();
        assertThat(resumed).isNotEqualTo(txnId);
        client.ask("end", new Binary(txnId), TMSUCCESS).is(-5);
        client.send("m", resumed);
        client.ask("end", new Binary(resumed), TMSUCCESS).is(0);
        client.wire.frames.expectDetach().withHandle(0).withError("amqp:transaction:unknown-id");
        client.transferIn(0, resumed, Wire.message("late"));
        client.wire.done();
        client.ask("commit", xid, true).is(0);
        drain("m");
    }

    @Test
    void aSuspendedAssociationTakesNoWork() throws Exception {
        byte[] txnId = startNew();
        client.ask("end", new Binary(txnId), TMSUSPEND).is(0);
        client.wire.frames.expectDetach().withHandle(0).withError("amqp:transaction:unknown-id");
        client.transferIn(0, txnId, Wire.message("m"));
        client.wire.done();
        client.ask("end", new Binary(txnId), TMSUCCESS).is(0);
        client.ask("prepare", xid).is(XA_RDONLY);
    }

    @Test
    void connectionsJoinInOneBranch() throws Exception {
        byte[] txnId = startNew();
        client.send("first", txnId);
        try (XaWire other = new XaWire(broker.amqpPort(), "other")) {
            byte[] joined = other.ask("start", xid, TMJOIN).txnId();
            other.send("second", joined);
            client.ask("end", new Binary(txnId), TMSUCCESS).is(0);
            client.ask("prepare", xid).is(XAER_PROTO);
            other.ask("end", new Binary(joined), TMSUCCESS).is(0);
        }
        client.ask("prepare", xid).is(0);
        client.ask("commit", xid, false).is(0);
        drain("first", "second");
    }

    @Test
    void whatWasRefusedInItCanOnlyBeRolledBack() throws Exception {
        byte[] txnId = startNew();
        client.send("m", txnId);
        client.wire
                .frames
                .expectDisposition()
                .withFirst(client.nextId())
                .withState()
                .rejected();
        client.transferIn(0, txnId, new byte[] {0, 0x53, 0x77, (byte) 0xA1, 9});
        client.wire.done();
        XaWire.Answer ended = client.ask("end", new Binary(txnId), TMSUCCESS);
        assertThat(ended.code()).isBetween(XA_RBBASE, XA_RBEND);
        assertThat(ended.error()).contains("a message of it");
        assertThat(client.ask("commit", xid, true).code()).isBetween(XA_RBBASE, XA_RBEND);
        drain();
    }

    @Test
    void failedWorkCanOnlyBeRolledBack() throws Exception {
        byte[] txnId = startNew();
        client.send("m", txnId);
        client.ask("end", new Binary(txnId), TMFAIL);
        assertThat(client.ask("prepare", xid).code()).isBetween(XA_RBBASE, XA_RBEND);
        drain();
    }

    @Test
    void aCoordinatorThatGoesSpoilsWhatItDeclared() throws Exception {
        byte[] txnId = XaWire.txnId(client.declare(xid));
        client.send("m", txnId);
        client.wire.detach(1, true);
        client.ask("end", new Binary(txnId), TMSUCCESS).is(-5);
        assertThat(client.ask("commit", xid, true).code()).isBetween(XA_RBBASE, XA_RBEND);
        drain();
    }

    @Test
    void workOfALostConnectionIsRolledBack() throws Exception {
        client.send("m", startNew());
        client.close();
        try (XaWire other = new XaWire(broker.amqpPort(), "other")) {
            assertThat(other.ask("commit", xid, true).code()).isNotZero();
            assertThat(other.ask("recover", TMSTARTRSCAN, null, 10).is(0).results())
                    .isEqualTo(java.util.Arrays.asList(List.of(), null));
        }
        drain();
    }

    @Test
    void recoversPageAfterPage() throws Exception {
        Set<Object> expected = new HashSet<>();
        for (int i = 0; i < 5; i++) {
            WireXid each = XaWire.xid("g" + i);
            byte[] txnId = client.ask("start", each, TMNOFLAGS).txnId();
            client.send("m", txnId);
            client.ask("end", new Binary(txnId), TMSUCCESS).is(0);
            client.ask("prepare", each).is(0);
            expected.add(each);
        }
        Set<Object> found = new HashSet<>();
        Object cursor = null;
        try (XaWire other = new XaWire(broker.amqpPort(), "other")) {
            do {
                List<?> page = other.ask("recover", cursor == null ? TMSTARTRSCAN : 0, cursor, 2)
                        .is(0)
                        .results();
                List<?> xids = (List<?>) page.get(0);
                assertThat(xids).hasSizeLessThanOrEqualTo(2);
                found.addAll(xids);
                cursor = page.get(1);
            } while (cursor != null);
        }
        assertThat(found).isEqualTo(expected);
    }

    @Test
    void knowsNothingOfUnknownBranches() throws Exception {
        client.ask("start", xid, TMJOIN).is(XAER_NOTA);
        client.ask("prepare", xid).is(XAER_NOTA);
        client.ask("commit", xid, false).is(XAER_NOTA);
        client.ask("rollback", xid).is(XAER_NOTA);
        client.ask("forget", xid).is(XAER_NOTA);
        assertThat(client.ask("outcome", xid).is(0).results()).isEqualTo(List.of("unknown"));
    }

    @Test
    void aTimeLimitHoldsForItsConnectionAlone() throws Exception {
        Object before = client.ask("get-timeout").is(0).results().get(0);
        client.ask("set-timeout", 77).is(0);
        client.ask("start", xid, TMNOFLAGS, 5).is(0);
        assertThat(client.ask("get-timeout").results()).isEqualTo(List.of(UnsignedInteger.valueOf(77)));
        try (XaWire other = new XaWire(broker.amqpPort(), "other")) {
            assertThat(other.ask("get-timeout").results()).isEqualTo(List.of(before));
        }
        client.ask("set-timeout", 0).is(0);
        assertThat(client.ask("get-timeout").results()).isEqualTo(List.of(before));
    }

    @Test
    void takesNumbersOfAnyIntegerType() throws Exception {
        for (Object flags : new Object[] {TMNOFLAGS, 0L, UnsignedInteger.ZERO}) {
            WireXid each = XaWire.xid("g" + flags.getClass().getSimpleName());
            byte[] txnId = client.ask("start", each, flags).txnId();
            client.ask("end", new Binary(txnId), (long) TMSUCCESS).is(0);
        }
    }
}
