package org.waybill.systemtests.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import jakarta.jms.ConnectionFactory;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.waybill.jms.WaybillConnectionFactory;
import org.waybill.jms.WaybillXAConnectionFactory;
import org.waybill.systemtests.Ports;

/** Places where no AMQP broker is: the exception says which, and what to look at. */
@Timeout(20)
@ExtendWith(Leftovers.class)
final class UnreachableIT {
    private static final String LIMITS = "jms.connectTimeout=500&jms.closeTimeout=500";

    private static JMSException failure(String uri) {
        return failure(new WaybillConnectionFactory(uri));
    }

    private static JMSException failure(ConnectionFactory factory) {
        JMSException failure = catchThrowableOfType(JMSException.class, factory::createConnection);
        assertThat(failure).isExactlyInstanceOf(JMSException.class);
        assertThat(failure.getCause()).isNotNull().isSameAs(failure.getLinkedException());
        assertThat(failure.getErrorCode()).isNotBlank();
        return failure;
    }

    @Test
    void aRefusedPortIsNamed() {
        int nobody = Ports.free();
        assertThat(failure("amqp://127.0.0.1:" + nobody))
                .hasMessageContaining("127.0.0.1:" + nobody)
                .hasMessageContaining("refused")
                .hasMessageContaining("check host, port and that the server runs");
        assertThat(failure("amqps://127.0.0.1:" + nobody)).hasMessageContaining("amqps://127.0.0.1:" + nobody);
        assertThat(failure("amqpws://127.0.0.1:" + nobody + "/path"))
                .hasMessageContaining("amqpws://127.0.0.1:" + nobody + "/path");
    }

    @Test
    void everyServerOfAFailoverUriIsNamed() {
        int first = Ports.free();
        int second = Ports.free();
        assertThat(failure("failover:(amqp://127.0.0.1:" + first + ",amqp://127.0.0.1:" + second
                        + ")?failover.startupMaxReconnectAttempts=3&failover.maxReconnectDelay=20"))
                .hasMessageContaining("127.0.0.1:" + first)
                .hasMessageContaining("127.0.0.1:" + second);
    }

    @Test
    void contextsAndXaConnectionsFailTheSameWay() {
        int nobody = Ports.free();
        String uri = "amqp://127.0.0.1:" + nobody;
        JMSRuntimeException context = catchThrowableOfType(
                JMSRuntimeException.class, () -> new WaybillConnectionFactory(uri).createContext());
        assertThat(context)
                .isExactlyInstanceOf(JMSRuntimeException.class)
                .hasMessageContaining(uri)
                .hasCauseInstanceOf(JMSException.class);
        JMSException xa = catchThrowableOfType(
                JMSException.class, () -> new WaybillXAConnectionFactory(uri).createXAConnection());
        assertThat(xa).isExactlyInstanceOf(JMSException.class).hasMessageContaining(uri);
    }

    @Test
    void anUnknownHostIsNamed() {
        assertThat(failure("amqp://nowhere.invalid:5672"))
                .hasMessageContaining("nowhere.invalid")
                .hasMessageContaining("unknown host");
    }

    @Test
    void aHostThatDoesNotTakeConnectionsEndsTheWaitForTcp() throws IOException {
        List<SocketChannel> waiting = new ArrayList<>();
        try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // As many as fill the queue of those that nobody accepts: the system does not answer more.
            for (int count = 0; count < 8; count++) {
                SocketChannel channel = SocketChannel.open();
                waiting.add(channel);
                channel.configureBlocking(false);
                channel.connect(new InetSocketAddress(busy.getInetAddress(), busy.getLocalPort()));
            }
            assertThat(failure("amqp://127.0.0.1:" + busy.getLocalPort() + "?" + LIMITS))
                    .hasMessageContaining("127.0.0.1:" + busy.getLocalPort())
                    .hasMessageContaining("500 ms");
        } finally {
            for (SocketChannel channel : waiting) {
                channel.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"amqp", "amqps", "amqpws", "amqpwss"})
    void aServerThatNeverSpeaksEndsTheWait(String scheme) throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            assertThat(failure(scheme + "://127.0.0.1:" + silent.getLocalPort() + "?" + LIMITS))
                    .hasMessageContaining(scheme + "://127.0.0.1:" + silent.getLocalPort())
                    .hasMessageContaining("500 ms");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
                "SSH-2.0-OpenSSH_9.6\r\n",
                "AMQP\0\0\t\1",
                "AMQP\3\1\0\0",
                ""
            })
    void aServerOfAnotherKindIsNoHang(String greeting) throws IOException {
        try (ServerSocket other = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread server = new Thread(() -> greet(other, greeting), "another server");
            server.start();
            for (String scheme : List.of("amqp", "amqps", "amqpws", "amqpwss")) {
                assertThat(failure(scheme + "://127.0.0.1:" + other.getLocalPort() + "?" + LIMITS))
                        .hasMessageContaining(scheme + "://127.0.0.1:" + other.getLocalPort());
            }
        }
    }

    private static void greet(ServerSocket on, String greeting) {
        try {
            while (true) {
                try (Socket client = on.accept()) {
                    client.getOutputStream().write(greeting.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
                    client.shutdownOutput();
                    client.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
                }
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    @Test
    void optionsThatCannotBeAreRefusedBeforeAnythingElse() {
        for (String uri : List.of(
                "amqp://127.0.0.1:0",
                "amqp://127.0.0.1:70000",
                "amqp://",
                "http://127.0.0.1",
                "amqp://127.0.0.1?jms.sendTimout=1",
                "amqp://127.0.0.1?jms.sendTimeout=soon",
                "failover:()")) {
            Throwable refused =
                    catchThrowableOfType(Exception.class, () -> new WaybillConnectionFactory(uri).createConnection());
            assertThat(refused).as(uri).isInstanceOfAny(IllegalArgumentException.class, IllegalStateException.class);
        }
    }
}
