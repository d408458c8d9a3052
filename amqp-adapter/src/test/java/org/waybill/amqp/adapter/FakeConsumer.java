package org.waybill.amqp.adapter;

import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.waybill.message.Message;
import org.waybill.message.Outcome;
import org.waybill.spi.BrokerError;
import org.waybill.spi.Consumer;
import org.waybill.spi.ConsumerHandler;
import org.waybill.spi.ConsumerSpec;
import org.waybill.spi.Transaction;

/** A consumer of a {@link FakeQueue}: credit by tokens, a window of bytes, unsettled deliveries by token. */
final class FakeConsumer implements Consumer {
    final ConsumerSpec spec;
    private final FakeQueue queue;
    private final FakeSession session;
    private final ConsumerHandler handler;
    private final TreeMap<Long, FakeQueue.Entry> unsettled = new TreeMap<>();
    private long nextToken;
    private long limit;
    private long outstandingBytes;
    private long browsedId = -1;
    private boolean drain;
    private boolean closed;

    FakeConsumer(ConsumerSpec spec, FakeQueue queue, FakeSession session, ConsumerHandler handler) {
        this.spec = spec;
        this.queue = queue;
        this.session = session;
        this.handler = handler;
    }

    boolean hasRoom(Message message) {
        return nextToken < limit
                && (outstandingBytes == 0 || outstandingBytes + message.size() <= Consumer.WINDOW_BYTES);
    }

    boolean wants(FakeQueue.Entry entry) {
        return entry.notFor != this && hasRoom(entry.message);
    }

    void browse(Collection<FakeQueue.Entry> entries) {
        for (FakeQueue.Entry entry : entries) {
            if (entry.id > browsedId && hasRoom(entry.message)) {
                browsedId = entry.id;
                hand(entry);
            }
        }
    }

    void deliver(FakeQueue.Entry entry) {
        if (spec.preSettled()) {
            queue.held--;
        } else {
            unsettled.put(nextToken, entry);
        }
        hand(entry);
    }

    private void hand(FakeQueue.Entry entry) {
        long token = nextToken++;
        outstandingBytes += entry.message.size();
        byte[] head = entry.message.head(entry.failures, entry.annotations);
        session.answer(() -> {
            if (!closed) {
                handler.deliver(token, entry.message, head);
            }
        });
    }

    void answerDrain() {
        if (drain) {
            drain = false;
            long at = limit;
            session.answer(() -> handler.drained(at));
        }
    }

    void refuse(BrokerError error) {
        if (!closed) {
            closed = true;
            queue.consumers.remove(this);
            session.answer(() -> handler.closed(error));
        }
    }

    @Override
    public void credit(long limitToken, boolean wantsDrain) {
        session.call(() -> {
            limit = limitToken;
            drain |= wantsDrain;
            queue.dispatch();
        });
    }

    @Override
    public void consumed(long bytes) {
        session.call(() -> {
            outstandingBytes -= bytes;
            queue.dispatch();
        });
    }

    @Override
    public void settle(long firstToken, long lastToken, Outcome outcome, boolean confirm) {
        session.call(() -> {
            var range = unsettled.subMap(firstToken, true, lastToken, true);
            range.values().forEach(entry -> queue.settle(entry, outcome, this));
            range.clear();
            if (confirm) {
                session.answer(() -> handler.settled(firstToken, lastToken));
            }
            queue.dispatch();
        });
    }

    @Override
    public void settle(long firstToken, long lastToken, Outcome outcome, Transaction transaction, boolean settled) {
        session.call(() -> {
            var range = unsettled.subMap(firstToken, true, lastToken, true);
            List<FakeQueue.Entry> entries = List.copyOf(range.values());
            range.clear();
            ((FakeTransaction) transaction)
                    .add(
                            () -> commit(entries, outcome, firstToken, lastToken, settled),
                            () -> rollback(entries, settled));
        });
    }

    private void commit(List<FakeQueue.Entry> entries, Outcome outcome, long first, long last, boolean settled) {
        entries.forEach(entry -> queue.settle(entry, outcome, this));
        if (!settled) {
            session.answer(() -> handler.settled(first, last));
        }
        queue.dispatch();
    }

    private void rollback(List<FakeQueue.Entry> entries, boolean settled) {
        entries.forEach(entry -> queue.settle(entry, settled ? Outcome.FAILED : Outcome.RELEASED, this));
        queue.dispatch();
    }

    @Override
    public void close() {
        boolean handsBack = spec.defaultOutcome() instanceof Outcome.Modified;
        session.call(() -> end(handsBack ? Outcome.RELEASED : spec.defaultOutcome()));
    }

    /** Its session ended. */
    void end() {
        end(spec.defaultOutcome());
    }

    private void end(Outcome outcome) {
        if (!closed) {
            closed = true;
            queue.consumers.remove(this);
            unsettled.values().forEach(entry -> queue.settle(entry, outcome, this));
            unsettled.clear();
            queue.dispatch();
        }
    }
}
