package org.waybill.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerError.Code;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.Destination;
import org.waybill.spi.Transaction;
import org.waybill.tx.Part;

/** What a session does in one transaction, on its loop: gathers an {@link Outgoing} for each shard it touches. */
abstract sealed class Work implements Transaction permits LocalTransaction, BranchWork {
    /** What one transaction may hold until it commits. */
    static final int MAX_SENDS = 100_000;

    static final long MAX_BYTES = 64L << 20;

    final LocalSession session;
    final List<Outgoing> shares = new ArrayList<>(1);
    private int sends;
    private long bytes;
    private boolean undone;

    Work(LocalSession session) {
        this.session = session;
    }

    /** Something is done in it for the first time. */
    abstract void begins();

    /** Whether it can only be rolled back, so that nothing needs to be kept. */
    abstract boolean isBroken();

    /** Whether it takes nothing more. */
    abstract boolean isOver();

    /** It can only be rolled back, and keeps nothing in memory for longer than that takes. */
    abstract void breaks(BrokerError why);

    void send(SessionProducer producer, Message message) {
        if (isBroken()) {
            return;
        }
        Destination named = producer.destination == null ? session.destinationOf(message) : null;
        int on = named == null ? producer.shard : session.shardOf(named);
        if (on < 0) {
            breaks(new BrokerError(
                    Code.INVALID_FIELD, "a message sent to the anonymous terminus has no address in its properties"));
        } else if (sends == MAX_SENDS || bytes + message.size() > MAX_BYTES) {
            breaks(tooMuch());
        } else {
            sends++;
            bytes += message.size();
            session.buffered(message.size());
            share(on).send(producer, message, named);
        }
    }

    static BrokerError tooMuch() {
        return new BrokerError(
                Code.RESOURCE_LIMIT,
                "a transaction has more than " + MAX_SENDS + " messages or " + MAX_BYTES + " bytes to send");
    }

    void settle(SessionConsumer consumer, long firstToken, long lastToken, Outcome outcome, boolean settled) {
        if (undone || isOver()) {
            consumer.settle(firstToken, lastToken, settled ? Outcome.FAILED : Outcome.RELEASED, false);
            return;
        }
        session.lane(consumer.shard)
                .add(
                        Batch.Kind.SETTLE_IN_TRANSACTION,
                        consumer,
                        firstToken,
                        lastToken,
                        share(consumer.shard).id,
                        new Part.Stated(outcome, settled));
    }

    private Outgoing share(int shard) {
        for (int i = 0; i < shares.size(); i++) {
            if (shares.get(i).shard == shard) {
                return shares.get(i);
            }
        }
        if (shares.isEmpty()) {
            begins();
        }
        Outgoing share = new Outgoing(session, shard, session.nextShareId());
        shares.add(share);
        return share;
    }

    void dropSends() {
        for (Outgoing share : shares) {
            session.buffered(-share.dropSends());
        }
    }

    /** Rolls back what was done, and what will be. */
    void undo() {
        undone = true;
        dropSends();
        rollBack(rolledBack -> {});
        shares.clear();
    }

    void rollBack(Consumer<Reply<Boolean>> reply) {
        int[] missing = {shares.size()};
        Consumer<Reply<Boolean>> gather = one -> {
            if (--missing[0] == 0) {
                reply.accept(one);
            }
        };
        for (Outgoing share : shares) {
            session.lane(share.shard).add(Batch.Kind.ROLLBACK, share, 0, 0, null, gather);
        }
    }
}
