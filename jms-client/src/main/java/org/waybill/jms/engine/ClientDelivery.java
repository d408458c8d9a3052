package org.waybill.jms.engine;

import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way to us, to be settled by exactly one of {@link #accept}, {@link #release}, {@link #reject} and {@link
 * #modify}. They do not wait for the server, but nothing said later overtakes them. The first one counts; on a delivery that the
 * server sent settled they do nothing. They throw a {@link ClientException} if the receiver is closed or lost: then the server
 * gives the message to somebody else. Used by one thread at a time.
 */
public final class ClientDelivery {
    private final ClientReceiver receiver;
    private final long id;
    private boolean settled;
    private final byte[] tag;
    private final int messageFormat;
    private final byte[] encoded;

    ClientDelivery(ClientReceiver receiver, long id, boolean settled, byte[] tag, int messageFormat, byte[] encoded) {
        this.receiver = receiver;
        this.id = id;
        this.settled = settled;
        this.tag = tag;
        this.messageFormat = messageFormat;
        this.encoded = encoded;
    }

    /** The message as it came, with all its sections. The array is the caller's, shared with {@link #message}. */
    public byte[] encoded() {
        return encoded;
    }

    /**
     * The message, decoded anew at each call.
     *
     * @throws IllegalArgumentException if it is none
     */
    public Message message() {
        return MessageCodec.decode(encoded);
    }

    /** Its place among the deliveries of its session; grows with each. For {@link ClientReceiver#accept} and its like. */
    public long deliveryId() {
        return id;
    }

    /** The delivery tag. */
    public byte[] tag() {
        return tag;
    }

    /** The message format; 0 for what the specification defines. */
    public int messageFormat() {
        return messageFormat;
    }

    /** Whether it is settled, by the server from the start or by us. */
    public boolean isSettled() {
        return settled;
    }

    /** Takes it: the server forgets it. */
    public void accept() {
        settle(Accepted.getInstance());
    }

    /** Takes it in a transaction: the server forgets it once that commits. */
    public void accept(ClientTransaction transaction) {
        settle(transaction.accepted());
    }

    /** Gives it back as if it had never been sent. */
    public void release() {
        settle(Released.getInstance());
    }

    /** Refuses it as no good for anybody. */
    public void reject(@Nullable String condition, @Nullable String description) {
        Rejected rejected = new Rejected();
        if (condition != null) {
            rejected.setError(new ErrorCondition(Symbol.valueOf(condition), description));
        }
        settle(rejected);
    }

    /**
     * Gives it back changed.
     *
     * @param failed whether this counts as an attempt to deliver it
     * @param undeliverableHere whether this receiver shall not get it again
     */
    public void modify(boolean failed, boolean undeliverableHere) {
        Modified modified = new Modified();
        modified.setDeliveryFailed(failed);
        modified.setUndeliverableHere(undeliverableHere);
        settle(modified);
    }

    private void settle(DeliveryState outcome) {
        if (!settled) {
            settled = true;
            receiver.settle(id, id, outcome);
        }
    }
}
