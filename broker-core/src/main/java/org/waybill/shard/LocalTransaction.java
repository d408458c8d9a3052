package org.waybill.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerError.Code;
import org.waybill.spi.BrokerSession.Reply;
import org.waybill.spi.Destination;
import org.waybill.spi.Transaction;
import org.waybill.tx.Part;

/**
 * A local transaction on its session's loop: gathers a {@link Share} for each shard it touches. With one it commits as one frame of
 * that shard; with more, in two phases ({@link Commit}).
 */
final class LocalTransaction implements Transaction {
    /** What one transaction may hold until it commits. */
    static final int MAX_SENDS = 100_000;

    static final long MAX_BYTES = 64L << 20;

    private final LocalSession session;
    private final OpenTransactions open;
    private final List<Share> shares = new ArrayList<>(1);
    private int sends;
    private long bytes;
    private @Nullable BrokerError broken;
    private boolean expired;

    /** When something was first done in it; for {@link OpenTransactions}. */
    long beganNs;

    LocalTransaction(LocalSession session, OpenTransactions open) {
        this.session = session;
        this.open = open;
    }

    void send(LocalProducer producer, Message message) {
        if (broken != null) {
            return;
        }
        Destination named = producer.destination == null ? session.destinationOf(message) : null;
        int on = named == null ? producer.shard : session.shardOf(named);
        if (on < 0) {
            breaks(new BrokerError(
                    Code.INVALID_FIELD, "a message sent to the anonymous terminus has no address in its properties"));
        } else if (sends == MAX_SENDS || bytes + message.size() > MAX_BYTES) {
            breaks(new BrokerError(
                    Code.RESOURCE_LIMIT,
                    "a transaction has more than " + MAX_SENDS + " messages or " + MAX_BYTES + " bytes to send"));
        } else {
            sends++;
            bytes += message.size();
            session.buffered(message.size());
            share(on).send(producer, message, named);
        }
    }

    void settle(LocalConsumer consumer, long firstToken, long lastToken, Outcome outcome, boolean settled) {
        if (expired) {
            consumer.settle(firstToken, lastToken, settled ? Outcome.FAILED : Outcome.RELEASED, false);
            return;
        }
        session.lane(consumer.shard)
                .add(
                        Batch.Kind.SETTLE_IN_TRANSACTION,
                        consumer,
                        firstToken,
                        lastToken,
                        share(consumer.shard),
                        new Part.Stated(outcome, settled));
    }

    private Share share(int shard) {
        for (int i = 0; i < shares.size(); i++) {
            if (shares.get(i).shard == shard) {
                return shares.get(i);
            }
        }
        if (shares.isEmpty()) {
            open.works(this);
        }
        Share share = new Share(session, shard);
        shares.add(share);
        return share;
    }

    /** It can only be rolled back, and keeps nothing in memory for longer than that takes. */
    void breaks(BrokerError why) {
        broken = why;
        dropSends();
    }

    /** Its time is up: it is rolled back, and so is what is done in it from now on. */
    void expire(BrokerError why) {
        breaks(why);
        expired = true;
        rollBack(rolledBack -> {});
        shares.clear();
    }

    private void dropSends() {
        for (Share share : shares) {
            session.buffered(-share.dropSends());
        }
    }

    @Override
    public void commit(Consumer<Reply<Boolean>> reply) {
        BrokerError why = broken;
        if (why != null) {
            end(rolledBack -> reply.accept(new Reply.Refused<>(why)));
            return;
        }
        open.ended(this);
        if (shares.isEmpty()) {
            session.answerLater(() -> reply.accept(new Reply.Done<>(true)));
        } else if (shares.size() == 1) {
            Share only = shares.get(0);
            session.lane(only.shard).add(Batch.Kind.COMMIT, only, 0, 0, null, reply);
        } else {
            Commit commit = new Commit(session.shards(), shares, reply);
            for (Share share : shares) {
                session.lane(share.shard).add(Batch.Kind.PREPARE, commit, 0, 0, share, null);
            }
        }
    }

    @Override
    public void rollback(Consumer<Reply<Boolean>> reply) {
        end(reply);
    }

    /** Rolls back without an answer. */
    void abandon() {
        end(rolledBack -> {});
    }

    private void end(Consumer<Reply<Boolean>> reply) {
        open.ended(this);
        dropSends();
        if (shares.isEmpty()) {
            session.answerLater(() -> reply.accept(new Reply.Done<>(true)));
        } else {
            rollBack(reply);
        }
    }

    private void rollBack(Consumer<Reply<Boolean>> reply) {
        int[] missing = {shares.size()};
        Consumer<Reply<Boolean>> gather = one -> {
            if (--missing[0] == 0) {
                reply.accept(one);
            }
        };
        for (Share share : shares) {
            session.lane(share.shard).add(Batch.Kind.ROLLBACK, share, 0, 0, null, gather);
        }
    }
}
