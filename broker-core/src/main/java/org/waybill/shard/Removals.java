package org.waybill.shard;

import java.util.Arrays;
import org.waybill.queue.Queue;

/** The logged messages that left their queues in this turn: written as one event for each run of one queue. */
final class Removals {
    private static final int FIRST_CAPACITY = 64;

    private Queue[] queues = new Queue[FIRST_CAPACITY];
    private long[] ids = new long[FIRST_CAPACITY];
    private int size;

    boolean empty() {
        return size == 0;
    }

    void add(Queue queue, long id) {
        if (size == ids.length) {
            queues = Arrays.copyOf(queues, size * 2);
            ids = Arrays.copyOf(ids, size * 2);
        }
        queues[size] = queue;
        ids[size++] = id;
    }

    void record(Turn turn, Bytes event) {
        int from = 0;
        while (from < size) {
            Queue queue = queues[from];
            int to = from + 1;
            while (to < size && queues[to] == queue) {
                to++;
            }
            event.clear().putVar(queue.id()).putVar(to - from).putVar(ids[from]);
            for (int i = from + 1; i < to; i++) {
                long difference = ids[i] - ids[i - 1];
                event.putVar(difference << 1 ^ difference >> 63);
            }
            turn.record(Events.REMOVED, event);
            from = to;
        }
        Arrays.fill(queues, 0, size, null);
        size = 0;
    }
}
