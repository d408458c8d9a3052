package org.waybill.benchmarks.jmh;

import java.nio.ByteBuffer;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.engine.Collector;
import org.apache.qpid.proton.engine.Connection;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Event;
import org.apache.qpid.proton.engine.Receiver;
import org.apache.qpid.proton.engine.Sender;
import org.apache.qpid.proton.engine.Session;
import org.apache.qpid.proton.engine.Transport;
import org.jspecify.annotations.Nullable;

/** Two ends of proton-j's transport in memory, with one link from client to server. */
final class ProtonPair implements TransferPair {
    private static final int CREDIT = 1000;
    private static final int MAX_FRAME_BYTES = 64 * 1024;
    private static final int CAPACITY_BYTES = 16 * 1024 * 1024;

    private final Collector clientEvents = Proton.collector();
    private final Collector serverEvents = Proton.collector();
    private final Connection serverConnection = Proton.connection();
    private final Transport client = transport();
    private final Transport server = transport();
    private final Sender sender;
    private @Nullable Receiver receiver;
    private int tag;
    private long settled;
    /** Kept, so that the copy is not optimised away. */
    private byte[] message = {};

    ProtonPair() {
        Connection connection = Proton.connection();
        connection.collect(clientEvents);
        serverConnection.collect(serverEvents);
        client.bind(connection);
        server.bind(serverConnection);
        connection.open();
        Session session = connection.session();
        session.open();
        sender = session.sender("transfers");
        sender.open();
        for (int round = 0; round < 4; round++) {
            carry(client, server);
            serve();
            carry(server, client);
            hear();
        }
    }

    @Override
    public long batch(byte[] body, int messages) {
        for (int i = 0; i < messages; i++) {
            tag++;
            sender.delivery(new byte[] {(byte) (tag >> 24), (byte) (tag >> 16), (byte) (tag >> 8), (byte) tag});
            sender.send(body, 0, body.length);
            sender.advance();
        }
        carry(client, server);
        serve();
        carry(server, client);
        hear();
        return settled + message.length;
    }

    private static Transport transport() {
        Transport transport = Proton.transport();
        transport.setMaxFrameSize(MAX_FRAME_BYTES);
        transport.setEmitFlowEventOnSend(false);
        return transport;
    }

    private static void carry(Transport from, Transport to) {
        for (int pending = from.pending(); pending > 0; pending = from.pending()) {
            int count = Math.min(pending, to.capacity());
            ByteBuffer bytes = from.head().duplicate();
            to.tail().put(bytes.limit(bytes.position() + count));
            to.process();
            from.pop(count);
        }
    }

    private void serve() {
        for (Event event = serverEvents.peek(); event != null; event = serverEvents.peek()) {
            switch (event.getType()) {
                case CONNECTION_REMOTE_OPEN -> serverConnection.open();
                case SESSION_REMOTE_OPEN -> {
                    event.getSession().setIncomingCapacity(CAPACITY_BYTES);
                    event.getSession().open();
                }
                case LINK_REMOTE_OPEN -> {
                    receiver = (Receiver) event.getLink();
                    receiver.open();
                    receiver.flow(CREDIT);
                }
                case DELIVERY -> take(event.getDelivery());
                default -> {}
            }
            serverEvents.pop();
        }
        if (receiver != null && receiver.getCredit() < CREDIT / 2) {
            receiver.flow(CREDIT - receiver.getCredit());
        }
    }

    private void take(Delivery delivery) {
        Receiver link = (Receiver) delivery.getLink();
        message = new byte[delivery.pending()];
        link.recv(message, 0, message.length);
        link.advance();
        delivery.disposition(Accepted.getInstance());
        delivery.settle();
    }

    private void hear() {
        for (Event event = clientEvents.peek(); event != null; event = clientEvents.peek()) {
            if (event.getType() == Event.Type.DELIVERY && event.getDelivery().remotelySettled()) {
                event.getDelivery().settle();
                settled++;
            }
            clientEvents.pop();
        }
    }
}
