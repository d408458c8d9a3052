package org.waybill.benchmarks.jmh;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.security.SaslCode;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Open;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.ByteArrayOutput;
import org.waybill.amqp.engine.Codec;
import org.waybill.amqp.engine.ConnectionEngine;
import org.waybill.amqp.engine.ConnectionListener;
import org.waybill.amqp.engine.IncomingTransfer;
import org.waybill.amqp.engine.Limits;
import org.waybill.amqp.engine.ReceiverLink;
import org.waybill.amqp.engine.ReceiverListener;
import org.waybill.amqp.engine.SaslServer;
import org.waybill.amqp.engine.SenderLink;
import org.waybill.amqp.engine.SenderListener;
import org.waybill.amqp.engine.SessionEngine;
import org.waybill.amqp.engine.SessionListener;

/** Two ends of Waybill's engine in memory, with one link from client to server. */
final class EnginePair implements TransferPair, ConnectionListener, SaslServer, SessionListener, SenderListener {
    private static final int CREDIT = 1000;

    private final ByteArrayOutput toServer = new ByteArrayOutput(1024);
    private final ByteArrayOutput toClient = new ByteArrayOutput(1024);
    private final ConnectionEngine server;
    private final ConnectionEngine client;
    private final SenderLink sender;
    private final Receiving receiving = new Receiving();
    private @Nullable ReceiverLink receiver;
    private long token;
    private long settled;

    EnginePair(Codec codec) {
        server = ConnectionEngine.server(codec, Limits.DEFAULT, toClient, this, this);
        client = ConnectionEngine.client(codec, Limits.DEFAULT, toServer, null, this);
        client.open(open());
        SessionEngine session = client.session(this);
        session.begin();
        sender = session.sender("transfers", this);
        sender.attach(attach());
        carry();
        carry();
    }

    @Override
    public long batch(byte[] body, int messages) {
        for (int i = 0; i < messages; i++) {
            sender.send(token++, null, 0, false, null, null, 0, 0, body, 0, body.length);
        }
        client.flush();
        server.receive(toServer.view());
        toServer.clear();
        receiving.settle();
        server.flush();
        client.receive(toClient.view());
        toClient.clear();
        return settled + receiving.message.length;
    }

    private void carry() {
        client.flush();
        server.receive(toServer.view());
        toServer.clear();
        server.flush();
        client.receive(toClient.view());
        toClient.clear();
    }

    private static Open open() {
        Open open = new Open();
        open.setContainerId("benchmark");
        return open;
    }

    private static Attach attach() {
        Attach attach = new Attach();
        attach.setSource(new Source());
        attach.setTarget(new Target());
        return attach;
    }

    @Override
    public void onOpen(ConnectionEngine connection, Open open) {
        if (!connection.isOpen()) {
            connection.open(open());
        }
    }

    @Override
    public void onBegin(ConnectionEngine connection, SessionEngine session) {
        session.listener(this);
        session.begin();
    }

    @Override
    public void onClose(ConnectionEngine connection, @Nullable ErrorCondition error) {}

    @Override
    public void onClosed(ConnectionEngine connection, @Nullable ErrorCondition error) {}

    @Override
    public List<Symbol> mechanisms() {
        return List.of(Symbol.valueOf("ANONYMOUS"));
    }

    @Override
    public boolean optional() {
        return true;
    }

    @Override
    public void onInit(
            ConnectionEngine connection, Symbol mechanism, byte @Nullable [] response, @Nullable String host) {
        connection.saslOutcome(SaslCode.OK, null);
    }

    @Override
    public void onResponse(ConnectionEngine connection, byte[] response) {}

    @Override
    public void onSender(SessionEngine session, SenderLink link) {}

    @Override
    public void onReceiver(SessionEngine session, ReceiverLink link) {
        receiver = link;
        link.listener(receiving);
        link.attach(attach());
        link.grantCredit(CREDIT);
    }

    @Override
    public void onEnd(SessionEngine session, @Nullable ErrorCondition error) {}

    @Override
    public void onFlow(SenderLink link, boolean drain, boolean echo, @Nullable Map<Symbol, Object> properties) {}

    @Override
    public void onDisposition(
            SenderLink link,
            long firstId,
            long lastId,
            long firstToken,
            long lastToken,
            boolean isSettled,
            @Nullable DeliveryState state) {
        settled += lastToken - firstToken + 1;
    }

    @Override
    public void onDetach(SenderLink link, boolean closed, @Nullable ErrorCondition error) {}

    @Override
    public void onLost(SenderLink link, @Nullable ErrorCondition error) {}

    /** Copies each message out, as a broker does, and accepts a batch as one range. */
    private final class Receiving implements ReceiverListener {
        private long firstId = -1;
        private long lastId;
        /** Kept, so that the copy is not optimised away. */
        private byte[] message = {};

        void settle() {
            ReceiverLink link = receiver;
            if (link == null) {
                return;
            }
            link.disposition(firstId, lastId, true, Accepted.getInstance());
            firstId = -1;
            if (link.credit() < CREDIT / 2) {
                link.resetCredit(CREDIT);
            }
        }

        @Override
        public void onTransfer(ReceiverLink link, IncomingTransfer transfer, ByteBuffer payload) {
            message = new byte[payload.remaining()];
            payload.get(message);
            lastId = transfer.deliveryId();
            firstId = firstId < 0 ? lastId : firstId;
        }

        @Override
        public void onDetach(ReceiverLink link, boolean closed, @Nullable ErrorCondition error) {}

        @Override
        public void onLost(ReceiverLink link, @Nullable ErrorCondition error) {}
    }
}
