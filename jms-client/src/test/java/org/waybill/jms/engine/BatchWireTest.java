package org.waybill.jms.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.waybill.amqp.engine.Limits;

/** Sending without waiting, and receiving and settling many at once. */
@Timeout(60)
class BatchWireTest {
    private static final long LONG_MS = 20_000;

    @Test
    void tellsOutcomesInTheOrderOfTheSends() throws Exception {
        try (SmallBroker broker = new SmallBroker() {
                    @Override
                    DeliveryState outcome(byte[] message) {
                        return text(message).endsWith("7") ? Released.getInstance() : Accepted.getInstance();
                    }
                };
                ClientConnection connection = broker.open()) {
            ClientSender sender = connection.session().sender("orders");
            List<String> heard = new ArrayList<>();
            CompletableFuture<List<String>> all = new CompletableFuture<>();
            SendListener listener = new SendListener() {
                @Override
                public void onOutcome(Object attachment, ClientException refusal) {
                    heard.add(attachment + (refusal == null ? "" : " " + refusal.kind()));
                }

                @Override
                public void onRunEnd() {
                    if (heard.size() == 100) {
                        all.complete(heard);
                    }
                }
            };
            byte[] buffer = new byte[500];
            for (int i = 0; i < 100; i++) {
                byte[] message = MessageCodec.encode(MessageCodec.text("message " + i));
                System.arraycopy(message, 0, buffer, 10, message.length);
                sender.send(buffer, 10, message.length, false, null, listener, i);
                Arrays.fill(buffer, (byte) 0);
            }
            List<String> outcomes = all.get(LONG_MS, TimeUnit.MILLISECONDS);
            for (int i = 0; i < 100; i++) {
                assertThat(outcomes.get(i)).isEqualTo(i % 10 == 7 ? i + " NOT_ACCEPTED" : Integer.toString(i));
            }
        }
    }

    @Test
    void leavesTheBufferToItsCallerAlsoWhereTheServersWindowHoldsTheMessageUp() throws Exception {
        Limits narrow = new Limits(512, 10, 10, 10, 1000, 2, 0, 4096, 0);
        try (SmallBroker broker = new SmallBroker(new ServerSocket(0, 5, InetAddress.getLoopbackAddress()), narrow);
                ClientConnection connection = broker.open()) {
            ClientSession session = connection.session();
            ClientSender sender = session.sender("orders");
            byte[] message = MessageCodec.encode(MessageCodec.text("x".repeat(5_000)));
            byte[] buffer = message.clone();
            sender.send(buffer, 0, buffer.length, false, null, null, null);
            Arrays.fill(buffer, (byte) 0);
            ClientDelivery delivery =
                    session.receiver(ReceiverOptions.from("orders")).receive(LONG_MS);
            assertThat(delivery.encoded()).isEqualTo(message);
        }
    }

    @Test
    void sendsSettledMessagesWithoutAskingWhatBecameOfThem() throws Exception {
        try (SmallBroker broker = new SmallBroker();
                ClientConnection connection = broker.open()) {
            ClientSession session = connection.session();
            ClientSender sender = session.sender("orders");
            CountDownLatch sent = new CountDownLatch(1);
            byte[] message = MessageCodec.encode(MessageCodec.text("hello"));
            sender.send(message, 0, message.length, true, null, (attachment, refusal) -> sent.countDown(), null);
            assertThat(sender.unsettled()).isZero();
            assertThat(sent.await(LONG_MS, TimeUnit.MILLISECONDS)).isTrue();
            assertThat(session.receiver(ReceiverOptions.from("orders"))
                            .receive(LONG_MS)
                            .encoded())
                    .isEqualTo(message);
        }
    }

    @Test
    void takesAllThatIsHereAndSettlesItAsOne() throws Exception {
        try (SmallBroker broker = new SmallBroker();
                ClientConnection connection = broker.open()) {
            ClientSession session = connection.session();
            ClientSender sender = session.sender("orders");
            for (int i = 0; i < 50; i++) {
                sender.send(MessageCodec.encode(MessageCodec.text("message " + i)));
            }
            ClientReceiver receiver =
                    session.receiver(ReceiverOptions.from("orders").withCreditWindow(20));
            List<ClientDelivery> batch = new ArrayList<>();
            while (batch.size() < 50) {
                assertThat(receiver.receive(batch, LONG_MS)).isPositive();
            }
            assertThat(receiver.receive(batch, 0)).isZero();
            receiver.accept(batch.get(0).deliveryId(), batch.get(29).deliveryId(), null);
            receiver.release(batch.get(30).deliveryId(), batch.get(48).deliveryId());
            receiver.modify(batch.get(49).deliveryId(), batch.get(49).deliveryId(), true, false);
            receiver.drain();
            assertThat(broker.outcomes).hasSize(50);
            assertThat(broker.outcomes.subList(0, 30)).allMatch(Accepted.class::isInstance);
            assertThat(broker.outcomes.subList(30, 49)).allMatch(Released.class::isInstance);
        }
    }

    @Test
    void tellsThatSomethingArrivedOnceForAllOfIt() throws Exception {
        try (SmallBroker broker = new SmallBroker();
                ClientConnection connection = broker.open()) {
            ClientSession session = connection.session();
            ClientReceiver receiver = session.receiver(ReceiverOptions.from("orders"));
            AtomicInteger told = new AtomicInteger();
            CountDownLatch first = new CountDownLatch(1);
            receiver.onArrival(() -> {
                told.incrementAndGet();
                first.countDown();
            });
            ClientSender sender = session.sender("orders");
            for (int i = 0; i < 50; i++) {
                sender.send(MessageCodec.encode(MessageCodec.text("message " + i)));
            }
            assertThat(first.await(LONG_MS, TimeUnit.MILLISECONDS)).isTrue();
            receiver.drain();
            assertThat(told).hasValue(1);
            assertThat(receiver.buffered()).isEqualTo(50);
        }
    }

    @Test
    void wakesWhoeverWaitsForAMessage() throws Exception {
        try (SmallBroker broker = new SmallBroker();
                ClientConnection connection = broker.open()) {
            ClientReceiver receiver = connection.session().receiver(ReceiverOptions.from("orders"));
            receiver.wake();
            assertThat(receiver.receive(new ArrayList<>(), LONG_MS)).isZero();
            CompletableFuture<Integer> waiting =
                    CompletableFuture.supplyAsync(() -> receiver.receive(new ArrayList<>(), LONG_MS));
            receiver.wake();
            assertThat(waiting.get(LONG_MS / 2, TimeUnit.MILLISECONDS)).isZero();
        }
    }

    @Test
    void sendsNothingMoreOnceTheWindowIsClosedAndDrained() throws Exception {
        try (SmallBroker broker = new SmallBroker();
                ClientConnection connection = broker.open()) {
            ClientSession session = connection.session();
            ClientReceiver receiver =
                    session.receiver(ReceiverOptions.from("orders").withCreditWindow(10));
            receiver.creditWindow(0);
            receiver.drain();
            assertThat(receiver.credit()).isZero();
            session.sender("orders").send(MessageCodec.encode(MessageCodec.text("later")));
            assertThat(receiver.receive(0)).isNull();
            receiver.creditWindow(5);
            assertThat(receiver.receive(LONG_MS)).isNotNull();
        }
    }

    private static String text(byte[] message) {
        return ((org.apache.qpid.proton.amqp.messaging.AmqpValue)
                        MessageCodec.decode(message).getBody())
                .getValue()
                .toString();
    }
}
