package org.waybill.shard;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.waybill.message.Message;
import org.waybill.message.Outcome;

/**
 * Commands of a session for a shard, or answers of a shard for a session, in their order: parallel arrays, so that a message
 * costs a slot and not an object. Filled by one side, handed over, read by the other.
 */
final class Batch {
    /** What a slot says; {@code a}, {@code b}, {@code x}, {@code y} are its arguments. */
    enum Kind {
        OPEN_PRODUCER,
        OPEN_CONSUMER,
        /** a token, b {@link #TO_TOPIC} or 0, x message, y address or null for the producer's own. */
        SEND,
        /** a limit token, b 1 for drain. */
        CREDIT,
        /** a bytes. */
        CONSUMED,
        /** a first token, b last token, x outcome, y non-null to confirm. */
        SETTLE,
        /** target consumer, a first token, b last token, x id of the share, y what was stated. */
        SETTLE_IN_TRANSACTION,
        /** target the only outgoing share, y reply. */
        COMMIT,
        /** target outgoing share, x plan, y reply on the coordinator. */
        PREPARE,
        /** target outgoing share, y reply or null. */
        ROLLBACK,
        /** target outgoing share, x arrival. */
        ARRIVE,
        /** target what is asked of a coordinator, a the request's number or 0. */
        BRANCH,
        CLOSE_PRODUCER,
        CLOSE_CONSUMER,
        /** a 1 for a topic, x name, y reply. */
        CREATE_TEMPORARY,
        /** x name. */
        DELETE_TEMPORARY,
        /** x subscription id, y reply. */
        UNSUBSCRIBE,
        /** x subscription id, y reply. */
        FIND_SUBSCRIPTION,
        /** x operation, y reply. */
        MANAGE,
        CLOSE_SESSION,

        PRODUCER_OPENED,
        /** x error. */
        PRODUCER_CLOSED,
        /** a first token, b last token, x outcome. */
        PRODUCER_SETTLED,
        /** a token, x error. */
        PRODUCER_REFUSED,
        /** x reason. */
        BLOCKED,
        UNBLOCKED,
        CONSUMER_OPENED,
        /** x error. */
        CONSUMER_CLOSED,
        /** a token, x message, y head. */
        DELIVER,
        /** a limit token. */
        DRAINED,
        /** a first token, b last token. */
        CONSUMER_SETTLED,
        /** target the session, a the request's number, x reply. */
        BRANCH_REPLY,
        /** target the session, a the work's number. */
        BRANCH_DOOMED,
        /** target the session, x error: what it uses is elsewhere. */
        SESSION_ENDED,
        /** The target is a Runnable. */
        REPLY
    }

    /** Says that a name is a topic's. */
    static final long TO_TOPIC = 1;

    private static final int FIRST_CAPACITY = 4;
    private static final int ENCODED_SLOT_BYTES = 32;

    private final SessionPort from;
    int size;
    Kind[] kinds = new Kind[FIRST_CAPACITY];
    Object[] targets = new Object[FIRST_CAPACITY];
    long[] a = new long[FIRST_CAPACITY];
    long[] b = new long[FIRST_CAPACITY];

    @Nullable
    Object[] x = new @Nullable Object[FIRST_CAPACITY];

    @Nullable
    Object[] y = new @Nullable Object[FIRST_CAPACITY];

    /** A batch from or to this session. */
    Batch(SessionPort from) {
        this.from = from;
    }

    SessionPort from() {
        return from;
    }

    void add(Kind kind, Object target, long first, long second, @Nullable Object third, @Nullable Object fourth) {
        if (size == kinds.length) {
            grow();
        }
        kinds[size] = kind;
        targets[size] = target;
        a[size] = first;
        b[size] = second;
        x[size] = third;
        y[size] = fourth;
        size++;
    }

    /** About as many bytes as its slots take when they are encoded, so that what they are encoded into need not grow. */
    int encodedBytes() {
        int bytes = ENCODED_SLOT_BYTES;
        for (int i = 0; i < size; i++) {
            bytes += ENCODED_SLOT_BYTES + (x[i] instanceof Message message ? message.size() : 0);
        }
        return bytes;
    }

    /** Whether all of its slots are of this kind. */
    boolean isOnly(Kind kind) {
        for (int i = 0; i < size; i++) {
            if (kinds[i] != kind) {
                return false;
            }
        }
        return true;
    }

    /** Adds what another batch has. */
    void addAll(Batch other) {
        for (int i = 0; i < other.size; i++) {
            add(other.kinds[i], other.targets[i], other.a[i], other.b[i], other.x[i], other.y[i]);
        }
    }

    /** Adds a range of settled tokens, joined to the slot before when it continues that. */
    void addRange(Kind kind, Object target, long first, long last, @Nullable Outcome outcome) {
        int before = size - 1;
        if (before >= 0
                && kinds[before] == kind
                && targets[before] == target
                && b[before] + 1 == first
                && x[before] == outcome) {
            b[before] = last;
        } else {
            add(kind, target, first, last, outcome, null);
        }
    }

    private void grow() {
        int capacity = kinds.length * 4;
        kinds = Arrays.copyOf(kinds, capacity);
        targets = Arrays.copyOf(targets, capacity);
        a = Arrays.copyOf(a, capacity);
        b = Arrays.copyOf(b, capacity);
        x = Arrays.copyOf(x, capacity);
        y = Arrays.copyOf(y, capacity);
    }
}
