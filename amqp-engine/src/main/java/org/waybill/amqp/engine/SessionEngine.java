package org.waybill.amqp.engine;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedShort;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Role;
import org.jspecify.annotations.Nullable;

/**
 * One end of one session (part 2, section 2.5): its links, its windows counted in transfer frames both ways, its unsettled
 * deliveries.
 *
 * <p>The incoming window opens by itself as frames come in: what bounds memory is credit, and the limit on unsettled deliveries.
 */
public final class SessionEngine {
    private final ConnectionEngine connection;
    private final int localChannel;
    private final Deliveries deliveries;
    private final Outbox outbox;
    private final LinkTable links = new LinkTable();
    private @Nullable SessionListener listener;
    private @Nullable Begin remoteBegin;
    private @Nullable Object attachment;
    private int remoteChannel;
    private int nextIncomingId;
    private int incomingWindow;
    private boolean begun;
    private boolean endSent;
    private boolean over;

    SessionEngine(ConnectionEngine connection, int localChannel) {
        this.connection = connection;
        this.localChannel = localChannel;
        this.incomingWindow = connection.limits().incomingWindow();
        this.deliveries = new Deliveries(this);
        this.outbox = new Outbox(this, deliveries.outgoing());
    }

    /** Who is told; set before {@link ConnectionListener#onBegin} returns. */
    public void listener(SessionListener told) {
        listener = told;
    }

    /** Begins our session, or answers the peer's begin. */
    public void begin() {
        if (over || !connection.isSending()) {
            return;
        }
        if (begun) {
            throw new IllegalStateException("begun already");
        }
        Begin begin = new Begin();
        if (remoteBegin != null) {
            begin.setRemoteChannel(UnsignedShort.valueOf((short) remoteChannel));
        }
        begin.setNextOutgoingId(UnsignedInteger.valueOf(outbox.nextOutgoingId()));
        begin.setIncomingWindow(UnsignedInteger.valueOf(connection.limits().incomingWindow()));
        begin.setOutgoingWindow(UnsignedInteger.valueOf(Integer.MAX_VALUE));
        begin.setHandleMax(UnsignedInteger.valueOf(connection.limits().handleMax()));
        begun = true;
        send(begin);
    }

    /** Ends the session. Its links are lost and {@link SessionListener#onEnd} is called before this returns. */
    public void end(@Nullable ErrorCondition error) {
        if (over) {
            return;
        }
        if (begun || remoteBegin != null) {
            sendEnd(error);
        } else {
            connection.unmap(this, -1);
        }
        over(error);
    }

    /**
     * Makes a link of ours on which we send; {@link Link#attach} attaches it. Throws if handle-max leaves no handle, or a link of this
     * name and role is attached in this session.
     */
    public SenderLink sender(String name, SenderListener linkListener) {
        SenderLink link = new SenderLink(this, name, newHandle(name, Role.SENDER));
        link.listener(linkListener);
        add(link);
        return link;
    }

    /** Makes a link of ours on which we receive. Otherwise like {@link #sender}. */
    public ReceiverLink receiver(String name, ReceiverListener linkListener) {
        ReceiverLink link = new ReceiverLink(this, name, newHandle(name, Role.RECEIVER));
        link.listener(linkListener);
        add(link);
        return link;
    }

    /** The connection it belongs to. */
    public ConnectionEngine connection() {
        return connection;
    }

    /** The peer's begin, or null before it came. */
    public @Nullable Begin remoteBegin() {
        return remoteBegin;
    }

    /** The links that are not over yet, a copy. */
    public List<Link> links() {
        return links.live();
    }

    /** Whether {@link SessionListener#onEnd} was or is being called. */
    public boolean isEnded() {
        return over;
    }

    /** Transfer frames that may leave before the peer must open its window. */
    public int remoteIncomingWindow() {
        return outbox.window();
    }

    /** Whether sends wait for the peer's window. */
    public boolean isBlocked() {
        return outbox.isBlocked();
    }

    /** Deliveries sent and not settled yet. */
    public int outgoingUnsettled() {
        return deliveries.outgoing().live();
    }

    /** Deliveries received and not settled yet. */
    public int incomingUnsettled() {
        return deliveries.incomingLive();
    }

    /** The host's own object for this session, or null. */
    public @Nullable Object attachment() {
        return attachment;
    }

    /** Keeps an object of the host's with this session. */
    public void attachment(@Nullable Object attached) {
        attachment = attached;
    }

    // --- for links

    int localChannel() {
        return localChannel;
    }

    Deliveries deliveries() {
        return deliveries;
    }

    Outbox outbox() {
        return outbox;
    }

    /** How many more deliveries may be unsettled. */
    int outgoingRoom() {
        return Math.max(0, connection.limits().maxUnsettled() - outgoingUnsettled());
    }

    int maxOutgoingFrameBytes() {
        return Math.min(connection.remoteMaxFrameBytes(), connection.limits().maxFrameBytes());
    }

    void send(Object performative) {
        if (connection.isSending() && !endSent) {
            connection.send(localChannel, performative);
        }
    }

    /** Writes the session's state and, if there is one, a link's (2.7.4). */
    void writeFlow(@Nullable Link link, boolean drain, boolean echo, long available) {
        writeFlow(link, drain, echo, available, null);
    }

    void writeFlow(
            @Nullable Link link,
            boolean drain,
            boolean echo,
            long available,
            @Nullable Map<Symbol, Object> properties) {
        if (!connection.isSending() || endSent || !begun) {
            return;
        }
        connection.dispositions().flush();
        incomingWindow = connection.limits().incomingWindow();
        HotEncoder out = connection.codec().out;
        out.begin(HotDecoder.FLOW);
        if (remoteBegin == null) {
            out.none();
        } else {
            out.number(nextIncomingId);
        }
        out.number(incomingWindow);
        out.number(outbox.nextOutgoingId());
        out.number(Integer.MAX_VALUE);
        if (link != null) {
            link.flowSent = true;
            out.number(link.handle());
            if (link.remoteAttach() == null && link.role() == Role.RECEIVER) {
                out.none();
            } else {
                out.number(link.deliveryCount());
            }
            out.number(link.credit);
            if (available == HotDecoder.ABSENT) {
                out.none();
            } else {
                out.number((int) Math.min(available, 0xFFFFFFFFL));
            }
            out.flag(drain);
            out.flag(echo);
            if (properties != null) {
                out.value(properties);
            }
        }
        out.finish(connection.amqpOutput(), localChannel, 0);
    }

    /** Both sides have detached. */
    void gone(Link link) {
        if (links.remove(link)) {
            connection.removeLink();
        }
    }

    void fail(Symbol condition, String description) {
        end(Conditions.error(condition, description));
    }

    // --- for the connection

    void expectListener() {
        if (listener == null && !over) {
            throw new IllegalStateException("a session without a listener");
        }
    }

    void remoteBegan(Begin begin, int channel) {
        if (begin.getNextOutgoingId() == null || begin.getIncomingWindow() == null) {
            throw Breach.decode("a begin without its mandatory fields");
        }
        remoteBegin = begin;
        remoteChannel = channel;
        connection.mapRemote(channel, this);
        nextIncomingId = begin.getNextOutgoingId().intValue();
        outbox.window(outbox.nextOutgoingId(), begin.getIncomingWindow().longValue());
        if (begun && !over && listener != null) {
            listener.onBegin(this, begin);
        }
    }

    void performative(Object performative) {
        if (performative instanceof End end) {
            remoteEnded(end.getError());
        } else if (performative instanceof Attach attach) {
            remoteAttached(attach);
        } else if (performative instanceof Detach detach) {
            remoteDetached(detach);
        } else {
            throw Breach.decode("not a performative");
        }
    }

    void transfer(ByteBuffer in, int to) {
        if (over) {
            return;
        }
        if (incomingWindow <= 0) {
            fail(Conditions.WINDOW_VIOLATION, "a transfer beyond the session's incoming window");
            return;
        }
        incomingWindow--;
        nextIncomingId++;
        HotDecoder fields = connection.codec().hot;
        Link link = link(fields.handle);
        if (link == null) {
            return;
        }
        if (link.isOver()) {
            link.dropInput();
        } else if (link instanceof ReceiverLink receiver) {
            receiver.transfer(fields, in, to);
        } else {
            fail(Conditions.NOT_ALLOWED, "a transfer from a link's receiver");
        }
        if (!over && incomingWindow <= connection.limits().incomingWindow() / 2) {
            writeFlow(null, false, false, HotDecoder.ABSENT);
        }
    }

    void flow() {
        HotDecoder fields = connection.codec().hot;
        if (over) {
            return;
        }
        if (fields.incomingWindow == HotDecoder.ABSENT || fields.nextOutgoingId == HotDecoder.ABSENT) {
            throw Breach.decode("a flow without its mandatory fields");
        }
        long handle = fields.handle;
        long count = fields.deliveryCount;
        long credit = fields.linkCredit;
        long available = fields.available;
        boolean drain = fields.drain;
        boolean echo = fields.echo;
        Map<Symbol, Object> properties = fields.properties;
        int next = fields.nextIncomingId == HotDecoder.ABSENT ? 1 : (int) fields.nextIncomingId;
        outbox.window(next, fields.incomingWindow);
        if (outbox.resume() && !over && listener != null) {
            listener.onWindow(this);
        }
        if (over) {
            return;
        }
        if (handle == HotDecoder.ABSENT) {
            if (echo) {
                writeFlow(null, false, false, HotDecoder.ABSENT);
            }
            return;
        }
        Link link = link(handle);
        if (link == null || link.isOver()) {
            return;
        }
        if (link instanceof SenderLink sender) {
            sender.flow(count, credit, drain, echo, properties);
        } else if (link instanceof ReceiverLink receiver) {
            receiver.flow(count, available, drain, echo, properties);
        }
    }

    void disposition() {
        if (over) {
            return;
        }
        boolean full = outgoingRoom() == 0;
        deliveries.disposition(connection.codec().hot);
        if (full && !over && outgoingRoom() > 0 && listener != null) {
            listener.onWindow(this);
        }
    }

    /** Gives back the memory of a burst that is over. */
    void trim() {
        deliveries.trim();
    }

    /** Tells that it is all over, links first; only once. */
    void over(@Nullable ErrorCondition error) {
        if (over) {
            return;
        }
        over = true;
        outbox.clear();
        links.forEach(link -> {
            link.lose(error);
            gone(link);
        });
        if (listener != null) {
            listener.onEnd(this, error);
        }
    }

    // --- links

    private void remoteAttached(Attach attach) {
        if (over) {
            return;
        }
        String name = attach.getName();
        UnsignedInteger remoteHandle = attach.getHandle();
        Role remoteRole = attach.getRole();
        if (name == null || remoteHandle == null || remoteRole == null) {
            throw Breach.decode("an attach without its mandatory fields");
        }
        int handle = checkHandle(remoteHandle.longValue());
        if (links.remote(handle) != null) {
            fail(Conditions.HANDLE_IN_USE, "an attach on handle " + remoteHandle + ", which is in use");
            return;
        }
        Role role = remoteRole == Role.SENDER ? Role.RECEIVER : Role.SENDER;
        Link existing = links.named(role, name);
        if (existing != null && existing.remoteAttach() == null) {
            links.mapRemote(handle, existing);
            existing.remoteAttached(attach);
            return;
        }
        if (existing != null && !existing.isOver()) {
            existing.breach(Conditions.error(Conditions.STOLEN, "attached again"));
        }
        if (over) {
            return;
        }
        if (!connection.hasRoomForLink()) {
            fail(Conditions.RESOURCE_LIMIT_EXCEEDED, "too many links");
            return;
        }
        offer(name, role, handle, attach);
    }

    private void offer(String name, Role role, int handle, Attach attach) {
        int local = links.freeHandle();
        Link link = role == Role.SENDER ? new SenderLink(this, name, local) : new ReceiverLink(this, name, local);
        add(link);
        links.mapRemote(handle, link);
        link.remoteAttached(attach);
        if (listener == null) {
            throw new IllegalStateException("a session without a listener");
        }
        if (link instanceof SenderLink sender) {
            listener.onSender(this, sender);
        } else if (link instanceof ReceiverLink receiver) {
            listener.onReceiver(this, receiver);
        }
    }

    private void remoteDetached(Detach detach) {
        if (over) {
            return;
        }
        if (detach.getHandle() == null) {
            throw Breach.decode("a detach without its handle");
        }
        Link link = link(detach.getHandle().longValue());
        if (link != null) {
            links.unmapRemote(detach.getHandle().intValue());
            link.remoteDetached(detach.getClosed(), detach.getError());
        }
    }

    /** The link of a handle of the peer's; null if the session had to be ended because there is none. */
    private @Nullable Link link(long handle) {
        if (handle == HotDecoder.ABSENT) {
            throw Breach.decode("a frame without its handle");
        }
        Link link = links.remote(checkHandle(handle));
        if (link == null) {
            fail(Conditions.UNATTACHED_HANDLE, "handle " + handle + " is not attached");
        }
        return link;
    }

    private int checkHandle(long handle) {
        if (handle > connection.limits().handleMax()) {
            throw Breach.framing("a handle above handle-max");
        }
        return (int) handle;
    }

    private int newHandle(String name, Role role) {
        Link existing = links.named(role, name);
        if (existing != null && !existing.isOver()) {
            throw new IllegalStateException("a link of this name is there");
        }
        UnsignedInteger handleMax = remoteBegin == null ? null : remoteBegin.getHandleMax();
        int handle = links.freeHandle();
        if (over || !connection.hasRoomForLink() || handleMax != null && handle > handleMax.longValue()) {
            throw new IllegalStateException("no handle left");
        }
        return handle;
    }

    private void add(Link link) {
        connection.addLink();
        links.add(link);
    }

    // --- the end

    private void remoteEnded(@Nullable ErrorCondition error) {
        if (!over) {
            sendEnd(null);
        }
        connection.unmap(this, remoteChannel);
        over(error);
    }

    private void sendEnd(@Nullable ErrorCondition error) {
        if (!begun) {
            begin();
        }
        End end = new End();
        end.setError(error);
        send(end);
        endSent = true;
    }
}
