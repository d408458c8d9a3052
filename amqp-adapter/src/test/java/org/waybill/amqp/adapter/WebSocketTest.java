package org.waybill.amqp.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.waybill.config.AmqpSettings;
import org.waybill.config.WebSocketSettings;

/** AMQP over WebSockets, at the listener's own port. */
@Timeout(60)
final class WebSocketTest {
    @TempDir
    Path directory;

    private static final byte[] HEADER = {'A', 'M', 'Q', 'P', 3, 1, 0, 0};

    private static AmqpSettings with(AmqpSettings amqp, WebSocketSettings webSocket) {
        return new AmqpSettings(
                amqp.host(), 0, null, webSocket, 0, 65_536, 100_000, 10, 10, 10, 10, 5_000, 100, amqp.saslMechanisms());
    }

    private static String uri(String scheme, FakeBroker broker) {
        return scheme + "://127.0.0.1:" + broker.port();
    }

    @Test
    void carriesMessagesBothWays() throws Exception {
        try (FakeBroker broker = new FakeBroker(directory, amqp -> with(amqp, new WebSocketSettings(List.of())))) {
            assertThat(broker.listening()).containsExactly(uri("amqp", broker), uri("amqpws", broker));
            for (String scheme : List.of("amqpws", "amqp")) {
                try (Connection connection = new JmsConnectionFactory(uri(scheme, broker)).createConnection()) {
                    connection.start();
                    Session session = connection.createSession();
                    MessageProducer producer = session.createProducer(session.createQueue("q"));
                    String text = scheme + " ".repeat(70_000);
                    producer.send(session.createTextMessage(text));
                    MessageConsumer consumer = session.createConsumer(session.createQueue("q"));
                    TextMessage message = (TextMessage) consumer.receive(20_000);
                    assertThat(message.getText()).isEqualTo(text);
                }
            }
        }
    }

    @Test
    void letsInWebPagesOfListedOriginsOnly() throws Exception {
        WebSocketSettings settings = new WebSocketSettings(List.of("https://shop.example"));
        try (FakeBroker broker = new FakeBroker(directory, amqp -> with(amqp, settings))) {
            Heard heard = new Heard();
            WebSocket socket = open(broker, heard, "amqp", "https://shop.example");
            assertThat(socket.getSubprotocol()).isEqualTo("amqp");
            socket.sendBinary(ByteBuffer.wrap(HEADER), true).get(20, TimeUnit.SECONDS);
            assertThat(heard.first.get(20, TimeUnit.SECONDS)).startsWith(HEADER);
            socket.abort();
            assertThatThrownBy(() -> open(broker, new Heard(), "amqp", "https://evil.example"))
                    .hasRootCauseMessage("Unexpected HTTP response status code 400");
            assertThatThrownBy(() -> open(broker, new Heard(), "amqp", "http://localhost:" + broker.port()))
                    .hasRootCauseMessage("Unexpected HTTP response status code 400");
            assertThatThrownBy(() -> open(broker, new Heard(), "mqtt", null))
                    .hasRootCauseMessage("Unexpected HTTP response status code 400");
        }
    }

    @Test
    void tellsABrowserWhatThisPortIs() throws Exception {
        try (FakeBroker broker = new FakeBroker(directory, amqp -> with(amqp, new WebSocketSettings(List.of())))) {
            HttpResponse<String> response = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + broker.port() + "/"))
                                    .version(HttpClient.Version.HTTP_1_1)
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.body()).contains("AMQP 1.0");
        }
    }

    private static WebSocket open(FakeBroker broker, Heard heard, String protocol, String origin) throws Exception {
        WebSocket.Builder builder =
                HttpClient.newHttpClient().newWebSocketBuilder().subprotocols(protocol);
        if (origin != null) {
            builder.header("Origin", origin);
        }
        return builder.buildAsync(URI.create("ws://127.0.0.1:" + broker.port() + "/any"), heard)
                .get(20, TimeUnit.SECONDS);
    }

    /** The first bytes that came. */
    private static final class Heard implements WebSocket.Listener {
        final CompletableFuture<byte[]> first = new CompletableFuture<>();

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            first.complete(bytes);
            socket.request(1);
            return null;
        }
    }
}
