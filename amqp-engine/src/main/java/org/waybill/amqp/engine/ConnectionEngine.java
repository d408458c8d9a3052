package org.waybill.amqp.engine;

import java.nio.ByteBuffer;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.security.SaslCode;
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
    private ConnectionEngine() {}

    /** The accepting end: waits for the peer's protocol header. */
    public static ConnectionEngine server(
            Codec codec, Limits limits, Output output, SaslServer sasl, ConnectionListener listener) {
        throw new UnsupportedOperationException();
    }

    /**
     * The initiating end: writes its protocol header at once.
     *
     * @param sasl null to go without SASL
     */
    public static ConnectionEngine client(
            Codec codec, Limits limits, Output output, @Nullable SaslClient sasl, ConnectionListener listener) {
        throw new UnsupportedOperationException();
    }

    /**
     * Takes a chunk of input, all of it, unless the connection is over, in which case the rest is left. The buffer is the host's
     * again when this returns.
     */
    public void receive(ByteBuffer input) {
        throw new UnsupportedOperationException();
    }

    /** Writes out what was held back to be merged. */
    public void flush() {
        throw new UnsupportedOperationException();
    }

    /**
     * Minds idle-time-outs both ways: sends an empty frame, or ends the connection with {@code amqp:resource-limit-exceeded}.
     *
     * @param nowNs any monotonic clock's reading, the same clock each time
     * @return nanoseconds after which this is to be called again, at most; {@link Long#MAX_VALUE} if it need not be, until the peer's
     *     open comes. Calling it before the connection is open starts the clocks
     */
    public long tick(long nowNs) {
        throw new UnsupportedOperationException();
    }

    /** The peer will send no more (end of stream, or a broken socket). */
    public void inputClosed() {
        throw new UnsupportedOperationException();
    }

    /** Ends the connection at once without a further word to the peer; listeners are told. */
    public void abort(@Nullable ErrorCondition error) {
        throw new UnsupportedOperationException();
    }

    // --- SASL

    /** Server: asks the client for more. */
    public void saslChallenge(byte[] challenge) {
        throw new UnsupportedOperationException();
    }

    /** Server: decides. Anything but {@code OK} also ends the connection. */
    public void saslOutcome(SaslCode code, byte @Nullable [] additionalData) {
        throw new UnsupportedOperationException();
    }

    /** Client: chooses a mechanism. */
    public void saslInit(Symbol mechanism, byte @Nullable [] response, @Nullable String hostname) {
        throw new UnsupportedOperationException();
    }

    /** Client: answers a challenge. */
    public void saslResponse(byte[] response) {
        throw new UnsupportedOperationException();
    }

    // --- connection

    /**
     * Opens our side. Container id, host name, capabilities and properties are the caller's; max-frame-size, channel-max and
     * idle-time-out are set here by the limits. A client may open before SASL is done: the bytes follow it.
     */
    public void open(Open open) {
        throw new UnsupportedOperationException();
    }

    /**
     * Closes our side, opening it first if need be. Sessions and links are over at once ({@code onLost}, {@code onEnd}); {@link
     * ConnectionListener#onClosed} comes when the peer has closed too, or its input ends. Does nothing if closed already.
     */
    public void close(@Nullable ErrorCondition error) {
        throw new UnsupportedOperationException();
    }

    /** Makes a session of ours; {@link SessionEngine#begin} begins it. Throws if channel-max leaves no channel. */
    public SessionEngine session(SessionListener listener) {
        throw new UnsupportedOperationException();
    }

    /** The peer's open, or null before it came. */
    public @Nullable Open remoteOpen() {
        throw new UnsupportedOperationException();
    }

    /** Whether both sides have opened and neither has closed. */
    public boolean isOpen() {
        throw new UnsupportedOperationException();
    }

    /** Whether it is all over: {@link ConnectionListener#onClosed} was or is being called. */
    public boolean isClosed() {
        throw new UnsupportedOperationException();
    }

    /** How many sessions the peer began in all; churn is the host's to limit. */
    public long sessionsBegun() {
        throw new UnsupportedOperationException();
    }

    /** The largest frame that we may send: the peer's max-frame-size. */
    public int remoteMaxFrameBytes() {
        throw new UnsupportedOperationException();
    }

    /** The limits it was made with. */
    public Limits limits() {
        throw new UnsupportedOperationException();
    }

    /** The host's own object for this connection, or null. */
    public @Nullable Object attachment() {
        throw new UnsupportedOperationException();
    }

    /** Keeps an object of the host's with this connection. */
    public void attachment(@Nullable Object attachment) {
        throw new UnsupportedOperationException();
    }
}
