package org.waybill.jms.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The threads that connections share, and what may be done on them. */
@Timeout(60)
class LoopWireTest {
    private static final long LONG_MS = 20_000;

    @Test
    void sharesFewThreadsAmongManyConnectionsAndLeavesNone() throws Exception {
        List<SmallBroker> brokers = new ArrayList<>();
        List<ClientConnection> connections = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                brokers.add(new SmallBroker());
                connections.add(brokers.get(i).open());
            }
            assertThat(loops())
                    .hasSizeBetween(1, Math.min(4, Runtime.getRuntime().availableProcessors()));
            assertThat(loops()).allMatch(Thread::isDaemon);
            for (ClientConnection connection : connections.subList(1, 20)) {
                connection.close();
            }
            connections.get(0).session().sender("orders").send(MessageCodec.encode(MessageCodec.text("still here")));
            connections.get(0).close();
            assertThat(loops()).isEmpty();
            for (SmallBroker broker : brokers) {
                assertThat(broker.clientGone.await(LONG_MS, TimeUnit.MILLISECONDS))
                        .isTrue();
            }
        } finally {
            for (SmallBroker broker : brokers) {
                broker.close();
            }
        }
    }

    @Test
    void tellsOnceThatAConnectionWasLost() throws Exception {
        try (SmallBroker broker = new SmallBroker()) {
            ClientConnection connection = broker.open();
            ClientSession session = connection.session();
            ClientReceiver receiver = session.receiver(ReceiverOptions.from("orders"));
            ClientSender sender = session.sender("orders");
            AtomicInteger told = new AtomicInteger();
            CountDownLatch all = new CountDownLatch(4);
            java.util.function.Consumer<ClientException> listener = reason -> {
                if (reason.kind() == ClientException.Kind.LOST) {
                    told.incrementAndGet();
                }
                all.countDown();
            };
            receiver.onEnd(listener);
            sender.onEnd(listener);
            session.onEnd(listener);
            connection.onEnd(listener);
            broker.cut();
            assertThat(all.await(LONG_MS, TimeUnit.MILLISECONDS)).isTrue();
            assertThat(told).hasValue(4);
            CompletableFuture<ClientException> late = new CompletableFuture<>();
            connection.onEnd(late::complete);
            assertThat(late.get(LONG_MS, TimeUnit.MILLISECONDS).kind()).isEqualTo(ClientException.Kind.LOST);
            connection.close();
            assertThat(told).hasValue(4);
            assertThat(loops()).isEmpty();
        }
    }

    @Test
    void saysNothingOfAnEndThatWasAskedFor() throws Exception {
        AtomicInteger told = new AtomicInteger();
        try (SmallBroker broker = new SmallBroker()) {
            ClientConnection connection = broker.open();
            ClientSession session = connection.session();
            ClientReceiver receiver = session.receiver(ReceiverOptions.from("orders"));
            receiver.onEnd(reason -> told.incrementAndGet());
            session.onEnd(reason -> told.incrementAndGet());
            connection.onEnd(reason -> told.incrementAndGet());
            connection.close();
            assertThat(loops()).isEmpty();
            assertThat(told).hasValue(0);
        }
    }

    @Test
    void closesAConnectionInACallback() throws Exception {
        try (SmallBroker broker = new SmallBroker()) {
            ClientConnection connection = broker.open();
            CompletableFuture<String> callback = new CompletableFuture<>();
            byte[] message = MessageCodec.encode(MessageCodec.text("last"));
            SendListener listener = (attachment, refusal) -> {
                connection.close();
                callback.complete(Thread.currentThread().getName());
            };
            connection.session().sender("orders").send(message, 0, message.length, false, null, listener, null);
            assertThat(callback.get(LONG_MS, TimeUnit.MILLISECONDS)).startsWith("waybill-client-loop-");
            assertThat(broker.clientGone.await(LONG_MS, TimeUnit.MILLISECONDS)).isTrue();
            assertThat(connection.isOpen()).isFalse();
        }
    }

    @Test
    void stopsOpeningWhenItIsInterrupted() throws Exception {
        try (java.net.ServerSocket silent =
                new java.net.ServerSocket(0, 5, java.net.InetAddress.getLoopbackAddress())) {
            ClientOptions options = ClientOptions.to("127.0.0.1", silent.getLocalPort());
            CompletableFuture<ClientException> failed = new CompletableFuture<>();
            Thread opener = new Thread(() -> {
                try {
                    ClientConnection.open(options);
                } catch (ClientException e) {
                    failed.complete(e);
                }
            });
            opener.start();
            silent.accept().getInputStream().read();
            opener.interrupt();
            assertThat(failed.get(LONG_MS, TimeUnit.MILLISECONDS).kind()).isEqualTo(ClientException.Kind.INTERRUPTED);
            opener.join();
        }
    }

    private static List<Thread> loops() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("waybill-client-loop-"))
                .toList();
    }
}
