package org.waybill.jms.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.security.SaslCode;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Open;
import org.waybill.amqp.engine.ByteArrayOutput;
import org.waybill.amqp.engine.Codec;
import org.waybill.amqp.engine.Conditions;
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
 * A broker for one connection after another, on a thread of its own, with queues in memory. What a test wants otherwise it
 * overrides; each method runs on that thread.
 */
class SmallBroker implements AutoCloseable, ConnectionListener, SessionListener, SaslServer {
    static final String USER = "alice";
    static final String PASSWORD = "secret";

    /** Counted down by each heartbeat that came. */
    final CountDownLatch heartbeats = new CountDownLatch(3);
    /** Counted down when a client's socket has reached its end. */
    final CountDownLatch clientGone = new CountDownLatch(1);
    /** The outcomes of what was sent to receivers, in order. */
    final List<DeliveryState> outcomes = new ArrayList<>();

    final Map<String, ArrayDeque<byte[]>> queues = new HashMap<>();
    final Map<String, SenderLink> consumers = new HashMap<>();
    final List<Attach> attaches = new ArrayList<>();

    private final ServerSocket listening;
    private final Thread thread;
    private final Limits limits;
    private volatile Socket socket;
    private int temporaryQueues;
    private long nextToken;

    SmallBroker() throws IOException {
        this(new ServerSocket(0, 5, InetAddress.getLoopbackAddress()), Limits.DEFAULT);
    }

    SmallBroker(ServerSocket listening, Limits limits) {
        this.listening = listening;
        this.limits = limits;
        this.thread = new Thread(this::serve, "small broker");
        thread.start();
    }

    ClientOptions options() {
        return ClientOptions.to(listening.getInetAddress().getHostAddress(), listening.getLocalPort())
                .withTimeoutMs(20_000);
    }

    ClientConnection open() {
        return ClientConnection.open(options());
    }

    /** The socket of the client that is served; for the broker's own thread. */
    Socket socket() {
        return socket;
    }

    /** Cuts the client off without a word. */
    void cut() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        if (socket != null) {
            socket.close();
        }
        try {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void serve() {
        while (!listening.isClosed()) {
            try (Socket accepted = listening.accept()) {
                socket = accepted;
                accepted.setTcpNoDelay(true);
                serve(accepted);
            } catch (IOException e) {
                // The client or the test has closed it.
            } finally {
                clientGone.countDown();
            }
        }
    }

    private void serve(Socket accepted) throws IOException {
        ByteArrayOutput output = new ByteArrayOutput(1024);
        ConnectionEngine engine = ConnectionEngine.server(new Codec(), limits, output, this, this);
        InputStream in = accepted.getInputStream();
        byte[] buffer = new byte[4096];
        while (true) {
            long nextMs = TimeUnit.NANOSECONDS.toMillis(engine.tick(System.nanoTime()));
            write(accepted.getOutputStream(), Arrays.copyOf(output.array(), output.size()));
            output.clear();
            if (engine.isClosed()) {
                return;
            }
            accepted.setSoTimeout(nextMs > Integer.MAX_VALUE ? 0 : (int) Math.max(1, nextMs));
            int count;
            try {
                count = in.read(buffer);
            } catch (SocketTimeoutException e) {
                continue;
            }
            if (count < 0) {
                engine.inputClosed();
                return;
            }
            if (count == 8 && buffer[3] == 8) {
                heartbeats.countDown();
            }
            engine.receive(ByteBuffer.wrap(buffer, 0, count));
            engine.flush();
        }
    }

    void write(OutputStream out, byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    // --- SASL

    @Override
    public List<Symbol> mechanisms() {
        return List.of(Symbol.valueOf("PLAIN"), Symbol.valueOf("ANONYMOUS"));
    }

    @Override
    public void onInit(ConnectionEngine connection, Symbol mechanism, byte[] response, String hostname) {
        boolean known = mechanism.toString().equals("ANONYMOUS")
                || Arrays.equals(
                        response, ('\0' + USER + '\0' + PASSWORD).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        connection.saslOutcome(known ? SaslCode.OK : SaslCode.AUTH, null);
    }

    @Override
    public void onResponse(ConnectionEngine connection, byte[] response) {
        connection.saslOutcome(SaslCode.AUTH, null);
    }

    // --- connection and session

    @Override
    public void onOpen(ConnectionEngine connection, Open open) {
        Open answer = new Open();
        answer.setContainerId("small");
        connection.open(answer);
    }

    @Override
    public void onBegin(ConnectionEngine connection, SessionEngine session) {
        session.listener(this);
        session.begin();
    }

    @Override
    public void onClose(ConnectionEngine connection, ErrorCondition error) {}

    @Override
    public void onClosed(ConnectionEngine connection, ErrorCondition error) {}

    @Override
    public void onEnd(SessionEngine session, ErrorCondition error) {}

    // --- links

    ArrayDeque<byte[]> queue(String address) {
        return queues.computeIfAbsent(address, name -> new ArrayDeque<>());
    }

    /** Whether to refuse a link. */
    boolean isRefused(String address) {
        return "missing".equals(address);
    }

    /** What a message sent here gets as its outcome; null for none yet. */
    DeliveryState outcome(byte[] message) {
        return Accepted.getInstance();
    }

    /** Credit for a new sender of the client's. */
    int credit() {
        return 100;
    }

    @Override
    public void onReceiver(SessionEngine session, ReceiverLink link) {
        Attach theirs = link.remoteAttach();
        attaches.add(theirs);
        Target target = (Target) theirs.getTarget();
        link.listener(new Incoming(target.getAddress()));
        if (isRefused(target.getAddress())) {
            link.refuse(Conditions.error(Conditions.NOT_FOUND, "there is no such address"));
            return;
        }
        Attach answer = new Attach();
        answer.setSource(theirs.getSource());
        answer.setTarget(target);
        link.attach(answer);
        link.grantCredit(credit());
    }

    @Override
    public void onSender(SessionEngine session, SenderLink link) {
        Attach theirs = link.remoteAttach();
        attaches.add(theirs);
        Source source = (Source) theirs.getSource();
        if (source.getDynamic()) {
            source.setAddress("temporary-" + ++temporaryQueues);
        }
        link.listener(new Outgoing(source.getAddress()));
        if (isRefused(source.getAddress())) {
            link.refuse(Conditions.error(Conditions.NOT_FOUND, "there is no such address"));
            return;
        }
        Attach answer = new Attach();
        answer.setSource(source);
        answer.setTarget(theirs.getTarget());
        link.attach(answer);
        consumers.put(source.getAddress(), link);
    }

    /** Sends what a queue has, as far as the credit goes. */
    void deliver(String address) {
        SenderLink link = consumers.get(address);
        while (link != null && link.credit() > 0 && !queue(address).isEmpty()) {
            byte[] message = queue(address).poll();
            link.send(nextToken++, null, 0, false, null, null, 0, 0, message, 0, message.length);
        }
    }

    private final class Incoming implements ReceiverListener {
        private final DeliveryAssembly assembly = new DeliveryAssembly();
        private final String address;

        Incoming(String address) {
            this.address = address;
        }

        @Override
        public void onTransfer(ReceiverLink link, IncomingTransfer transfer, ByteBuffer payload) {
            byte[] message = assembly.add(transfer, payload);
            if (message == null) {
                return;
            }
            DeliveryState outcome = outcome(message);
            if (outcome != null) {
                link.disposition(transfer.deliveryId(), transfer.deliveryId(), true, outcome);
                if (outcome instanceof Accepted) {
                    String to = address == null ? MessageCodec.decode(message).getAddress() : address;
                    queue(to).add(message);
                    deliver(to);
                }
            }
            if (link.credit() == 0 && credit() > 0) {
                link.grantCredit(credit());
            }
        }

        @Override
        public void onDetach(ReceiverLink link, boolean closed, ErrorCondition error) {}

        @Override
        public void onLost(ReceiverLink link, ErrorCondition error) {}
    }

    private final class Outgoing implements SenderListener {
        private final String address;

        Outgoing(String address) {
            this.address = address;
        }

        @Override
        public void onFlow(SenderLink link, boolean drain, boolean echo, Map<Symbol, Object> properties) {
            deliver(address);
            if (drain) {
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
                DeliveryState state) {
            for (long id = firstId; id <= lastId; id++) {
                outcomes.add(state);
            }
        }

        @Override
        public void onDetach(SenderLink link, boolean closed, ErrorCondition error) {
            consumers.remove(address, link);
        }

        @Override
        public void onLost(SenderLink link, ErrorCondition error) {
            consumers.remove(address, link);
        }
    }
}
