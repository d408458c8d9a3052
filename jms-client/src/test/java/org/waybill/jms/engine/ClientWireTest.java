package org.waybill.jms.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.qpid.proton.amqp.DescribedType;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.message.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.waybill.amqp.engine.Limits;

/** Sending and receiving. */
@Timeout(60)
class ClientWireTest {
    private static final long LONG_MS = 20_000;

    @Test
    void carriesMessagesInOrder() throws Exception {
        try (SmallBroker broker = new SmallBroker();
                ClientConnection connection = broker.open()) {
            ClientSession session = connection.session();
            ClientSender sender = session.sender("orders");
            for (int i = 0; i < 1000; i++) {
                sender.send(text("message " + i));
            }
            ClientReceiver receiver =
                    session.receiver(ReceiverOptions.from("orders").withCreditWindow(10));
            for (int i = 0; i < 1000; i++) {
                ClientDelivery delivery = receiver.receive(LONG_MS);
                assertThat(bodyOf(delivery)).isEqualTo("message " + i);
                delivery.accept();
                assertThat(delivery.isSettled()).isTrue();
            }
            assertThat(receiver.receive(0)).isNull();
            assertThat(connection.remoteContainerId()).isEqualTo("small");
        }
    }

    @Test
    void sendsFasterThanItIsGivenCredit() throws Exception {
        try (SmallBroker broker = new SmallBroker() {
                    @Override
                    int credit() {
                        return 3;
                    }
                };
                ClientConnection connection = broker.open()) {
            ClientSender sender = connection.session().sender("orders");
            List<CompletableFuture<Void>> outcomes = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                outcomes.add(sender.sendAsync(text("message " + i)));
            }
            sender.awaitSettled(LONG_MS);
            assertThat(sender.unsettled()).isZero();
            assertThat(outcomes).allMatch(outcome -> outcome.isDone() && !outcome.isCompletedExceptionally());
        }
    }

    @Test
    void takesInputInPiecesOfAnySize() throws Exception {
        byte[] large = new byte[300_000];
        new Random(42).nextBytes(large);
        byte[] encoded = MessageCodec.encode(MessageCodec.binary(large));
        try (SmallBroker broker = new SmallBroker() {
                    @Override
                    void write(OutputStream out, byte[] bytes) throws IOException {
                        int piece = bytes.length < 4096 ? 1 : 997;
                        for (int at = 0; at < bytes.length; at += piece) {
                            out.write(bytes, at, Math.min(piece, bytes.length - at));
                            out.flush();
                        }
                    }
                };
                ClientConnection connection = broker.open()) {
            ClientSession session = connection.session();
            session.sender("orders").send(encoded);
            ClientReceiver receiver = session.receiver(ReceiverOptions.from("orders"));
            ClientDelivery delivery = receiver.receive(LONG_MS);
            assertThat(delivery.encoded()).isEqualTo(encoded);
        }
    }

    @Test
    void tellsWhyAMessageWasNotTaken() throws Exception {
        Rejected rejected = new Rejected();
        rejected.setError(new ErrorCondition(Symbol.valueOf("amqp:precondition-failed"), "too blue"));
        List<DeliveryState> script = new ArrayList<>(List.of(rejected, Released.getInstance(), new Modified()));
        try (SmallBroker broker = new SmallBroker() {
                    @Override
                    DeliveryState outcome(byte[] message) {
                        return script.isEmpty() ? Accepted.getInstance() : script.remove(0);
                    }
                };
                ClientConnection connection = broker.open()) {
            ClientSender sender = connection.session().sender("orders");
            ClientException reason = catchThrowableOfType(ClientException.class, () -> sender.send(text("blue")));
            assertThat(reason.kind()).isEqualTo(ClientException.Kind.NOT_ACCEPTED);
            assertThat(reason.condition()).isEqualTo("amqp:precondition-failed");
            assertThat(reason.description()).isEqualTo("too blue");
            assertThat(reason.address()).isEqualTo("orders");
            assertThatThrownBy(() -> sender.send(text("released"))).hasMessageContaining("was given back");
            CompletableFuture<Void> modified = sender.sendAsync(text("modified"));
            assertThatThrownBy(() -> modified.get(LONG_MS, TimeUnit.MILLISECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(ClientException.class);
            sender.send(text("fine"));
        }
    }

    @Test
    void settlesEachDeliveryAsItIsTold() throws Exception {
        SmallBroker broker = new SmallBroker();
        try (broker) {
            try (ClientConnection connection = broker.open()) {
                ClientSession session = connection.session();
                ClientSender sender = session.sender("orders");
                for (int i = 0; i < 4; i++) {
                    sender.send(text("message " + i));
                }
                ClientReceiver receiver = session.receiver(ReceiverOptions.from("orders"));
                ClientDelivery first = receiver.receive(LONG_MS);
                first.accept();
                first.release();
                receiver.receive(LONG_MS).release();
                receiver.receive(LONG_MS).reject("amqp:decode-error", "unreadable");
                receiver.receive(LONG_MS).modify(true, true);
            }
            broker.close();
            assertThat(broker.outcomes).hasSize(4);
            assertThat(broker.outcomes.get(0)).isInstanceOf(Accepted.class);
            assertThat(broker.outcomes.get(1)).isInstanceOf(Released.class);
            assertThat(((Rejected) broker.outcomes.get(2)).getError().getDescription())
                    .isEqualTo("unreadable");
            assertThat(((Modified) broker.outcomes.get(3)).getDeliveryFailed()).isTrue();
            assertThat(((Modified) broker.outcomes.get(3)).getUndeliverableHere())
                    .isTrue();
        }
    }

    @Test
    void receivesFromATemporaryQueueThroughTheAnonymousRelay() throws Exception {
        try (SmallBroker broker = new SmallBroker();
                ClientConnection connection = broker.open()) {
            ClientSession session = connection.session();
            ClientReceiver receiver = session.receiver(ReceiverOptions.dynamic());
            assertThat(receiver.address()).isEqualTo("temporary-1");
            Message message = MessageCodec.text("for you");
            message.setAddress(receiver.address());
            ClientSender relay = session.sender(SenderOptions.to(null));
            assertThat(relay.address()).isNull();
            relay.send(MessageCodec.encode(message));
            assertThat(bodyOf(receiver.receive(LONG_MS))).isEqualTo("for you");
        }
    }

    @Test
    void drainsWhatIsThere() throws Exception {
        try (SmallBroker broker = new SmallBroker();
                ClientConnection connection = broker.open()) {
            ClientSession session = connection.session();
            session.sender("orders").send(text("the only one"));
            ClientReceiver receiver =
                    session.receiver(ReceiverOptions.from("orders").withCreditWindow(0));
            assertThat(receiver.receive(0)).isNull();
            receiver.grantCredit(5);
            receiver.drain();
            assertThat(receiver.credit()).isZero();
            assertThat(receiver.buffered()).isEqualTo(1);
            assertThat(bodyOf(receiver.receive(0))).isEqualTo("the only one");
            receiver.grantCredit(1);
            receiver.drain();
            assertThat(receiver.receive(0)).isNull();
        }
    }

    @Test
    void asksForCopiesAndForASelection() throws Exception {
        SmallBroker broker = new SmallBroker();
        try (broker) {
            try (ClientConnection connection = broker.open()) {
                connection
                        .session()
                        .receiver(ReceiverOptions.from("orders").withBrowsing().withSelector("colour = 'blue'"));
            }
            broker.close();
            Source source = (Source) broker.attaches.get(0).getSource();
            assertThat((Object) source.getDistributionMode()).isEqualTo(Symbol.valueOf("copy"));
            DescribedType filter = (DescribedType) source.getFilter().get(Symbol.valueOf("jms-selector"));
            assertThat(filter.getDescriptor()).isEqualTo(UnsignedLong.valueOf(0x0000468C00000004L));
            assertThat(filter.getDescribed()).isEqualTo("colour = 'blue'");
        }
    }

    @Test
    void refusesAMessageThatIsTooLargeForTheServer() throws Exception {
        Limits few = new Limits(512, 10, 10, 10, 10, 10, 1000, 4096, 0);
        try (SmallBroker broker = new SmallBroker(new ServerSocket(0, 5, InetAddress.getLoopbackAddress()), few);
                ClientConnection connection = broker.open()) {
            ClientSender sender = connection.session().sender("orders");
            assertThat(sender.maxMessageBytes()).isEqualTo(1000);
            assertThatThrownBy(() -> sender.send(new byte[1001])).hasMessageContaining("1001 bytes");
            sender.send(text("x".repeat(900)));
        }
    }

    @Test
    void forbidsWaitingInACallback() throws Exception {
        try (SmallBroker broker = new SmallBroker() {
                    @Override
                    DeliveryState outcome(byte[] message) {
                        return null;
                    }
                };
                ClientConnection connection = broker.open()) {
            ClientSender sender = connection.session().sender("orders");
            CompletableFuture<Object> callback = sender.sendAsync(text("hello")).handle((nothing, reason) -> {
                sender.awaitSettled(LONG_MS);
                return "waited";
            });
            broker.cut();
            assertThatThrownBy(() -> callback.get(LONG_MS, TimeUnit.MILLISECONDS))
                    .hasCauseInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void isUsedByManyThreads() throws Exception {
        try (SmallBroker broker = new SmallBroker();
                ClientConnection connection = broker.open()) {
            ClientSession session = connection.session();
            ClientSender sender = session.sender("orders");
            ClientReceiver receiver =
                    session.receiver(ReceiverOptions.from("orders").withCreditWindow(7));
            int perThread = 200;
            List<CompletableFuture<Integer>> workers = new ArrayList<>();
            for (int t = 0; t < 3; t++) {
                workers.add(onThread(() -> {
                    for (int i = 0; i < perThread; i++) {
                        sender.send(text("message"));
                    }
                    return perThread;
                }));
                workers.add(onThread(() -> {
                    for (int i = 0; i < perThread; i++) {
                        receiver.receive(LONG_MS).accept();
                    }
                    return perThread;
                }));
            }
            for (CompletableFuture<Integer> worker : workers) {
                assertThat(worker.get(40, TimeUnit.SECONDS)).isEqualTo(perThread);
            }
        }
    }

    private static <T> CompletableFuture<T> onThread(Supplier<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        new Thread(() -> {
                    try {
                        result.complete(work.get());
                    } catch (RuntimeException e) {
                        result.completeExceptionally(e);
                    }
                })
                .start();
        return result;
    }

    private static byte[] text(String text) {
        return MessageCodec.encode(MessageCodec.text(text));
    }

    private static Object bodyOf(ClientDelivery delivery) {
        return ((AmqpValue) delivery.message().getBody()).getValue();
    }

    @Test
    void roundTripsMessages() {
        Message message = MessageCodec.map(Map.of("colour", "blue", "size", 7L));
        message.setDurable(true);
        message.setMessageId("id-1");
        message.setApplicationProperties(new ApplicationProperties(new HashMap<>(Map.of("k", 1))));
        Message back = MessageCodec.decode(MessageCodec.encode(message));
        assertThat(back.isDurable()).isTrue();
        assertThat(back.getMessageId()).isEqualTo("id-1");
        assertThat(back.getApplicationProperties().getValue()).containsEntry("k", 1);
        assertThat(((AmqpValue) back.getBody()).getValue()).isEqualTo(Map.of("colour", "blue", "size", 7L));
        byte[] garbage = new byte[100];
        Arrays.fill(garbage, (byte) 0x7F);
        assertThatThrownBy(() -> MessageCodec.decode(garbage)).isInstanceOf(IllegalArgumentException.class);
    }
}
