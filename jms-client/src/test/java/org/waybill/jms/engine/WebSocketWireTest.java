package org.waybill.jms.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** AMQP over a WebSocket. */
@Timeout(60)
class WebSocketWireTest {
    private static final long LONG_MS = 20_000;

    @Test
    void carriesMessagesOverAWebSocket() throws Exception {
        try (SmallBroker broker = new SmallBroker();
                WebSocketGate gate =
                        new WebSocketGate(broker.options().endpoint().port(), "101 Switching Protocols")) {
            Endpoint endpoint = new Endpoint("127.0.0.1", gate.port(), null, "/amqp");
            assertThat(endpoint).hasToString("amqpws://127.0.0.1:" + gate.port() + "/amqp");
            try (ClientConnection connection =
                    ClientConnection.open(broker.options().withEndpoint(endpoint))) {
                ClientSession session = connection.session();
                byte[] large = MessageCodec.encode(MessageCodec.binary(new byte[200_000]));
                session.sender("orders").send(large);
                ClientDelivery delivery =
                        session.receiver(ReceiverOptions.from("orders")).receive(LONG_MS);
                assertThat(delivery.encoded()).isEqualTo(large);
                delivery.accept();
            }
            assertThat(gate.request())
                    .startsWith("GET /amqp HTTP/1.1\r\n")
                    .containsIgnoringCase("sec-websocket-protocol: amqp\r\n")
                    .doesNotContainIgnoringCase("\r\norigin:");
            assertThat(broker.clientGone.await(LONG_MS, TimeUnit.MILLISECONDS)).isTrue();
        }
    }

    @Test
    void saysWhatAServerAnsweredThatSpeaksNoWebSocket() throws Exception {
        try (SmallBroker broker = new SmallBroker();
                WebSocketGate gate =
                        new WebSocketGate(broker.options().endpoint().port(), "404 Not Found")) {
            Endpoint endpoint = new Endpoint("127.0.0.1", gate.port(), null, "/");
            ClientException reason = catchThrowableOfType(
                    ClientException.class,
                    () -> ClientConnection.open(broker.options().withEndpoint(endpoint)));
            assertThat(reason.kind()).isEqualTo(ClientException.Kind.UNREACHABLE);
            assertThat(reason).hasMessageContaining("404");
        }
    }
}
