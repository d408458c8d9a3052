package org.waybill.amqp.engine;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedShort;
import org.apache.qpid.proton.amqp.security.SaslCode;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Open;
import org.jspecify.annotations.Nullable;

/**
 * One end of one AMQP 1.0 connection. See the package for what it is and who calls it.
 *
 * <p>Output is complete after {@link #flush}: dispositions are held back to be merged into ranges, so whoever called anything here
 * from outside a listener calls that before sending what is in the {@link Output}. {@link #receive} and {@link #tick} do it
 * themselves.
 *
 * <p>No input makes this class throw. Calls of the host that make no sense (sending without credit, opening twice) throw {@link
 * IllegalStateException}; calls on what has ended meanwhile are ignored, because the host cannot know yet.
 */
public final class ConnectionEngine {
    private final Codec codec;
    private final Limits limits;
    private final Output output;
    private final ConnectionListener listener;
    private final Intake intake = new Intake(this);
    private final IdleClock clock;
    private final Dispositions dispositions;
    private final IncomingTransfer transfer = new IncomingTransfer();
    private final IntMap<SessionEngine> byLocalChannel = new IntMap<>();
    private final IntMap<SessionEngine> byRemoteChannel = new IntMap<>();
    private @Nullable Handshake handshake;
    private @Nullable Open remoteOpen;
    private @Nullable Object attachment;
    private int remoteMaxFrameBytes = Limits.MIN_MAX_FRAME_BYTES;
    private @Nullable List<SenderLink> heldFlows;
    private long sessionsBegun;
    private int links;
    private boolean openSent;
    private boolean closeSent;
    private boolean closed;

    private ConnectionEngine(
            Codec codec,
            Limits limits,
            Output output,
            @Nullable SaslServer server,
            @Nullable SaslClient client,
            ConnectionListener listener) {
        this.codec = codec;
        this.limits = limits;
        this.output = output;
        this.listener = listener;
        this.clock = new IdleClock(limits.idleTimeoutMs());
        this.dispositions = new Dispositions(codec);
        this.handshake = new Handshake(this, server, client, output);
    }

    /** The accepting end: waits for the peer's protocol header. */
    public static ConnectionEngine server(
            Codec codec, Limits limits, Output output, SaslServer sasl, ConnectionListener listener) {
        return new ConnectionEngine(codec, limits, output, sasl, null, listener);
    }

    /**
     * The initiating end: writes its protocol header at once.
     *
     * @param sasl null to go without SASL
     */
    public static ConnectionEngine client(
            Codec codec, Limits limits, Output output, @Nullable SaslClient sasl, ConnectionListener listener) {
        ConnectionEngine engine = new ConnectionEngine(codec, limits, output, null, sasl, listener);
        engine.shaking().start();
        return engine;
    }

    /**
     * Takes a chunk of input, all of it, unless the connection is over, in which case the rest is left. The buffer is the host's
     * again when this returns.
     */
    public void receive(ByteBuffer input) {
        if (closed) {
            return;
        }
        clock.heard();
        intake.take(input);
        flush();
    }

    /** Writes out what was held back to be merged, and tells what was held back until the host had answered. */
    public void flush() {
        while (heldFlows != null) {
            List<SenderLink> held = heldFlows;
            heldFlows = null;
            held.forEach(SenderLink::tellHeldFlow);
        }
        if (!closed) {
            dispositions.flush();
        }
    }

    /**
     * Minds idle-time-outs both ways: sends an empty frame, or ends the connection with {@code amqp:resource-limit-exceeded}.
     *
     * @param nowNs any monotonic clock's reading, the same clock each time
     * @return nanoseconds after which this is to be called again, at most; {@link Long#MAX_VALUE} if it need not be, until the peer's
     *     open comes. Calling it before the connection is open starts the clocks
     */
    public long tick(long nowNs) {
        if (closed) {
            return Long.MAX_VALUE;
        }
        clock.advance(nowNs);
        if (clock.isPeerSilent(nowNs)) {
            fail(Conditions.error(Conditions.RESOURCE_LIMIT_EXCEEDED, "nothing heard for the idle-time-out"));
            return Long.MAX_VALUE;
        }
        if (openSent && clock.owesHeartbeat(nowNs)) {
            codec.out.heartbeat(amqpOutput());
        }
        byLocalChannel.forEach(SessionEngine::trim);
        flush();
        return clock.interval();
    }

    /** The peer will send no more (end of stream, or a broken socket). */
    public void inputClosed() {
        if (!closed) {
            terminate(closeSent ? null : Conditions.error(Conditions.CONNECTION_FORCED, "the peer went away"));
        }
    }

    /** Ends the connection at once without a further word to the peer; listeners are told. */
    public void abort(@Nullable ErrorCondition error) {
        if (!closed) {
            terminate(error);
        }
    }

    // --- SASL

    /** Server: asks the client for more. Input that waited is taken now. */
    public void saslChallenge(byte[] challenge) {
        if (!closed) {
            shaking().challenge(challenge);
            intake.resume();
        }
    }

    /** Server: decides. Anything but {@code OK} also ends the connection. Input that waited is taken now. */
    public void saslOutcome(SaslCode code, byte @Nullable [] additionalData) {
        if (closed) {
            return;
        }
        shaking().outcome(code, additionalData);
        if (code == SaslCode.OK) {
            intake.resume();
        } else {
            terminate(Conditions.error(Conditions.UNAUTHORIZED_ACCESS, "authentication failed"));
        }
    }

    /** Client: chooses a mechanism. */
    public void saslInit(Symbol mechanism, byte @Nullable [] response, @Nullable String hostname) {
        if (!closed) {
            shaking().init(mechanism, response, hostname);
            intake.resume();
        }
    }

    /** Client: answers a challenge. */
    public void saslResponse(byte[] response) {
        if (!closed) {
            shaking().response(response);
            intake.resume();
        }
    }

    // --- connection

    /**
     * Opens our side. Container id, host name, capabilities and properties are the caller's; max-frame-size, channel-max and
     * idle-time-out are set here by the limits. A client may open before SASL is done: the bytes follow it.
     */
    public void open(Open open) {
        if (closed) {
            return;
        }
        if (openSent) {
            throw new IllegalStateException("open already");
        }
        open.setMaxFrameSize(UnsignedInteger.valueOf(limits.maxFrameBytes()));
        open.setChannelMax(UnsignedShort.valueOf((short) limits.channelMax()));
        open.setIdleTimeOut(
                limits.idleTimeoutMs() == 0
                        ? null
                        : UnsignedInteger.valueOf(Math.max(1, Math.min(limits.idleTimeoutMs() / 2, 0xFFFFFFFFL))));
        openSent = true;
        send(0, open);
    }

    /**
     * Closes our side, opening it first if need be. Sessions and links are over at once ({@code onLost}, {@code onEnd}); {@link
     * ConnectionListener#onClosed} comes when the peer has closed too, or its input ends. Does nothing if closed already.
     */
    public void close(@Nullable ErrorCondition error) {
        if (closed || closeSent) {
            return;
        }
        sendClose(error);
        endSessions(error);
    }

    /** Makes a session of ours; {@link SessionEngine#begin} begins it. Throws if channel-max leaves no channel. */
    public SessionEngine session(SessionListener sessionListener) {
        SessionEngine session = newSession();
        if (session == null) {
            throw new IllegalStateException("no channel left");
        }
        session.listener(sessionListener);
        return session;
    }

    /** The peer's open, or null before it came. */
    public @Nullable Open remoteOpen() {
        return remoteOpen;
    }

    /** Whether both sides have opened and neither has closed. */
    public boolean isOpen() {
        return openSent && remoteOpen != null && !closeSent && !closed;
    }

    /** Whether it is all over: {@link ConnectionListener#onClosed} was or is being called. */
    public boolean isClosed() {
        return closed;
    }

    /** How many sessions the peer began in all; churn is the host's to limit. */
    public long sessionsBegun() {
        return sessionsBegun;
    }

    /** The largest frame that we may send: the peer's max-frame-size. */
    public int remoteMaxFrameBytes() {
        return remoteMaxFrameBytes;
    }

    /** The limits it was made with. */
    public Limits limits() {
        return limits;
    }

    /** The host's own object for this connection, or null. */
    public @Nullable Object attachment() {
        return attachment;
    }

    /** Keeps an object of the host's with this connection. */
    public void attachment(@Nullable Object attached) {
        attachment = attached;
    }

    // --- for sessions

    Codec codec() {
        return codec;
    }

    IncomingTransfer transfer() {
        return transfer;
    }

    /** The handshake, or null once AMQP frames are what comes. */
    @Nullable
    Handshake handshake() {
        return handshake;
    }

    void handshakeDone() {
        handshake = null;
    }

    /** Whether we have closed and only the peer's close is of interest. */
    boolean isClosing() {
        return closeSent;
    }

    Dispositions dispositions() {
        return dispositions;
    }

    /** Whether frames can still be sent. */
    boolean isSending() {
        return !closed && !closeSent;
    }

    /** Where frames go; whoever asks is about to write. */
    Output amqpOutput() {
        clock.said();
        return handshake == null ? output : handshake.amqpOutput();
    }

    /** Sends any performative but the hot ones. */
    void send(int channel, Object performative) {
        dispositions.flush();
        int max = remoteOpen == null ? Integer.MAX_VALUE : remoteMaxFrameBytes;
        codec.out.frame(amqpOutput(), 0, channel, performative, max);
    }

    boolean hasRoomForLink() {
        return links < limits.maxLinks();
    }

    void addLink() {
        links++;
    }

    void removeLink() {
        links--;
    }

    void mapRemote(int channel, SessionEngine session) {
        byRemoteChannel.put(channel, session);
    }

    void unmap(SessionEngine session, int remoteChannel) {
        byLocalChannel.remove(session.localChannel());
        byRemoteChannel.remove(remoteChannel);
    }

    /** Has {@link #flush} tell a flow that came before its link's host had attached. */
    void tellLater(SenderLink link) {
        if (heldFlows == null) {
            heldFlows = new ArrayList<>();
        }
        heldFlows.add(link);
    }

    // --- input

    /** Takes a performative that is not one of the hot ones. */
    void performative(Object performative, int channel) {
        if (performative instanceof Open open) {
            remoteOpened(open);
            return;
        }
        expectOpen();
        if (performative instanceof Close close) {
            remoteClosed(close.getError());
        } else if (performative instanceof Begin begin) {
            remoteBegan(begin, channel);
        } else {
            session(channel).performative(performative);
        }
    }

    void expectOpen() {
        if (remoteOpen == null) {
            throw Breach.state("a frame before open");
        }
    }

    SessionEngine session(int channel) {
        SessionEngine session = byRemoteChannel.get(channel);
        if (session == null) {
            throw Breach.state("a frame on channel " + channel + ", where no session is");
        }
        return session;
    }

    private void remoteOpened(Open open) {
        if (remoteOpen != null) {
            throw Breach.state("a second open");
        }
        UnsignedInteger size = open.getMaxFrameSize();
        long max = size == null ? 0xFFFFFFFFL : size.longValue();
        if (max < Limits.MIN_MAX_FRAME_BYTES) {
            throw new Breach(Conditions.INVALID_FIELD, "a max-frame-size below 512");
        }
        remoteMaxFrameBytes = (int) Math.min(max, Integer.MAX_VALUE);
        UnsignedInteger idle = open.getIdleTimeOut();
        clock.peer(idle == null ? 0 : idle.longValue());
        remoteOpen = open;
        listener.onOpen(this, open);
    }

    private void remoteClosed(@Nullable ErrorCondition error) {
        listener.onClose(this, error);
        if (closed) {
            return;
        }
        if (!closeSent) {
            sendClose(null);
        }
        terminate(error);
    }

    private void remoteBegan(Begin begin, int channel) {
        if (byRemoteChannel.get(channel) != null) {
            throw Breach.state("a begin on channel " + channel + ", which is in use");
        }
        UnsignedShort answered = begin.getRemoteChannel();
        if (answered != null) {
            SessionEngine session = byLocalChannel.get(answered.intValue());
            if (session == null || session.remoteBegin() != null) {
                throw Breach.state("an answer to a begin that was not sent");
            }
            session.remoteBegan(begin, channel);
            return;
        }
        sessionsBegun++;
        SessionEngine session = newSession();
        if (session == null) {
            throw new Breach(Conditions.NOT_ALLOWED, "no channel to answer a begin on");
        }
        session.remoteBegan(begin, channel);
        listener.onBegin(this, session);
        session.expectListener();
    }

    private @Nullable SessionEngine newSession() {
        int channel = byLocalChannel.firstFree();
        int max = remoteOpen == null ? limits.channelMax() : Math.min(limits.channelMax(), channelMax(remoteOpen));
        if (channel > max) {
            return null;
        }
        SessionEngine session = new SessionEngine(this, channel);
        byLocalChannel.put(channel, session);
        return session;
    }

    private static int channelMax(Open open) {
        UnsignedShort max = open.getChannelMax();
        return max == null ? 0xFFFF : max.intValue();
    }

    // --- the end

    private void sendClose(@Nullable ErrorCondition error) {
        if (!openSent) {
            Open open = new Open();
            open.setContainerId("");
            open(open);
        }
        Close close = new Close();
        close.setError(error);
        send(0, close);
        closeSent = true;
    }

    void fail(ErrorCondition error) {
        if (closed) {
            return;
        }
        if (handshake != null) {
            handshake.showHeader();
        } else if (!closeSent) {
            sendClose(error);
        }
        terminate(error);
    }

    private void terminate(@Nullable ErrorCondition error) {
        dispositions.flush();
        closed = true;
        endSessions(error);
        listener.onClosed(this, error);
    }

    private void endSessions(@Nullable ErrorCondition error) {
        byLocalChannel.forEach(session -> session.over(error));
    }

    private Handshake shaking() {
        if (handshake == null) {
            throw new IllegalStateException("SASL is done");
        }
        return handshake;
    }
}
