package org.waybill.benchmarks.amqp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One AMQP 1.0 connection with one session on channel 0: windows, link handles, and the performatives in both
 * directions. What is done with them is the {@link Role}'s. Confined to the loop's thread; nothing is written to the
 * socket before {@link #flush()}.
 */
public final class Connection {
    private static final int MAX_FRAME_BYTES = 128 << 10;

    /** Frame header and transfer performative as {@link #sendMessage} writes them. */
    public static final int TRANSFER_BYTES = 32;

    private static final int IDLE_TIMEOUT_MS = 120_000;
    private static final long WIDE_WINDOW = 0x7fffffffL;
    private static final byte[] HEARTBEAT = {0, 0, 0, 8, 2, 0, 0, 0};
    private static final int EMPTY_LIST = 0x45;

    private final Wire wire;
    private final Role role;
    private final String container;
    private final Encoder encoder = new Encoder();
    private final Decoder decoder = new Decoder();
    private final List<Link> links = new ArrayList<>();
    private final Map<String, Link> senders = new HashMap<>();
    private final Map<String, Link> receivers = new HashMap<>();
    private final List<Link> toAccept = new ArrayList<>();
    private @Nullable Link[] byPeerHandle = new @Nullable Link[8];
    private boolean opened;
    private boolean begun;
    private boolean closing;
    private boolean peerClosed;
    private long peerMaxFrameBytes = 512;
    private long peerWindow;
    private long nextOutgoing;
    private long nextIncoming;
    private long nextDeliveryId;

    Connection(EventLoop loop, SocketChannel channel, int bufferBytes, String container, Role role) throws IOException {
        this.role = role;
        this.container = container;
        wire = new Wire(this, loop, channel, bufferBytes);
    }

    Role role() {
        return role;
    }

    /** Whether the peer has opened the connection and begun the session. */
    public boolean ready() {
        return opened && begun;
    }

    public boolean closed() {
        return wire.closed();
    }

    /** Whether this side has asked to close, so that the peer's ends and detaches are no failures. */
    boolean closing() {
        return closing;
    }

    boolean peerClosed() {
        return peerClosed || wire.closed();
    }

    /** Largest frame the peer takes. */
    public long peerMaxFrameBytes() {
        return peerMaxFrameBytes;
    }

    /** Transfers the peer's session window has room for. */
    public long peerWindow() {
        return peerWindow;
    }

    List<Link> links() {
        return List.copyOf(links);
    }

    // ---- input, called by the wire

    void read() throws IOException {
        wire.read();
        for (int i = 0; i < toAccept.size(); i++) {
            toAccept.get(i).sendAccepted();
        }
        toAccept.clear();
        role.onBatchEnd(this);
    }

    void onHeader(int protocol) {
        role.onHeader(this, protocol);
    }

    void onFrame(byte[] in, int from, int to) throws IOException {
        decoder.at(in, from);
        int code = decoder.descriptor();
        switch (code) {
            case Codes.TRANSFER -> onTransfer(in, to);
            case Codes.DISPOSITION -> onDisposition(in);
            case Codes.FLOW -> onFlow();
            default -> onSetup(code, decoder.fields());
        }
    }

    private void onTransfer(byte[] in, int to) {
        decoder.enterList();
        int count = decoder.listCount();
        int payload = decoder.listEnd();
        long handle = decoder.number();
        long deliveryId = count > 1 ? decoder.number() : -1;
        skipFields(count, 2, 4);
        boolean settled = count > 4 && decoder.bool();
        boolean more = count > 5 && decoder.bool();
        nextIncoming = nextIncoming + 1 & 0xffffffffL;
        Link link = byPeerHandle(handle);
        if (link != null) {
            link.onTransfer(deliveryId, settled, more, in, payload, to);
        }
    }

    private void onDisposition(byte[] in) {
        decoder.enterList();
        int count = decoder.listCount();
        boolean fromReceiver = decoder.bool();
        long first = decoder.number();
        long last = count > 2 ? decoder.number() : -1;
        boolean settled = count > 3 && decoder.bool();
        boolean hasState = count > 4 && decoder.position() < decoder.listEnd() && in[decoder.position()] == 0;
        int state = hasState ? decoder.descriptor() : 0;
        if (state == Codes.DECLARED) {
            decoder.enterList();
            role.onDeclared(this, first, decoder.binary());
        } else if (fromReceiver) {
            role.onDisposition(this, first, last < 0 ? first : last, settled, state);
        }
    }

    private void onFlow() {
        decoder.enterList();
        int count = decoder.listCount();
        long peerNextIncoming = decoder.number();
        long window = decoder.number();
        skipFields(count, 2, 4);
        long handle = count > 4 ? decoder.number() : -1;
        long deliveryCount = count > 5 ? decoder.number() : -1;
        long credit = count > 6 ? decoder.number() : -1;
        skipFields(count, 7, 9);
        boolean echo = count > 9 && decoder.bool();
        long expected = peerNextIncoming < 0 ? 0 : peerNextIncoming;
        // the difference of two serial numbers is signed 32-bit, the window may be a full unsigned one
        peerWindow = window - (int) (nextOutgoing - expected);
        Link link = handle < 0 ? null : byPeerHandle(handle);
        if (link != null && link.sender() && credit >= 0) {
            link.peerGranted(Math.max(0, deliveryCount), credit);
        }
        if (echo && handle < 0) {
            sendFlow(null);
        }
    }

    private void skipFields(int count, int from, int to) {
        for (int i = from; i < to && i < count; i++) {
            decoder.skip();
        }
    }

    private void onSetup(int code, List<@Nullable Object> fields) throws IOException {
        switch (code) {
            case Codes.OPEN -> {
                opened = true;
                Object max = field(fields, 2);
                peerMaxFrameBytes = Math.min(max instanceof Long bytes ? bytes : 1 << 20, 1 << 20);
            }
            case Codes.BEGIN -> {
                begun = true;
                nextIncoming = number(fields, 1);
                peerWindow = number(fields, 2);
            }
            case Codes.END -> begun = false;
            case Codes.CLOSE -> peerClosed = true;
            default -> {}
        }
        role.onSetup(this, code, fields);
    }

    // ---- link tables

    private @Nullable Link byPeerHandle(long handle) {
        return handle >= 0 && handle < byPeerHandle.length ? byPeerHandle[(int) handle] : null;
    }

    private void map(long peerHandle, Link link) {
        if (peerHandle >= byPeerHandle.length) {
            byPeerHandle = Arrays.copyOf(byPeerHandle, Math.max((int) peerHandle + 1, byPeerHandle.length * 2));
        }
        byPeerHandle[(int) peerHandle] = link;
    }

    /** Client: the peer has answered an attach of ours. */
    void linkAnswered(List<@Nullable Object> attach) {
        boolean peerReceives = Boolean.TRUE.equals(field(attach, 2));
        Link link = (peerReceives ? senders : receivers).get(String.valueOf(field(attach, 0)));
        if (link != null) {
            map(number(attach, 1), link);
            link.peerAttached(field(attach, 9) == null ? 0 : number(attach, 9));
        }
    }

    /** The link that a detach is about, marked as detached; null when it is unknown. */
    @Nullable
    Link linkDetached(List<@Nullable Object> detach) {
        Link link = byPeerHandle(number(detach, 0));
        if (link != null) {
            link.noteDetached();
        }
        return link;
    }

    /** Whether a detach answers one of ours. */
    boolean detachAnswered(List<@Nullable Object> detach) {
        Link link = byPeerHandle(number(detach, 0));
        if (link == null || !link.detached()) {
            return false;
        }
        link.noteGone();
        return true;
    }

    private Link newLink(String name, boolean sender, LinkListener listener) {
        int handle = 0;
        while (handle < links.size() && !links.get(handle).gone()) {
            handle++;
        }
        Link link = new Link(this, name, handle, sender, listener);
        if (handle == links.size()) {
            links.add(link);
        } else {
            links.set(handle, link);
        }
        (sender ? senders : receivers).put(name, link);
        return link;
    }

    void acceptAtBatchEnd(Link link) {
        toAccept.add(link);
    }

    // ---- output

    /** Bytes written and not yet taken by the socket. */
    public int pendingBytes() {
        return wire.pendingBytes();
    }

    void flush() throws IOException {
        wire.flush();
    }

    void close() {
        wire.close();
    }

    void expectHeader() {
        wire.expectHeader();
    }

    void put(byte[] bytes) {
        wire.room(bytes.length).put(bytes);
    }

    private void put(Encoder frame) {
        wire.room(frame.size()).put(frame.array(), 0, frame.size());
    }

    /**
     * Sends a whole message, unsettled, in one frame, and uses one credit of the link. The caller has looked at the
     * credit, at {@link #peerWindow()} and at {@link #peerMaxFrameBytes()}.
     *
     * @return the delivery id
     */
    public long sendMessage(Link link, byte[] message) {
        long deliveryId = begunDelivery(link);
        ByteBuffer out = wire.room(TRANSFER_BYTES + message.length);
        // frame header: size, data offset 2, type AMQP, channel 0
        out.putInt(TRANSFER_BYTES + message.length).putInt(0x02000000);
        out.put((byte) 0).put((byte) 0x53).put((byte) Codes.TRANSFER);
        // list of 19 bytes, 5 fields: handle, delivery-id, delivery-tag, message-format, settled
        out.put((byte) 0xc0).put((byte) 19).put((byte) 5);
        putDelivery(out, link, deliveryId);
        out.put(message);
        return deliveryId;
    }

    /**
     * As {@link #sendMessage(Link, byte[])}, in a transaction.
     *
     * @param transaction the id the coordinator gave it, at most 32 bytes
     */
    public long sendMessage(Link link, byte[] message, byte[] transaction) {
        long deliveryId = begunDelivery(link);
        int state = 8 + transaction.length;
        ByteBuffer out = wire.room(TRANSFER_BYTES + 2 + state + message.length);
        out.putInt(TRANSFER_BYTES + 2 + state + message.length).putInt(0x02000000);
        out.put((byte) 0).put((byte) 0x53).put((byte) Codes.TRANSFER);
        // as below, and three fields more: more and rcv-settle-mode are null, then the state
        out.put((byte) 0xc0).put((byte) (21 + state)).put((byte) 8);
        putDelivery(out, link, deliveryId);
        out.put((byte) 0x40).put((byte) 0x40);
        out.put((byte) 0).put((byte) 0x53).put((byte) Codes.TRANSACTIONAL_STATE);
        out.put((byte) 0xc0).put((byte) (3 + transaction.length)).put((byte) 1);
        out.put((byte) 0xa0).put((byte) transaction.length).put(transaction).put(message);
        return deliveryId;
    }

    private long begunDelivery(Link link) {
        long deliveryId = nextDeliveryId;
        nextDeliveryId = nextDeliveryId + 1 & 0xffffffffL;
        nextOutgoing = nextOutgoing + 1 & 0xffffffffL;
        peerWindow--;
        link.useCredit();
        return deliveryId;
    }

    private static void putDelivery(ByteBuffer out, Link link, long deliveryId) {
        out.put((byte) 0x70).putInt(link.handle()).put((byte) 0x70).putInt((int) deliveryId);
        out.put((byte) 0xa0).put((byte) 4).putInt((int) deliveryId);
        out.put((byte) 0x43).put((byte) 0x42);
    }

    void sendHeartbeat() {
        if (opened && !closed()) {
            put(HEARTBEAT);
        }
    }

    void sendOpen() {
        sendPerformative(Codes.OPEN, 5, e -> e.string(container)
                .string("localhost")
                .uint(MAX_FRAME_BYTES)
                .ushort(255)
                .uint(IDLE_TIMEOUT_MS));
    }

    void sendBegin(boolean answer) {
        sendPerformative(Codes.BEGIN, 5, e -> (answer ? e.ushort(0) : e.nothing())
                .uint(0)
                .uint(WIDE_WINDOW)
                .uint(WIDE_WINDOW)
                .uint(65535));
    }

    /** Asks to close, or answers the peer's close. */
    void sendClose() {
        closing = true;
        sendPerformative(Codes.CLOSE, 0, e -> e);
    }

    void sendEnd() {
        sendPerformative(Codes.END, 0, e -> e);
    }

    /** Closes a link of ours. */
    public void detach(Link link) {
        link.noteDetached();
        sendDetach(link);
    }

    void sendDetach(Link link) {
        sendPerformative(Codes.DETACH, 2, e -> e.uint(link.handle()).bool(true));
    }

    void sendFlow(@Nullable Link link) {
        sendPerformative(Codes.FLOW, link == null ? 4 : 7, e -> {
            e.uint(nextIncoming).uint(WIDE_WINDOW).uint(nextOutgoing).uint(WIDE_WINDOW);
            return link == null
                    ? e
                    : e.uint(link.handle()).uint(link.deliveryCount()).uint(link.credit());
        });
    }

    /** Accepts and settles a range of deliveries, in the part of the receiver or of the sender. */
    void sendAccepted(boolean asReceiver, long first, long last) {
        sendPerformative(Codes.DISPOSITION, 5, e -> {
            e.bool(asReceiver).uint(first);
            return (last == first ? e.nothing() : e.uint(last))
                    .bool(true)
                    .descriptor(Codes.ACCEPTED)
                    .u8(EMPTY_LIST);
        });
    }

    /** Attaches a sending link to a node. */
    public Link attachSender(String name, Terminus target, LinkListener listener) {
        Link link = newLink(name, true, listener);
        sendAttach(link, e -> {
            SourceAndTarget.source(e, new Terminus("source-of-" + name, ""));
            SourceAndTarget.target(e, target.address(), target.capability());
        });
        return link;
    }

    /** Attaches a sending link to the coordinator of transactions. */
    public Link attachCoordinator(String name, LinkListener listener) {
        Link link = newLink(name, true, listener);
        sendAttach(link, e -> {
            SourceAndTarget.source(e, new Terminus("source-of-" + name, ""));
            SourceAndTarget.coordinator(e);
        });
        return link;
    }

    /** Attaches a receiving link to a node; it gets no credit yet. */
    public Link attachReceiver(String name, Terminus source, LinkListener listener) {
        Link link = newLink(name, false, listener);
        sendAttach(link, e -> {
            SourceAndTarget.source(e, source);
            SourceAndTarget.target(e, "target-of-" + name, "");
        });
        return link;
    }

    /** Server: answers the peer's attach with a link of ours. */
    Link answerAttach(List<@Nullable Object> attach, String address, LinkListener listener) {
        Link link = newLink(String.valueOf(field(attach, 0)), Boolean.TRUE.equals(field(attach, 2)), listener);
        map(number(attach, 1), link);
        link.peerAttached(field(attach, 9) == null ? 0 : number(attach, 9));
        sendAttach(link, e -> {
            SourceAndTarget.source(e, new Terminus(address, ""));
            SourceAndTarget.target(e, address, "");
        });
        return link;
    }

    private void sendAttach(Link link, Termini termini) {
        sendPerformative(Codes.ATTACH, 10, e -> {
            e.string(link.name())
                    .uint(link.handle())
                    .bool(!link.sender())
                    .ubyte(link.sender() ? 2 : 0)
                    .ubyte(0);
            termini.encode(e);
            return e.nothing().nothing().uint(0);
        });
    }

    private void sendPerformative(int code, int fields, Fields writer) {
        sendFrame(0, code, fields, writer);
    }

    void sendFrame(int type, int code, int fields, Fields writer) {
        Encoder e = encoder.reset();
        int frame = e.beginFrame(type);
        int list = e.descriptor(code).beginList();
        writer.write(e).endList(list, fields).endFrame(frame);
        put(e);
    }

    private static @Nullable Object field(List<@Nullable Object> fields, int index) {
        return index < fields.size() ? fields.get(index) : null;
    }

    private static long number(List<@Nullable Object> fields, int index) {
        if (field(fields, index) instanceof Long number) {
            return number;
        }
        throw new IllegalStateException("the peer left out field " + index + " of a performative");
    }

    /** Writes the fields of a performative. */
    interface Fields {
        Encoder write(Encoder encoder);
    }

    /** Writes source and target of an attach. */
    private interface Termini {
        void encode(Encoder encoder);
    }
}
