package org.waybill.amqp.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.transaction.GlobalTxId;
import org.apache.qpid.protonj2.test.driver.codec.messaging.Rejected;
import org.apache.qpid.protonj2.test.driver.codec.transport.Open;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.waybill.amqp.engine.WireXid;
import org.waybill.broker.Broker;
import org.waybill.config.AmqpSettings;
import org.waybill.config.Settings;

/** What cannot be a verb of XA is refused in words, and nothing else happens; against the real broker. */
@Timeout(60)
final class XaRefusalWireTest {
    private static final int XAER_INVAL = -5;

    @TempDir
    Path directory;

    private Broker broker;
    private XaWire client;

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

    static Stream<Arguments> malformed() {
        WireXid xid = XaWire.xid("g");
        return Stream.of(
                refused("there is no operation frobnicate", "frobnicate"),
                refused("needs the application property operation", (Object) null),
                refused("needs the application property operation", 7),
                refused("start takes 2 or 3 arguments, not 1", "start", xid),
                refused("named by a waybill:xid:list, not by 7", "start", 7, 0),
                refused("argument 2 of start is a uint, not x", "start", xid, "x"),
                refused("argument 2 of start is a uint, not -1", "start", xid, -1),
                refused("one of TMNOFLAGS, TMJOIN and TMRESUME", "start", xid, XaWire.TMJOIN | XaWire.TMRESUME),
                refused("a txn-id, a binary", "end", "x", XaWire.TMSUCCESS),
                refused("transaction 0102 is no association", "end", binary(2), XaWire.TMSUCCESS),
                refused("one of TMSUCCESS, TMFAIL and TMSUSPEND", "end", binary(2), 0),
                refused("prepare takes 1 arguments, not 0", "prepare"),
                refused("named by a waybill:xid:list, not by null", "prepare", (Object) null),
                refused("one phase, a boolean", "commit", xid, 1),
                refused("the flags of recover are", "recover", 1, null, 1),
                refused("goes on from a cursor", "recover", 0, null, 1),
                refused("room for 1 branch", "recover", XaWire.TMSTARTRSCAN, null, 0),
                refused("argument 1 of set-timeout is a uint", "set-timeout", 1L << 32),
                refused("a format id (int)", "outcome", new WireXid(List.of(1L, binary(1), binary(1)))),
                refused("a gtrid has 1 to 64 bytes, not 0", "outcome", xid(0, 0)),
                refused("a gtrid has 1 to 64 bytes, not 65", "outcome", xid(65, 0)),
                refused("a bqual has at most 64 bytes, not 65", "outcome", xid(64, 65)));
    }

    private static Arguments refused(String why, @Nullable Object operation, @Nullable Object... arguments) {
        return Arguments.of(why, operation, Arrays.asList(arguments));
    }

    private static Binary binary(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i + 1);
        }
        return new Binary(bytes);
    }

    private static WireXid xid(int gtridBytes, int bqualBytes) {
        return new WireXid(List.of(1, binary(gtridBytes), binary(bqualBytes)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void saysWhatIsWrongWithARequest(String why, @Nullable Object operation, List<?> arguments) throws Exception {
        XaWire.Answer answer = client.askWithBody(operation, arguments);

        assertThat(answer.is(XAER_INVAL).error()).contains(why);
        assertThat(answer.results()).isEmpty();
    }

    @Test
    void refusesABodyThatIsNoList() throws Exception {
        assertThat(client.askWithBody("prepare", Map.of()).is(XAER_INVAL).error())
                .contains("an amqp-value with a list");
    }

    static Stream<GlobalTxId> noXids() {
        return Stream.of(
                new WireXid(7),
                new WireXid(List.of()),
                new WireXid(Collections.nCopies(3, null)),
                new WireXid(List.of(1, binary(1))),
                new WireXid(List.of(1, "g", "b")),
                xid(0, 0),
                xid(65, 0),
                xid(1, 65));
    }

    @ParameterizedTest
    @MethodSource("noXids")
    void refusesADeclareWhoseGlobalIdIsNoXid(GlobalTxId id) throws Exception {
        Rejected refused = (Rejected) client.declare(id);

        assertThat(refused.getError().getCondition()).hasToString("amqp:invalid-field");
        assertThat(refused.getError().getDescription()).isNotBlank();
    }

    @Test
    void tellsEveryConnectionTheSameResourceManager() throws Exception {
        Object id = client.ask("rm-id").is(0).results().get(0);
        try (XaWire other = new XaWire(broker.amqpPort(), "other")) {
            assertThat(other.ask("rm-id").is(0).results()).singleElement().isEqualTo(id);
        }
    }

    @Test
    void dropsAnswersWhoseLinkHasGone() throws Exception {
        client.wire.detach(3, true);
        client.transfer(2, client.request("id", "answers", "rm-id", List.of()), true);
        client.send("the connection is well", null);
    }

    @Test
    void offersXaInItsOpen() throws Exception {
        var open = new java.util.concurrent.atomic.AtomicReference<Open>();
        try (Wire wire = Wire.connect(broker.amqpPort())) {
            wire.frames.expectOpen().withCapture(open::set);
            wire.frames.remoteOpen().withContainerId("x").now();
            wire.done();
        }
        assertThat(open.get().getOfferedCapabilities())
                .extracting(Object::toString)
                .contains("waybill:xa");
    }
}
