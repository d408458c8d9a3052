package org.waybill.amqp.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.security.SaslCode;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Open;
import org.jspecify.annotations.Nullable;

/** One end of a connection in memory that answers like a friendly host and writes down what it was told, a line an event. */
final class Peer implements ConnectionListener, SaslServer, SaslClient, SessionListener, SenderListener {
    final String name;
    final ByteArrayOutput out = new ByteArrayOutput(64);
    final List<String> log = new ArrayList<>();
    final List<byte[]> messages = new ArrayList<>();
    final List<SenderLink> senders = new ArrayList<>();
    final List<ReceiverLink> receivers = new ArrayList<>();
    final List<SessionEngine> sessions = new ArrayList<>();
    final DeliveryAssembly assembly = new DeliveryAssembly();
    final ConnectionEngine engine;
    final Codec codec;

    final ReceiverListener receiving = new Receiving();

    /** Whether a detach of the peer's is left to the test to answer. */
    boolean detachesLater;

    boolean answers = true;
    boolean drains = true;
    SaslCode decision = SaslCode.OK;
    int credit;

    private Peer(String name, Codec codec, Limits limits, boolean server) {
        this.name = name;
        this.codec = codec;
        this.engine = server
                ? ConnectionEngine.server(codec, limits, out, this, this)
                : ConnectionEngine.client(codec, limits, out, this, this);
    }

    static Peer server(Codec codec, Limits limits) {
        return new Peer("server", codec, limits, true);
    }

    static Peer client(Codec codec, Limits limits) {
        return new Peer("client", codec, limits, false);
    }

    static Open open(String container) {
        Open open = new Open();
        open.setContainerId(container);
        return open;
    }

    static Attach attach(String address) {
        Source source = new Source();
        source.setAddress(address);
        Target target = new Target();
        target.setAddress(address);
        Attach attach = new Attach();
        attach.setSource(source);
        attach.setTarget(target);
        return attach;
    }

    static Limits limits(int maxFrameBytes, int window, long maxMessageBytes) {
        return new Limits(maxFrameBytes, 15, 31, 8, 4096, window, maxMessageBytes, 64 * 1024, 10_000);
    }

    /** Carries bytes both ways until there are none, in pieces of this size. */
    static void exchange(Peer a, Peer b, int pieceBytes) {
        boolean moved = true;
        while (moved) {
            boolean there = a.deliverTo(b, pieceBytes);
            boolean back = b.deliverTo(a, pieceBytes);
            moved = there || back;
        }
    }

    boolean deliverTo(Peer other, int pieceBytes) {
        engine.flush();
        byte[] bytes = taken();
        for (int at = 0; at < bytes.length; at += pieceBytes) {
            other.engine.receive(ByteBuffer.wrap(bytes, at, Math.min(pieceBytes, bytes.length - at)));
        }
        return bytes.length > 0;
    }

    byte[] taken() {
        byte[] bytes = Arrays.copyOf(out.array(), out.size());
        out.clear();
        return bytes;
    }

    static boolean send(SenderLink link, long token, boolean settled, byte[] body) {
        return link.send(token, null, 0, settled, null, null, 0, 0, body, 0, body.length);
    }

    static String text(byte[] message) {
        return new String(message, StandardCharsets.US_ASCII);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String condition(@Nullable ErrorCondition error) {
        return error == null ? "-" : String.valueOf(error.getCondition());
    }

    private static String state(@Nullable DeliveryState state) {
        return state == null ? "-" : state.getClass().getSimpleName();
    }

    @Override
    public void onOpen(ConnectionEngine connection, Open open) {
        log.add("open " + open.getContainerId());
        if (name.equals("server") && answers) {
            connection.open(open("server"));
        }
    }

    @Override
    public void onBegin(ConnectionEngine connection, SessionEngine session) {
        log.add("begin");
        sessions.add(session);
        session.listener(this);
        if (answers) {
            session.begin();
        }
    }

    @Override
    public void onClose(ConnectionEngine connection, @Nullable ErrorCondition error) {
        log.add("close " + condition(error));
    }

    @Override
    public void onClosed(ConnectionEngine connection, @Nullable ErrorCondition error) {
        log.add("closed " + condition(error));
    }

    @Override
    public List<Symbol> mechanisms() {
        return List.of(Symbol.valueOf("PLAIN"), Symbol.valueOf("ANONYMOUS"));
    }

    @Override
    public void onInit(
            ConnectionEngine connection, Symbol mechanism, byte @Nullable [] response, @Nullable String host) {
        log.add("init " + mechanism);
        if (!answers) {
            return;
        }
        if (response == null) {
            connection.saslChallenge(new byte[0]);
        } else {
            connection.saslOutcome(decision, null);
        }
    }

    @Override
    public void onResponse(ConnectionEngine connection, byte[] response) {
        log.add("response " + text(response));
        connection.saslOutcome(decision, null);
    }

    @Override
    public void onMechanisms(ConnectionEngine connection, List<Symbol> mechanisms) {
        log.add("mechanisms " + mechanisms);
        if (answers) {
            connection.saslInit(Symbol.valueOf("PLAIN"), null, "host");
        }
    }

    @Override
    public void onChallenge(ConnectionEngine connection, byte[] challenge) {
        log.add("challenge " + challenge.length);
        connection.saslResponse(bytes("secret"));
    }

    @Override
    public void onOutcome(ConnectionEngine connection, SaslCode code, byte @Nullable [] additionalData) {
        log.add("outcome " + code);
    }

    @Override
    public void onBegin(SessionEngine session, Begin begin) {
        log.add("begun");
    }

    @Override
    public void onSender(SessionEngine session, SenderLink link) {
        log.add("sender " + link.name());
        senders.add(link);
        link.listener(this);
        if (answers) {
            link.attach(attach("a"));
        }
    }

    @Override
    public void onReceiver(SessionEngine session, ReceiverLink link) {
        log.add("receiver " + link.name());
        receivers.add(link);
        link.listener(receiving);
        if (answers) {
            link.attach(attach("a"));
            if (credit > 0) {
                link.grantCredit(credit);
            }
        }
    }

    @Override
    public void onWindow(SessionEngine session) {
        log.add("window");
    }

    @Override
    public void onEnd(SessionEngine session, @Nullable ErrorCondition error) {
        log.add("end " + condition(error));
    }

    @Override
    public void onFlow(SenderLink link, boolean drain, boolean echo, @Nullable Map<Symbol, Object> properties) {
        log.add("credit " + link.credit() + (drain ? " drain" : ""));
        if (drain && drains) {
            link.drained();
        }
    }

    @Override
    public void onDisposition(
            SenderLink link,
            long firstId,
            long lastId,
            long firstToken,
            long lastToken,
            boolean settled,
            @Nullable DeliveryState state) {
        log.add("disposed " + firstToken + ".." + lastToken + (settled ? " settled " : " ") + state(state));
        if (!settled && answers) {
            link.settle(firstId, lastId, state);
        }
    }

    @Override
    public void onSent(SenderLink link, long token) {
        log.add("sent " + token);
    }

    @Override
    public void onAttach(SenderLink link, Attach attach) {
        log.add("attached " + link.name() + (attach.getTarget() == null ? " refused" : ""));
    }

    @Override
    public void onDetach(SenderLink link, boolean closed, @Nullable ErrorCondition error) {
        log.add("detach " + link.name() + " " + closed + " " + condition(error));
        if (detachesLater) {
            link.detachLater();
        }
    }

    @Override
    public void onLost(SenderLink link, @Nullable ErrorCondition error) {
        log.add("lost " + link.name() + " " + condition(error));
    }

    /** What it hears as receiver. */
    private final class Receiving implements ReceiverListener {
        @Override
        public void onTransfer(ReceiverLink link, IncomingTransfer transfer, ByteBuffer payload) {
            byte[] message = assembly.add(transfer, payload);
            if (transfer.aborted()) {
                log.add("aborted " + transfer.deliveryId());
            } else if (message != null) {
                messages.add(message);
                log.add("message " + transfer.deliveryId() + (transfer.settled() ? " settled" : ""));
            }
        }

        @Override
        public void onFlow(
                ReceiverLink link,
                long available,
                boolean drain,
                boolean echo,
                @Nullable Map<Symbol, Object> properties) {
            log.add("flow credit " + link.credit() + (available < 0 ? "" : " available " + available));
        }

        @Override
        public void onDisposition(
                ReceiverLink link, long firstId, long lastId, boolean settled, @Nullable DeliveryState state) {
            log.add("told " + firstId + ".." + lastId + (settled ? " settled " : " ") + state(state));
        }

        @Override
        public void onAttach(ReceiverLink link, Attach attach) {
            log.add("attached " + link.name() + (attach.getSource() == null ? " refused" : ""));
        }

        @Override
        public void onDetach(ReceiverLink link, boolean closed, @Nullable ErrorCondition error) {
            log.add("detach " + link.name() + " " + closed + " " + condition(error));
        }

        @Override
        public void onLost(ReceiverLink link, @Nullable ErrorCondition error) {
            log.add("lost " + link.name() + " " + condition(error));
        }
    }
}
