package org.waybill.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Consumers that can be handed a message now: those of the highest priority first, equals in turn. */
final class Turns {
    /** Priorities whose empty row is kept, since somebody of theirs will be ready again soon. */
    private static final int ROWS_KEPT = 4;

    private final List<Row> rows = new ArrayList<>(1);

    private record Row(int priority, ArrayDeque<QueueConsumer> ready) {}

    void add(QueueConsumer consumer) {
        int at = 0;
        while (at < rows.size() && rows.get(at).priority > consumer.priority) {
            at++;
        }
        if (at == rows.size() || rows.get(at).priority != consumer.priority) {
            rows.add(at, new Row(consumer.priority, new ArrayDeque<>(1)));
        }
        rows.get(at).ready.addLast(consumer);
    }

    void remove(QueueConsumer consumer) {
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            if (row.priority == consumer.priority) {
                row.ready.remove(consumer);
                if (row.ready.isEmpty() && rows.size() > ROWS_KEPT) {
                    rows.remove(i);
                }
                return;
            }
        }
    }

    /** Whose turn it is, or null. */
    @Nullable
    QueueConsumer first() {
        for (int i = 0; i < rows.size(); i++) {
            QueueConsumer first = rows.get(i).ready.peekFirst();
            if (first != null) {
                return first;
            }
        }
        return null;
    }

    /** A consumer was handed something: it is the last of its equals now. */
    void served(QueueConsumer consumer) {
        for (int i = 0; i < rows.size(); i++) {
            ArrayDeque<QueueConsumer> ready = rows.get(i).ready;
            if (ready.peekFirst() == consumer) {
                if (ready.size() > 1) {
                    ready.pollFirst();
                    ready.addLast(consumer);
                }
                return;
            }
        }
    }
}
