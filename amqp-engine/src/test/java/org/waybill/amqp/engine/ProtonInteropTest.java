package org.waybill.amqp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.engine.Connection;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.EndpointState;
import org.apache.qpid.proton.engine.Receiver;
import org.apache.qpid.proton.engine.Sasl;
import org.apache.qpid.proton.engine.Sender;
import org.apache.qpid.proton.engine.Session;
import org.apache.qpid.proton.engine.Transport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Our server against a client that is proton-j's own transport. */
class ProtonInteropTest {
    private final Peer server = Peer.server(new Codec(), Peer.limits(2048, 50, 0));
    private final Connection connection = Proton.connection();
    private final Transport transport = Proton.transport();
    private final Session session = connection.session();

    @BeforeEach
    void open() {
        transport.setMaxFrameSize(1024);
        Sasl sasl = transport.sasl();
        sasl.client();
        sasl.plain("user", "secret");
        transport.bind(connection);
        connection.setContainer("proton");
        connection.open();
        session.setIncomingCapacity(16 * 1024);
        session.open();
        exchange();
        assertThat(server.log).containsExactly("init PLAIN", "open proton", "begin");
        assertThat(connection.getRemoteState()).isEqualTo(EndpointState.ACTIVE);
        assertThat(session.getRemoteState()).isEqualTo(EndpointState.ACTIVE);
    }

    @Test
    void receivesWhatProtonSends() {
        server.credit = 100;
        Sender sender = session.sender("p");
        sender.setTarget(new Target());
        sender.setSource(new Source());
        sender.open();
        exchange();
        assertThat(sender.getCredit()).isEqualTo(100);
        Delivery[] deliveries = new Delivery[100];
        for (int i = 0; i < 100; i++) {
            deliveries[i] = sender.delivery(new byte[] {(byte) i});
            byte[] body = body(i);
            sender.send(body, 0, body.length);
            sender.advance();
            exchange();
        }
        assertThat(server.messages).hasSize(100);
        for (int i = 0; i < 100; i++) {
            assertThat(server.messages.get(i)).isEqualTo(body(i));
        }
        server.receivers.get(0).disposition(0, 99, true, Accepted.getInstance());
        exchange();
        assertThat(Arrays.stream(deliveries)).allMatch(Delivery::remotelySettled);
    }

    @Test
    void sendsWhatProtonReceivesWithinItsWindowAndDrains() {
        Receiver receiver = session.receiver("c");
        receiver.setTarget(new Target());
        receiver.setSource(new Source());
        receiver.open();
        receiver.flow(200);
        exchange();
        SenderLink link = server.senders.get(0);
        assertThat(link.credit()).isEqualTo(200);
        for (int i = 0; i < 100; i++) {
            byte[] body = body(i);
            link.send(i, null, 0, false, null, null, 0, 0, body, 0, body.length);
        }
        server.log.clear();
        int got = 0;
        for (int round = 0; round < 10_000 && got < 100; round++) {
            exchange();
            Delivery delivery = receiver.current();
            if (delivery != null && !delivery.isPartial()) {
                byte[] body = new byte[delivery.pending()];
                receiver.recv(body, 0, body.length);
                assertThat(body).isEqualTo(body(got++));
                delivery.disposition(Accepted.getInstance());
                receiver.advance();
                delivery.settle();
            }
        }
        exchange();
        assertThat(got).isEqualTo(100);
        assertThat(server.sessions.get(0).outgoingUnsettled()).isZero();
        assertThat(server.sessions.get(0).isBlocked()).isFalse();

        receiver.drain(0);
        exchange();
        assertThat(server.log).endsWith("credit 100 drain");
        assertThat(receiver.getRemoteCredit()).isZero();
        assertThat(link.credit()).isZero();

        receiver.close();
        exchange();
        assertThat(server.log).endsWith("detach c true -");
        connection.close();
        exchange();
        assertThat(server.log).endsWith("close -", "end -", "closed -");
        assertThat(connection.getRemoteState()).isEqualTo(EndpointState.CLOSED);
    }

    private static byte[] body(int index) {
        byte[] body = new byte[1 + index * 67];
        new Random(index).nextBytes(body);
        return body;
    }

    private void exchange() {
        boolean moved = true;
        while (moved) {
            moved = false;
            int pending = transport.pending();
            if (pending > 0) {
                moved = true;
                server.engine.receive(transport.head());
                transport.pop(pending);
            }
            server.engine.flush();
            ByteBuffer bytes = ByteBuffer.wrap(server.taken());
            while (bytes.hasRemaining()) {
                moved = true;
                int count = Math.min(bytes.remaining(), transport.capacity());
                transport.tail().put(bytes.slice().limit(count));
                bytes.position(bytes.position() + count);
                transport.process();
            }
        }
    }
}
