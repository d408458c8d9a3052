package org.waybill.shard;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.waybill.message.Outcome;

/** Answers to any sessions that wait for the commit of a turn. */
final class Answers {
    private static final int FIRST_CAPACITY = 4;

    private int size;
    private Outbox[] outboxes = new Outbox[FIRST_CAPACITY];
    private Batch.Kind[] kinds = new Batch.Kind[FIRST_CAPACITY];
    private Object[] targets = new Object[FIRST_CAPACITY];
    private long[] a = new long[FIRST_CAPACITY];
    private long[] b = new long[FIRST_CAPACITY];
    private @Nullable Object[] x = new @Nullable Object[FIRST_CAPACITY];
    private @Nullable Object[] y = new @Nullable Object[FIRST_CAPACITY];

    boolean empty() {
        return size == 0;
    }

    void add(
            Outbox to,
            Batch.Kind kind,
            Object target,
            long first,
            long second,
            @Nullable Object third,
            @Nullable Object fourth) {
        if (size == kinds.length) {
            grow();
        }
        outboxes[size] = to;
        kinds[size] = kind;
        targets[size] = target;
        a[size] = first;
        b[size] = second;
        x[size] = third;
        y[size] = fourth;
        size++;
    }

    /** The acceptance of a send, joined to the answer before where it continues that. */
    void accepted(Outbox to, LocalProducer producer, long token) {
        int before = size - 1;
        if (before >= 0
                && targets[before] == producer
                && kinds[before] == Batch.Kind.PRODUCER_SETTLED
                && b[before] + 1 == token) {
            b[before] = token;
        } else {
            add(to, Batch.Kind.PRODUCER_SETTLED, producer, token, token, Outcome.ACCEPTED, null);
        }
    }

    /** Puts them into their outboxes. */
    void send() {
        for (int i = 0; i < size; i++) {
            outboxes[i].answers().add(kinds[i], targets[i], a[i], b[i], x[i], y[i]);
        }
    }

    private void grow() {
        int capacity = size * 4;
        outboxes = Arrays.copyOf(outboxes, capacity);
        kinds = Arrays.copyOf(kinds, capacity);
        targets = Arrays.copyOf(targets, capacity);
        a = Arrays.copyOf(a, capacity);
        b = Arrays.copyOf(b, capacity);
        x = Arrays.copyOf(x, capacity);
        y = Arrays.copyOf(y, capacity);
    }
}
