package org.waybill.benchmarks.jmh;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Open;
import org.jspecify.annotations.Nullable;
import org.waybill.amqp.engine.ByteArrayOutput;
import org.waybill.amqp.engine.Codec;
import org.waybill.amqp.engine.ConnectionEngine;
import org.waybill.amqp.engine.ConnectionListener;
import org.waybill.amqp.engine.DeliveryAssembly;
import org.waybill.amqp.engine.IncomingTransfer;
import org.waybill.amqp.engine.Limits;
import org.waybill.amqp.engine.ReceiverLink;
import org.waybill.amqp.engine.ReceiverListener;
import org.waybill.amqp.engine.SaslServer;
import org.waybill.amqp.engine.SenderLink;
import org.waybill.amqp.engine.SenderListener;
import org.waybill.amqp.engine.SessionEngine;
import org.waybill.amqp.engine.SessionListener;

/**
 * One end of a connection in memory that agrees to everything: it accepts what it receives, renews credit as a broker
 * does, and counts what is settled.
 */
final class EngineEnd implements ConnectionListener, SessionListener, SenderListener {
    private static final int CREDIT = 2000;
    private static final int FIRST_OUTPUT_BYTES = 256 << 10;

    private final ByteArrayOutput output = new ByteArrayOutput(FIRST_OUTPUT_BYTES);
    private final ConnectionEngine engine;
    private long settled;

    private EngineEnd(Codec codec, boolean server) {
        engine = server
                ? ConnectionEngine.server(codec, Limits.DEFAULT, output, new NoSasl(), this)
                : ConnectionEngine.client(codec, Limits.DEFAULT, output, null, this);
    }

    static EngineEnd client(Codec codec) {
        return new EngineEnd(codec, false);
    }

    static EngineEnd server(Codec codec) {
        return new EngineEnd(codec, true);
    }

    ConnectionEngine engine() {
        return engine;
    }

    /** Deliveries that the other end has settled so far. */
    long settled() {
        return settled;
    }

    /** Hands over what was written; false when there was nothing. */
    boolean deliverTo(EngineEnd other) {
        engine.flush();
        if (output.size() == 0) {
            return false;
        }
        other.engine.receive(output.view());
        output.clear();
        return true;
    }

    @Override
    public void onOpen(ConnectionEngine connection, Open open) {
        if (!connection.isOpen()) {
            Open answer = new Open();
            answer.setContainerId("benchmark-server");
            connection.open(answer);
        }
    }

    @Override
    public void onBegin(ConnectionEngine connection, SessionEngine session) {
        session.listener(this);
        session.begin();
    }

    @Override
    public void onReceiver(SessionEngine session, ReceiverLink link) {
        link.listener(new Receiving());
        Attach attach = new Attach();
        attach.setSource(new Source());
        attach.setTarget(new Target());
        link.attach(attach);
        link.resetCredit(CREDIT);
    }

    @Override
    public void onDisposition(
            SenderLink link,
            long firstId,
            long lastId,
            long firstToken,
            long lastToken,
            boolean isSettled,
            @Nullable DeliveryState state) {
        settled += lastId - firstId + 1;
    }

    @Override
    public void onFlow(SenderLink link, boolean drain, boolean echo, @Nullable Map<Symbol, Object> properties) {
        // the benchmark sends by its own clock
    }

    @Override
    public void onSender(SessionEngine session, SenderLink link) {
        throw unexpected(null);
    }

    @Override
    public void onClose(ConnectionEngine connection, @Nullable ErrorCondition error) {
        throw unexpected(error);
    }

    @Override
    public void onClosed(ConnectionEngine connection, @Nullable ErrorCondition error) {
        throw unexpected(error);
    }

    @Override
    public void onEnd(SessionEngine session, @Nullable ErrorCondition error) {
        throw unexpected(error);
    }

    @Override
    public void onDetach(SenderLink link, boolean closed, @Nullable ErrorCondition error) {
        throw unexpected(error);
    }

    @Override
    public void onLost(SenderLink link, @Nullable ErrorCondition error) {
        throw unexpected(error);
    }

    private static IllegalStateException unexpected(@Nullable ErrorCondition error) {
        return new IllegalStateException("the benchmark's connection came to an end: " + error);
    }

    /** Takes messages and accepts them. */
    private static final class Receiving implements ReceiverListener {
        private final DeliveryAssembly assembly = new DeliveryAssembly();

        @Override
        public void onTransfer(ReceiverLink link, IncomingTransfer transfer, ByteBuffer payload) {
            if (assembly.add(transfer, payload) != null) {
                link.disposition(transfer.deliveryId(), transfer.deliveryId(), true, Accepted.getInstance());
            }
            if (link.credit() <= CREDIT / 2) {
                link.resetCredit(CREDIT);
            }
        }

        @Override
        public void onDetach(ReceiverLink link, boolean closed, @Nullable ErrorCondition error) {
            throw unexpected(error);
        }

        @Override
        public void onLost(ReceiverLink link, @Nullable ErrorCondition error) {
            throw unexpected(error);
        }
    }

    /** The benchmark's client leaves SASL out. */
    private static final class NoSasl implements SaslServer {
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
                ConnectionEngine connection, Symbol mechanism, byte @Nullable [] response, @Nullable String hostname) {
            throw unexpected(null);
        }

        @Override
        public void onResponse(ConnectionEngine connection, byte[] response) {
            throw unexpected(null);
        }
    }
}
