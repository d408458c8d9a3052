package org.waybill.shard;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.waybill.spi.BrokerError;
import org.waybill.spi.BrokerSession.Reply;

/** Reads what shards on other nodes answer a session, which knows what it uses there by numbers. On the session's loop. */
final class FarAnswers {
    private final LocalSession session;
    private final Map<Integer, Object> used = new HashMap<>();
    private final Map<Long, Consumer<Reply<Object>>> asked = new HashMap<>();
    private long lastRequest;

    FarAnswers(LocalSession session) {
        this.session = session;
    }

    void uses(int number, Object producerOrConsumer) {
        used.put(number, producerOrConsumer);
    }

    void forgets(int number) {
        used.remove(number);
    }

    @SuppressWarnings("unchecked") // each is given the type that it asked for
    long asks(Object reply) {
        asked.put(++lastRequest, (Consumer<Reply<Object>>) reply);
        return lastRequest;
    }

    /** The answers, or null when the shard is led elsewhere. */
    @Nullable
    Batch read(ByteBuffer in) {
        Batch answers = new Batch(session);
        while (in.hasRemaining()) {
            int kind = in.get();
            if (kind == RemoteLead.MOVED) {
                return null;
            } else if (kind == RemoteLead.REPLY) {
                Consumer<Reply<Object>> waiting = asked.remove(Bytes.var(in));
                Reply<Object> reply = Values.reply(in);
                if (waiting != null) {
                    answers.add(Batch.Kind.REPLY, (Runnable) () -> waiting.accept(reply), 0, 0, null, null);
                }
            } else if (kind == RemoteLead.BRANCH_REPLY) {
                long request = Bytes.var(in);
                answers.add(Batch.Kind.BRANCH_REPLY, session, request, 0, TransactionSlots.reply(in), null);
            } else if (kind == RemoteLead.BRANCH_DOOMED) {
                answers.add(Batch.Kind.BRANCH_DOOMED, session, Bytes.var(in), 0, null, null);
            } else if (kind == RemoteLead.SESSION_ENDED) {
                answers.add(Batch.Kind.SESSION_ENDED, session, 0, 0, Values.error(in), null);
            } else {
                answer(answers, kind, used.get((int) Bytes.var(in)), in);
            }
        }
        return answers;
    }

    /** Adds an answer, unless it is for something that was closed meanwhile. */
    private static void answer(Batch answers, int kind, @Nullable Object target, ByteBuffer in) {
        switch (kind) {
            case RemoteLead.DELIVER -> {
                long token = Bytes.var(in);
                Object message = Values.message(in);
                add(answers, Batch.Kind.DELIVER, target, token, 0, message, Values.optionalBytes(in));
            }
            case RemoteLead.PRODUCER_SETTLED -> {
                long first = Bytes.var(in);
                long last = Bytes.var(in);
                add(answers, Batch.Kind.PRODUCER_SETTLED, target, first, last, Values.outcome(in), null);
            }
            case RemoteLead.CONSUMER_SETTLED -> {
                long first = Bytes.var(in);
                add(answers, Batch.Kind.CONSUMER_SETTLED, target, first, Bytes.var(in), null, null);
            }
            case RemoteLead.DRAINED -> add(answers, Batch.Kind.DRAINED, target, Bytes.var(in), 0, null, null);
            case RemoteLead.PRODUCER_REFUSED -> {
                long token = Bytes.var(in);
                add(answers, Batch.Kind.PRODUCER_REFUSED, target, token, 0, Values.error(in), null);
            }
            case RemoteLead.PRODUCER_OPENED -> add(
                    answers, Batch.Kind.PRODUCER_OPENED, target, 0, 0, Values.durability(in), null);
            case RemoteLead.PRODUCER_CLOSED -> closed(answers, Batch.Kind.PRODUCER_CLOSED, target, Values.error(in));
            case RemoteLead.CONSUMER_OPENED -> add(answers, Batch.Kind.CONSUMER_OPENED, target, 0, 0, null, null);
            case RemoteLead.CONSUMER_CLOSED -> closed(answers, Batch.Kind.CONSUMER_CLOSED, target, Values.error(in));
            case RemoteLead.BLOCKED -> add(answers, Batch.Kind.BLOCKED, target, 0, 0, Values.text(in), null);
            case RemoteLead.UNBLOCKED -> add(answers, Batch.Kind.UNBLOCKED, target, 0, 0, null, null);
            default -> throw new IllegalArgumentException("an unknown answer of a shard: " + kind);
        }
    }

    private static void closed(Batch answers, Batch.Kind kind, @Nullable Object target, BrokerError error) {
        add(answers, kind, target, 0, 0, error, null);
    }

    private static void add(
            Batch answers,
            Batch.Kind kind,
            @Nullable Object target,
            long a,
            long b,
            @Nullable Object x,
            @Nullable Object y) {
        if (target != null) {
            answers.add(kind, target, a, b, x, y);
        }
    }
}
