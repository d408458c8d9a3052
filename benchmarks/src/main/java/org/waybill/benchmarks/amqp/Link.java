package org.waybill.benchmarks.amqp;

import org.jspecify.annotations.Nullable;

/**
 * One link, seen from this side: its credit, and for a receiver the range of deliveries to be accepted at the end of
 * the current read. Confined to the loop's thread.
 */
public final class Link {
    private final Connection connection;
    private final String name;
    private final int handle;
    private final boolean sender;
    private final LinkListener listener;
    private boolean attached;
    private boolean detached;
    private boolean gone;
    private boolean transferFirst;
    private boolean transferMore;
    private boolean transferSettled;
    private long transferId;
    private long credit;
    private long deliveryCount;
    private long acceptFirst = -1;
    private long acceptLast;

    Link(Connection connection, String name, int handle, boolean sender, LinkListener listener) {
        this.connection = connection;
        this.name = name;
        this.handle = handle;
        this.sender = sender;
        this.listener = listener;
    }

    public Connection connection() {
        return connection;
    }

    String name() {
        return name;
    }

    /** This side's handle. */
    int handle() {
        return handle;
    }

    /** Whether this side sends. */
    public boolean sender() {
        return sender;
    }

    LinkListener listener() {
        return listener;
    }

    /** Whether the peer has answered the attach and not detached since. */
    public boolean attached() {
        return attached && !detached;
    }

    void peerAttached(long initialDeliveryCount) {
        attached = true;
        if (!sender) {
            deliveryCount = initialDeliveryCount;
        }
    }

    /** Whether both sides have detached, so that its handle is free. */
    public boolean gone() {
        return gone;
    }

    void noteGone() {
        gone = true;
    }

    boolean detached() {
        return detached;
    }

    void noteDetached() {
        detached = true;
    }

    /** Sender: what the peer still grants. Receiver: what is granted and not used. */
    public long credit() {
        return credit;
    }

    long deliveryCount() {
        return deliveryCount;
    }

    /** Receiver: grants that many deliveries from now on. */
    public void grant(long newCredit) {
        credit = newCredit;
        connection.sendFlow(this);
    }

    void peerGranted(long peerDeliveryCount, long peerCredit) {
        // what was sent since the peer spoke: a difference of 32-bit serial numbers (part 2, section 2.6.7)
        credit = peerCredit - (int) (deliveryCount - peerDeliveryCount);
        listener.onCredit(this);
    }

    /** Accounts for one delivery, sent or received. */
    void useCredit() {
        credit--;
        deliveryCount = deliveryCount + 1 & 0xffffffffL;
    }

    void onTransfer(long deliveryId, boolean settled, boolean more, byte[] in, int from, int to) {
        transferFirst = !transferMore;
        transferMore = more;
        if (transferFirst) {
            useCredit();
            transferId = deliveryId;
            transferSettled = settled;
        }
        listener.onTransfer(this, in, from, to);
    }

    /** Delivery id of the transfer being handled. */
    public long transferId() {
        return transferId;
    }

    /** Whether the transfer being handled is the first of its delivery. */
    public boolean transferFirst() {
        return transferFirst;
    }

    /** Whether the delivery of the transfer being handled goes on in another transfer. */
    public boolean transferMore() {
        return transferMore;
    }

    /** Whether the delivery of the transfer being handled came settled. */
    public boolean transferSettled() {
        return transferSettled;
    }

    /** Receiver: this delivery is to be accepted and settled with the next batch. */
    public void accept(long deliveryId) {
        if (acceptFirst >= 0 && deliveryId != acceptLast + 1) {
            sendAccepted();
        }
        if (acceptFirst < 0) {
            acceptFirst = deliveryId;
            connection.acceptAtBatchEnd(this);
        }
        acceptLast = deliveryId;
    }

    /** Accepts and settles, as one range, what {@link #accept} has gathered. */
    public void sendAccepted() {
        if (acceptFirst >= 0) {
            connection.sendAccepted(true, acceptFirst, acceptLast);
            acceptFirst = -1;
        }
    }

    @Override
    public String toString() {
        return (sender ? "sender " : "receiver ") + name;
    }

    /** The error of a detach, for messages to the user. */
    static String describe(@Nullable Object error) {
        return error == null ? "no error given" : String.valueOf(Decoder.fieldsOf(error));
    }
}
