package org.waybill.amqp.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.function.UnaryOperator;
import org.apache.qpid.protonj2.test.driver.codec.primitives.Symbol;
import org.apache.qpid.protonj2.test.driver.codec.transport.AMQPHeader;
import org.hamcrest.Matchers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.config.AmqpSettings;
import org.waybill.security.UserFile;
import org.waybill.spi.BrokerError;

/** How connections begin and end, in frames and in bytes that are none. */
@Timeout(60)
final class ConnectionWireTest {
    private static final byte[] AMQP = {'A', 'M', 'Q', 'P', 0, 1, 0, 0};
    private static final byte[] SASL = {'A', 'M', 'Q', 'P', 3, 1, 0, 0};

    @TempDir
    Path directory;

    private FakeBroker broker;

    @BeforeEach
    void start() {
        broker = new FakeBroker(directory);
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private void restart(UnaryOperator<AmqpSettings> changes) {
        broker.close();
        broker = new FakeBroker(directory, changes);
    }

    private void addUser() {
        new UserFile(directory).put("alice", "secret".toCharArray(), new SecureRandom());
    }

    private Socket socket() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), broker.port());
    }

    private static byte[] readToEnd(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        try {
            return in.readAllBytes();
        } catch (SocketException reset) {
            return new byte[0];
        }
    }

    @Test
    void opensWithItsIdentityAndOffers() throws Exception {
        try (Wire wire = Wire.connect(broker)) {
            wire.frames
                    .expectOpen()
                    .withContainerId("fake-broker")
                    .withMaxFrameSize(65_536)
                    .withOfferedCapabilities(
                            Symbol.valueOf("ANONYMOUS-RELAY"),
                            Symbol.valueOf("DELAYED_DELIVERY"),
                            Symbol.valueOf("SHARED-SUBS"),
                            Symbol.valueOf("sole-connection-for-container"),
                            Symbol.valueOf("AMQP_FILTEX_SQL_V1_0"),
                            Symbol.valueOf("AMQP_FILTEX_PROP_V1_0"),
                            Symbol.valueOf("waybill:xa"),
                            Symbol.valueOf("waybill:management"),
                            Symbol.valueOf("waybill:redirect"))
                    .withProperty("product", "Waybill");
            wire.frames.remoteOpen().withContainerId("c").now();
            wire.done();
            wire.frames.expectClose();
            wire.frames.remoteClose().now();
            wire.done();
        }
    }

    @Test
    void sendsClientsElsewhereFromANodeThatReachesNoLeader() throws Exception {
        broker.unavailable = new BrokerError(BrokerError.Code.MOVED, "try another node");
        try (Wire wire = Wire.connect(broker)) {
            wire.frames.expectOpen().withProperty("amqp:connection-establishment-failed", true);
            wire.frames.expectClose().withError("amqp:connection:forced", "try another node");
            wire.frames.remoteOpen().withContainerId("c").now();
            wire.done();
        }
    }

    @Test
    void letsInWhoWantsToManageANodeThatReachesNoLeader() throws Exception {
        broker.unavailable = new BrokerError(BrokerError.Code.MOVED, "try another node");
        try (Wire wire = Wire.connect(broker)) {
            wire.frames.expectOpen();
            wire.frames.expectBegin();
            wire.frames
                    .remoteOpen()
                    .withContainerId("c")
                    .withDesiredCapabilities(Symbol.valueOf("waybill:management"))
                    .now();
            wire.frames.remoteBegin().now();
            wire.done();
        }
    }

    @Test
    void letsAClientPipelineEverything() throws Exception {
        try (Wire wire = new Wire()) {
            wire.frames.connect("127.0.0.1", broker.port());
            wire.frames.expectAMQPHeader();
            wire.frames.expectOpen();
            wire.frames.expectBegin();
            wire.frames.expectAttach().ofReceiver();
            wire.frames.expectFlow();
            wire.frames.remoteHeader(AMQPHeader.getAMQPHeader()).now();
            wire.frames.remoteOpen().withContainerId("c").now();
            wire.frames
                    .remoteBegin()
                    .withNextOutgoingId(0)
                    .withIncomingWindow(10)
                    .withOutgoingWindow(10)
                    .now();
            wire.frames
                    .remoteAttach()
                    .withName("s")
                    .withHandle(0)
                    .ofSender()
                    .withInitialDeliveryCount(0)
                    .withSource()
                    .and()
                    .withTarget()
                    .withAddress("q")
                    .and()
                    .now();
            wire.done();
        }
    }

    @Test
    void showsItsHeaderToStrangersAndHangsUp() throws Exception {
        try (Socket socket = socket()) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(readToEnd(socket)).startsWith('A', 'M', 'Q', 'P');
        }
    }

    @Test
    void cutsOffASilentClient() throws Exception {
        restart(amqp -> new AmqpSettings(
                amqp.host(), 0, null, null, 0, 65_536, 2_000, 10, 10, 10, 10, 300, 10, amqp.saslMechanisms()));
        try (Socket socket = socket()) {
            assertThat(socket.getInputStream().readNBytes(1)).isEmpty();
        }
    }

    @Test
    void cutsOffAClientThatGoesSilent() throws Exception {
        restart(amqp -> new AmqpSettings(
                amqp.host(), 0, null, null, 600, 65_536, 2_000, 10, 10, 10, 10, 5_000, 10, amqp.saslMechanisms()));
        try (Wire wire = Wire.connect(broker)) {
            wire.frames.expectOpen().withIdleTimeOut(300);
            wire.frames.remoteOpen().withContainerId("c").now();
            wire.done();
            wire.frames.expectClose().withError("amqp:resource-limit-exceeded");
            wire.done();
        }
    }

    @Test
    void sendsHeartbeatsWithinThePeersTimeOut() throws Exception {
        try (Wire wire = Wire.connect(broker)) {
            wire.frames.expectOpen();
            wire.frames.expectEmptyFrame();
            wire.frames.expectEmptyFrame();
            wire.frames.remoteOpen().withContainerId("c").withIdleTimeOut(1_000).now();
            wire.done();
        }
    }

    @Test
    void turnsAwayConnectionsBeyondTheLimitAndTakesThemAgainLater() throws Exception {
        restart(amqp -> new AmqpSettings(
                amqp.host(), 0, null, null, 0, 65_536, 2_000, 10, 10, 10, 1, 5_000, 10, amqp.saslMechanisms()));
        try (Wire first = Wire.connect(broker)) {
            first.frames.expectOpen();
            first.frames.remoteOpen().withContainerId("c").now();
            first.done();
            try (Socket second = socket()) {
                assertThat(readToEnd(second)).isEmpty();
            }
            first.frames.expectClose();
            first.frames.remoteClose().now();
            first.done();
        }
        while (broker.<Integer>onLoop(() -> broker.core.sessions.size()) > 0) {
            Thread.onSpinWait();
        }
        Wire third = null;
        while (third == null) {
            try {
                third = Wire.connect(broker);
            } catch (AssertionError | Exception e) {
                Thread.onSpinWait();
            }
        }
        third.close();
    }

    @Test
    void asksAPlainClientForItsResponse() throws Exception {
        addUser();
        try (Wire wire = new Wire()) {
            wire.frames.connect("127.0.0.1", broker.port());
            wire.frames.expectSASLHeader();
            wire.frames
                    .expectSaslMechanisms()
                    .withSaslServerMechanisms(Symbol.valueOf("SCRAM-SHA-256"), Symbol.valueOf("PLAIN"));
            wire.frames.remoteHeader(AMQPHeader.getSASLHeader()).now();
            wire.done();
            wire.frames.expectSaslChallenge();
            wire.frames.remoteSaslInit().withMechanism("PLAIN").now();
            wire.done();
            wire.frames.expectSaslOutcome().withCode((byte) 0);
            wire.frames
                    .remoteSaslResponse()
                    .withResponse("\0alice\0secret".getBytes(StandardCharsets.UTF_8))
                    .now();
            wire.done();
        }
    }

    /** A sasl-init frame. */
    private static byte[] init(String mechanism, byte[] response) {
        byte[] name = mechanism.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer frame = ByteBuffer.allocate(8 + 6 + 2 + name.length + 2 + response.length);
        frame.putInt(frame.capacity()).putInt(0x02010000);
        frame.put(new byte[] {0, 0x53, 0x41, (byte) 0xC0, (byte) (5 + name.length + response.length), 2});
        frame.put(new byte[] {(byte) 0xA3, (byte) name.length}).put(name);
        frame.put(new byte[] {(byte) 0xA0, (byte) response.length}).put(response);
        return frame.array();
    }

    private void expectRefusal(String mechanism, String response) throws IOException {
        try (Socket socket = socket()) {
            socket.getOutputStream().write(SASL);
            socket.getOutputStream().write(init(mechanism, response.getBytes(StandardCharsets.UTF_8)));
            byte[] all = readToEnd(socket);
            assertThat(java.util.Arrays.copyOfRange(all, all.length - 8, all.length))
                    .as("an outcome of 1, then the end of the stream")
                    .isEqualTo(new byte[] {0, 0x53, 0x44, (byte) 0xC0, 3, 1, 0x50, 1});
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\0alice\0wrong", "\0bob\0secret", "alice", "root\0alice\0secret", "\0\0"})
    void refusesWhoeverCannotLogInAndHangsUp(String response) throws Exception {
        addUser();
        expectRefusal("PLAIN", response);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"n,,n=alice", "p=tls-unique,,n=alice,r=x", "n,,n=a=lice,r=x", "n,,n=,r=x", "n,,n=alice,r=", ","})
    void refusesMalformedScram(String response) throws Exception {
        addUser();
        expectRefusal("SCRAM-SHA-256", response);
    }

    @Test
    void admitsNobodyWithoutANameOnceAUserExists() throws Exception {
        addUser();
        expectRefusal("ANONYMOUS", "");
        expectRefusal("NONSENSE", "");
        try (Socket socket = socket()) {
            socket.getOutputStream().write(AMQP);
            assertThat(readToEnd(socket)).isEqualTo(SASL);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00000000 02010000", // a size of 0
                "00000008 01010000", // a data offset inside the header
                "00000008 02000000", // an AMQP frame before the outcome
                "00010000 02010000", // beyond the 512 bytes a SASL frame may have
                "00000010 02010000 005344c0 03015000", // the server's own outcome
                "00000010 02010000 0053ffc0 03015000", // no frame of SASL at all
                "7fffffff 02010000"
            })
    void closesTheSocketOnMalformedSasl(String frame) throws Exception {
        try (Socket socket = socket()) {
            OutputStream out = socket.getOutputStream();
            out.write(SASL);
            out.write(java.util.HexFormat.of().parseHex(frame.replace(" ", "")));
            readToEnd(socket);
        }
        try (Wire wire = Wire.begin(broker, "others")) {
            wire.sender("q").send(0, "go on");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00000000 02000000", // a size of 0
                "7fffffff 02000000", // beyond max-frame-size
                "00000008 ff000000", // a data offset beyond the frame
                "0000000c 02000000 00531745", // a detach before the open
                "0000000c 02000000 00531045", // an open without its container
                "00000011 02000000 005310f0 ffffffff 7f" // an array without an end
            })
    void answersMalformedFramesWithACloseAndHangsUp(String frame) throws Exception {
        try (Socket socket = socket()) {
            OutputStream out = socket.getOutputStream();
            out.write(AMQP);
            out.write(java.util.HexFormat.of().parseHex(frame.replace(" ", "")));
            assertThat(readToEnd(socket)).startsWith('A', 'M', 'Q', 'P');
        }
        try (Wire wire = Wire.begin(broker, "others")) {
            wire.sender("q").send(0, "go on");
        }
    }

    @Test
    void refusesAHandleAboveTheMaximumAndASecondOpen() throws Exception {
        try (Wire wire = Wire.begin(broker, "c")) {
            wire.frames.expectClose().withError(Matchers.notNullValue());
            wire.frames
                    .remoteAttach()
                    .withName("r")
                    .withHandle(1_000_000)
                    .ofReceiver()
                    .withSource()
                    .withAddress("q")
                    .and()
                    .withTarget()
                    .and()
                    .now();
            wire.done();
        }
        try (Wire wire = Wire.begin(broker, "c")) {
            wire.frames.expectClose().withError(Matchers.notNullValue());
            wire.frames.remoteOpen().withContainerId("again").now();
            wire.done();
        }
    }

    @Test
    void tellsClientsThatTheBrokerStops() throws Exception {
        try (Wire wire = Wire.begin(broker, "c")) {
            wire.frames.expectClose().withError("amqp:connection:forced").respond();
            FakeBroker.await(broker.adapter.stop());
            wire.done();
        }
    }
}
