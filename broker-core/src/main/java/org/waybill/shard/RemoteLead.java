package org.waybill.shard;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.waybill.io.Invariant;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.spi.Destination;
import org.waybill.spi.Operation;
import org.waybill.spi.SubscriptionId;
import org.waybill.tx.Part;

/**
 * A shard's lead on another node: sends it what sessions of this node ask. A session's commands are encoded on its loop; see {@link
 * RemoteSession} for the bytes.
 */
final class RemoteLead implements Lead {
    static final int OPEN_PRODUCER = 1;
    static final int OPEN_CONSUMER = 2;
    static final int SEND = 3;
    static final int CREDIT = 4;
    static final int CONSUMED = 5;
    static final int SETTLE = 6;
    static final int CLOSE_PRODUCER = 7;
    static final int CLOSE_CONSUMER = 8;
    static final int CREATE_TEMPORARY = 9;
    static final int DELETE_TEMPORARY = 10;
    static final int UNSUBSCRIBE = 11;
    static final int FIND_SUBSCRIPTION = 12;
    static final int MANAGE = 13;
    static final int CLOSE_SESSION = 14;
    static final int SETTLE_IN_TRANSACTION = 15;
    static final int COMMIT = 16;
    static final int PREPARE = 17;
    static final int ROLLBACK = 18;
    static final int ARRIVE = 19;
    static final int BRANCH = 20;

    static final int PRODUCER_OPENED = 64;
    static final int PRODUCER_CLOSED = 65;
    static final int PRODUCER_SETTLED = 66;
    static final int PRODUCER_REFUSED = 67;
    static final int BLOCKED = 68;
    static final int UNBLOCKED = 69;
    static final int CONSUMER_OPENED = 70;
    static final int CONSUMER_CLOSED = 71;
    static final int DELIVER = 72;
    static final int DRAINED = 73;
    static final int CONSUMER_SETTLED = 74;
    static final int REPLY = 75;
    /** The node does not lead the shard, or not any more. */
    static final int MOVED = 76;

    static final int BRANCH_REPLY = 77;
    static final int BRANCH_DOOMED = 78;
    static final int SESSION_ENDED = 79;

    private final int shard;
    private final int node;
    private final long term;
    private final NodeLink link;
    private final Set<Long> known = ConcurrentHashMap.newKeySet();

    /** Of a shard that {@code node} leads. */
    RemoteLead(int shard, int node, long term, NodeLink link) {
        this.shard = shard;
        this.node = node;
        this.term = term;
        this.link = link;
    }

    int node() {
        return node;
    }

    @Override
    public long term() {
        return term;
    }

    @Override
    public void submit(Batch batch) {
        LocalSession session = (LocalSession) batch.from();
        Bytes out = new Bytes(batch.encodedBytes());
        out.putVar(session.id());
        if (known.add(session.id())) {
            out.putByte(1).putText(session.containerId());
        } else {
            out.putByte(0);
        }
        for (int i = 0; i < batch.size; i++) {
            command(out, session, batch, i);
        }
        link.commands(node, shard, out.array, out.length);
    }

    private void command(Bytes out, LocalSession session, Batch batch, int i) {
        Object target = batch.targets[i];
        Object x = batch.x[i];
        Object y = batch.y[i];
        switch (batch.kinds[i]) {
            case SEND -> send(out.putByte(SEND), session, batch, i);
            case SETTLE -> {
                range(out, SETTLE, target, batch, i);
                Values.putOutcome(out, (Outcome) Invariant.present(x));
                out.putByte(y == null ? 0 : 1);
            }
            case CREDIT -> consumer(out, CREDIT, target).putVar(batch.a[i]).putByte((int) batch.b[i]);
            case CONSUMED -> consumer(out, CONSUMED, target).putVar(batch.a[i]);
            case OPEN_PRODUCER -> {
                SessionProducer producer = (SessionProducer) target;
                session.uses(producer);
                Values.putDestination(
                        out.putByte(OPEN_PRODUCER).putVar(producer.id), Invariant.present(producer.destination));
            }
            case OPEN_CONSUMER -> {
                SessionConsumer consumer = (SessionConsumer) target;
                session.uses(consumer);
                Values.putSpec(out.putByte(OPEN_CONSUMER).putVar(consumer.id), consumer.spec);
                Values.putDestination(out, consumer.destination);
                out.putText(consumer.label);
            }
            case CLOSE_PRODUCER -> {
                session.forgets(((LocalProducer) target).id);
                out.putByte(CLOSE_PRODUCER).putVar(((LocalProducer) target).id);
            }
            case CLOSE_CONSUMER -> {
                session.forgets(((LocalConsumer) target).id);
                consumer(out, CLOSE_CONSUMER, target);
            }
            case CREATE_TEMPORARY -> out.putByte(CREATE_TEMPORARY)
                    .putByte((int) batch.a[i])
                    .putText(String.valueOf(x))
                    .putVar(session.asks(y));
            case DELETE_TEMPORARY -> out.putByte(DELETE_TEMPORARY).putText(String.valueOf(x));
            case UNSUBSCRIBE -> subscription(out.putByte(UNSUBSCRIBE), x).putVar(session.asks(y));
            case FIND_SUBSCRIPTION -> subscription(out.putByte(FIND_SUBSCRIPTION), x)
                    .putVar(session.asks(y));
            case MANAGE -> {
                Operations.put(out.putByte(MANAGE), (Operation) Invariant.present(x));
                out.putVar(session.asks(y));
            }
            case CLOSE_SESSION -> {
                known.remove(session.id());
                out.putByte(CLOSE_SESSION).putByte((int) batch.a[i]);
            }
            case SETTLE_IN_TRANSACTION -> {
                range(out, SETTLE_IN_TRANSACTION, target, batch, i);
                Part.Stated stated = (Part.Stated) Invariant.present(y);
                out.putVar(((ShareId) Invariant.present(x)).number());
                Values.putOutcome(out, stated.outcome());
                out.putByte(stated.settled() ? 1 : 0);
            }
            case COMMIT -> outgoing(out.putByte(COMMIT), session, target).putVar(session.asks(y));
            case PREPARE -> {
                ((CommitPlan) Invariant.present(x)).write(outgoing(out.putByte(PREPARE), session, target));
                optionally(out, session, y);
            }
            case ROLLBACK -> {
                session.handedOver(((Outgoing) target).dropSends());
                optionally(out.putByte(ROLLBACK).putVar(((Outgoing) target).id.number()), session, y);
            }
            case ARRIVE -> TransactionSlots.arrival(
                    outgoing(out.putByte(ARRIVE), session, target), (Arrival) Invariant.present(x));
            case BRANCH -> TransactionSlots.request(out.putByte(BRANCH).putVar(batch.a[i]), (BranchRequest) target);
            default -> throw new IllegalStateException("no command for another node: " + batch.kinds[i]);
        }
    }

    private static void send(Bytes out, LocalSession session, Batch batch, int i) {
        SessionProducer producer = (SessionProducer) batch.targets[i];
        if (producer.destination == null) {
            session.uses(producer);
        }
        out.putVar(producer.id).putVar(batch.a[i]).putByte((int) batch.b[i]);
        Values.putMessage(out, (Message) Invariant.present(batch.x[i]));
        Values.putOptionalText(out, (String) batch.y[i]);
    }

    private static Bytes outgoing(Bytes out, LocalSession session, Object target) {
        Outgoing outgoing = (Outgoing) target;
        out.putVar(outgoing.id.number()).putVar(outgoing.size());
        Batch sends = outgoing.sends;
        for (int i = 0; sends != null && i < sends.size; i++) {
            // its producer may have been closed meanwhile
            Destination own = ((LocalProducer) sends.targets[i]).destination;
            out.putByte(own == null ? 0 : 1);
            if (own != null) {
                Values.putDestination(out, own);
            }
            send(out, session, sends, i);
        }
        // from here on they count in memory there
        session.handedOver(outgoing.dropSends());
        return out;
    }

    private static void optionally(Bytes out, LocalSession session, @Nullable Object reply) {
        out.putByte(reply == null ? 0 : 1);
        if (reply != null) {
            out.putVar(session.asks(reply));
        }
    }

    private static void range(Bytes out, int kind, Object target, Batch batch, int i) {
        consumer(out, kind, target).putVar(batch.a[i]).putVar(batch.b[i]);
    }

    private static Bytes consumer(Bytes out, int kind, Object target) {
        return out.putByte(kind).putVar(((LocalConsumer) target).id);
    }

    private static Bytes subscription(Bytes out, @Nullable Object id) {
        Values.putSubscriptionId(out, (SubscriptionId) Invariant.present(id));
        return out;
    }
}
