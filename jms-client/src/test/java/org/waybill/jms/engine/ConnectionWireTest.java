package org.waybill.jms.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.Open;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.waybill.amqp.engine.Conditions;
import org.waybill.amqp.engine.ConnectionEngine;
import org.waybill.amqp.engine.Limits;
import org.waybill.amqp.engine.ReceiverLink;
import org.waybill.amqp.engine.SenderLink;
import org.waybill.amqp.engine.SessionEngine;

/** How connections, sessions and links come about and end. */
@Timeout(60)
class ConnectionWireTest {
    private static final long SOON_MS = 100;
    private static final long LONG_MS = 20_000;

    @Test
    void logsInWithAPassword() throws Exception {
        try (SmallBroker broker = new SmallBroker();
                ClientConnection connection =
                        ClientConnection.open(broker.options().withUser(SmallBroker.USER, SmallBroker.PASSWORD))) {
            assertThat(connection.isOpen()).isTrue();
        }
    }

    @Test
    void saysThatThePasswordIsWrong() throws Exception {
        try (SmallBroker broker = new SmallBroker()) {
            ClientOptions options = broker.options().withUser(SmallBroker.USER, "guess");
            ClientException reason = failure(() -> ClientConnection.open(options));
            assertThat(reason.kind()).isEqualTo(ClientException.Kind.AUTHENTICATION);
            assertThat(reason).hasMessageContaining("did not accept the name or the password of user 'alice'");
            assertThat(reason).hasMessageNotContaining("guess");
            assertNothingIsLeft(broker);
        }
    }

    @Test
    void leavesNoThreadAndNoSocketBehind() throws Exception {
        try (SmallBroker broker = new SmallBroker()) {
            ClientOptions options = broker.options();
            ClientConnection connection = ClientConnection.open(options);
            ClientReceiver receiver = connection.session().receiver(ReceiverOptions.from("orders"));
            assertThat(threads()).hasSize(1);
            connection.close();
            assertNothingIsLeft(broker);
            assertThat(connection.isOpen()).isFalse();
            connection.close();
            assertThat(failure(() -> receiver.receive(0)).kind()).isEqualTo(ClientException.Kind.CLOSED);
            assertThat(failure(connection::session).kind()).isEqualTo(ClientException.Kind.CLOSED);
        }
    }

    @Test
    void passesOnWhyALinkWasRefused() throws Exception {
        try (SmallBroker broker = new SmallBroker();
                ClientConnection connection = broker.open()) {
            ClientSession session = connection.session();
            for (ThrowingCallable attach : List.<ThrowingCallable>of(
                    () -> session.sender("missing"), () -> session.receiver(ReceiverOptions.from("missing")))) {
                ClientException reason = failure(attach);
                assertThat(reason.kind()).isEqualTo(ClientException.Kind.REFUSED);
                assertThat(reason.condition()).isEqualTo("amqp:not-found");
                assertThat(reason.description()).isEqualTo("there is no such address");
                assertThat(reason.address()).isEqualTo("missing");
            }
            session.sender("orders").send(new byte[] {0, 0x53, 0x77, 0x40});
        }
    }

    @Test
    void passesOnWhyTheConnectionWasRefused() throws Exception {
        try (SmallBroker broker = new SmallBroker() {
            @Override
            public void onOpen(ConnectionEngine connection, Open open) {
                Open answer = new Open();
                answer.setContainerId("small");
                answer.setProperties(java.util.Map.of(
                        org.apache.qpid.proton.amqp.Symbol.valueOf("amqp:connection-establishment-failed"), true));
                connection.open(answer);
                connection.close(Conditions.error(Conditions.RESOURCE_LIMIT_EXCEEDED, "too many connections"));
            }
        }) {
            ClientOptions options = broker.options();
            ClientException reason = failure(() -> ClientConnection.open(options));
            assertThat(reason.kind()).isEqualTo(ClientException.Kind.REFUSED);
            assertThat(reason.condition()).isEqualTo("amqp:resource-limit-exceeded");
            assertThat(reason.description()).isEqualTo("too many connections");
            assertNothingIsLeft(broker);
        }
    }

    @Test
    void givesUpOnASilentServer() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            ClientOptions options = ClientOptions.to(silent.getInetAddress().getHostAddress(), silent.getLocalPort())
                    .withTimeoutMs(SOON_MS);
            assertThat(failure(() -> ClientConnection.open(options)).kind()).isEqualTo(ClientException.Kind.TIMEOUT);
            assertThat(threads()).isEmpty();
            ClientOptions secure = options.withTls(TlsOptions.DEFAULT);
            assertThat(failure(() -> ClientConnection.open(secure)).kind()).isEqualTo(ClientException.Kind.TIMEOUT);
            assertThat(threads()).isEmpty();
        }
    }

    @Test
    void givesUpOnEachAnswerThatDoesNotCome() throws Exception {
        try (SmallBroker broker = new SmallBroker() {
                    @Override
                    public void onBegin(ConnectionEngine connection, SessionEngine session) {
                        session.listener(this);
                        if (connection.sessionsBegun() == 1) {
                            session.begin();
                        }
                    }

                    @Override
                    public void onReceiver(SessionEngine session, ReceiverLink link) {
                        if (link.remoteAttach().getTarget().getAddress().equals("silent")) {
                            link.listener(new ClientReceiver.Unwanted());
                        } else {
                            super.onReceiver(session, link);
                        }
                    }

                    @Override
                    int credit() {
                        return 1;
                    }

                    @Override
                    DeliveryState outcome(byte[] message) {
                        return null;
                    }
                };
                ClientConnection connection =
                        ClientConnection.open(broker.options().withTimeoutMs(SOON_MS))) {
            ClientSession session = connection.session();
            assertTimesOut(connection::session);
            assertTimesOut(() -> session.sender("silent"));
            ClientSender sender = session.sender("orders");
            assertTimesOut(() -> sender.send(new byte[4]));
            assertTimesOut(() -> sender.awaitSettled(SOON_MS));
            assertThat(sender.unsettled()).isEqualTo(1);
        }
    }

    @Test
    void waitsForCreditNoLongerThanTold() throws Exception {
        try (SmallBroker broker = new SmallBroker() {
                    @Override
                    int credit() {
                        return 0;
                    }
                };
                ClientConnection connection =
                        ClientConnection.open(broker.options().withTimeoutMs(SOON_MS))) {
            ClientSender sender = connection.session().sender("orders");
            assertThatThrownBy(() -> sender.send(new byte[4])).hasMessageContaining("no credit");
            assertThat(sender.unsettled()).isZero();
        }
    }

    @Test
    void wakesEverybodyWhenTheConnectionIsLost() throws Exception {
        try (SmallBroker broker = new SmallBroker() {
            @Override
            DeliveryState outcome(byte[] message) {
                cut();
                return null;
            }
        }) {
            ClientOptions options = broker.options();
            ClientConnection connection = ClientConnection.open(options);
            ClientSession session = connection.session();
            ClientReceiver receiver = session.receiver(ReceiverOptions.from("orders"));
            CompletableFuture<Void> outcome = session.sender("orders").sendAsync(new byte[] {0, 0x53, 0x77, 0x40});
            assertThat(failure(() -> receiver.receive(LONG_MS)).kind()).isEqualTo(ClientException.Kind.LOST);
            assertThatThrownBy(() -> outcome.get(LONG_MS, TimeUnit.MILLISECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(ClientException.class);
            assertThat(failure(connection::session).kind()).isEqualTo(ClientException.Kind.LOST);
            connection.close();
            assertThat(threads()).isEmpty();
        }
    }

    @Test
    void passesOnWhyTheServerDetachedEndedOrClosed() throws Exception {
        try (SmallBroker broker = new SmallBroker() {
                    @Override
                    public void onSender(SessionEngine session, SenderLink link) {
                        super.onSender(session, link);
                        String address = link.remoteAttach().getSource().getAddress();
                        var error = Conditions.error(Conditions.RESOURCE_DELETED, address + " is over");
                        switch (address) {
                            case "link" -> link.detach(true, error);
                            case "session" -> session.end(error);
                            default -> session.connection().close(error);
                        }
                    }
                };
                ClientConnection connection = broker.open()) {
            for (String what : List.of("link", "session", "connection")) {
                ClientSession session = connection.session();
                ClientException reason = failure(
                        () -> session.receiver(ReceiverOptions.from(what)).receive(LONG_MS));
                assertThat(reason.condition()).isEqualTo("amqp:resource-deleted");
                assertThat(reason.description()).isEqualTo(what + " is over");
            }
            assertThat(connection.isOpen()).isFalse();
        }
    }

    @Test
    void closesEachLinkAndSessionOnItsOwn() throws Exception {
        try (SmallBroker broker = new SmallBroker();
                ClientConnection connection = broker.open()) {
            ClientSession session = connection.session();
            ClientSender sender = session.sender("orders");
            ClientReceiver receiver = session.receiver(ReceiverOptions.from("orders"));
            sender.close();
            receiver.close();
            assertThat(failure(() -> sender.send(new byte[4])).kind()).isEqualTo(ClientException.Kind.CLOSED);
            assertThat(failure(() -> receiver.receive(0)).kind()).isEqualTo(ClientException.Kind.CLOSED);
            session.close();
            assertThat(failure(() -> session.sender("orders")).kind()).isEqualTo(ClientException.Kind.CLOSED);
            connection.session().sender("orders").send(new byte[] {0, 0x53, 0x77, 0x40});
        }
    }

    @Test
    void noticesAServerThatFellSilent() throws Exception {
        try (SmallBroker broker = new SmallBroker() {
                    private boolean fellSilent;

                    @Override
                    public void onSender(SessionEngine session, SenderLink link) {
                        super.onSender(session, link);
                        fellSilent = true;
                    }

                    @Override
                    void write(OutputStream out, byte[] bytes) throws IOException {
                        if (bytes.length != 8 || !fellSilent) {
                            super.write(out, bytes);
                        }
                    }
                };
                ClientConnection connection =
                        ClientConnection.open(broker.options().withIdleTimeoutMs(SOON_MS))) {
            ClientReceiver receiver = connection.session().receiver(ReceiverOptions.from("orders"));
            assertThat(failure(() -> receiver.receive(LONG_MS)).kind()).isEqualTo(ClientException.Kind.LOST);
        }
    }

    @Test
    void keepsAConnectionAliveByHeartbeats() throws Exception {
        Limits strict = new Limits(4096, 10, 10, 10, 10, 10, 0, 4096, 1000);
        try (SmallBroker broker = new SmallBroker(new ServerSocket(0, 5, InetAddress.getLoopbackAddress()), strict);
                ClientConnection connection =
                        ClientConnection.open(broker.options().withIdleTimeoutMs(0))) {
            assertThat(broker.heartbeats.await(LONG_MS, TimeUnit.MILLISECONDS)).isTrue();
            connection.session();
        }
    }

    @Test
    void saysWhatIsWrongWhenNoAmqpServerAnswers() throws Exception {
        int port;
        try (ServerSocket nobody = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            port = nobody.getLocalPort();
        }
        String host = InetAddress.getLoopbackAddress().getHostAddress();
        ClientException refused = failure(() -> ClientConnection.open(ClientOptions.to(host, port)));
        assertThat(refused.kind()).isEqualTo(ClientException.Kind.UNREACHABLE);
        assertThat(refused).hasMessageStartingWith("cannot connect to amqp://" + host + ":" + port);

        try (ServerSocket other = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread talker = new Thread(() -> {
                try (Socket accepted = other.accept()) {
                    accepted.getOutputStream()
                            .write("HTTP/1.1 400 Bad Request\r\n".getBytes(StandardCharsets.US_ASCII));
                    accepted.getInputStream().readAllBytes();
                } catch (IOException e) {
                    // The client has closed it.
                }
            });
            talker.start();
            ClientException reason = failure(() -> ClientConnection.open(ClientOptions.to(host, other.getLocalPort())));
            assertThat(reason.kind()).isEqualTo(ClientException.Kind.UNREACHABLE);
            assertThat(reason).hasMessageContaining("protocol header");
            talker.join();
        }
    }

    private static void assertTimesOut(ThrowingCallable call) {
        assertThat(failure(call).kind()).isEqualTo(ClientException.Kind.TIMEOUT);
    }

    private static ClientException failure(ThrowingCallable call) {
        ClientException reason = catchThrowableOfType(ClientException.class, call);
        assertThat(reason).isNotNull();
        return reason;
    }

    private static void assertNothingIsLeft(SmallBroker broker) throws InterruptedException {
        assertThat(threads()).isEmpty();
        assertThat(broker.clientGone.await(LONG_MS, TimeUnit.MILLISECONDS)).isTrue();
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("waybill-client-loop-"))
                .toList();
    }
}
