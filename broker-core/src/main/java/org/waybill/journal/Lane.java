package org.waybill.journal;

import org.jspecify.annotations.Nullable;
import org.waybill.io.Loop;

/** The way back to one loop: gathers a batch's frames of its shards and tells them there in one task. */
final class Lane {
    private final Loop loop;
    private @Nullable Frame head;
    private @Nullable Frame tail;

    /** Behind the last frame that was told; on the loop. */
    private long toldEnd = -1;

    Lane(Loop loop) {
        this.loop = loop;
    }

    Loop loop() {
        return loop;
    }

    /** On the journal's thread. */
    void add(Frame frame) {
        Frame last = tail;
        if (last == null) {
            head = frame;
        } else {
            last.next = frame;
        }
        tail = frame;
    }

    /** On the journal's thread, once the batch is forced. */
    void complete() {
        Frame first = head;
        if (first != null) {
            head = null;
            tail = null;
            loop.execute(() -> completeAll(first));
        }
    }

    /** Behind the last frame that was told, or -1; on the loop. */
    long toldEnd() {
        return toldEnd;
    }

    private void completeAll(Frame first) {
        Frame frame = first;
        while (frame != null) {
            Frame next = frame.next;
            frame.next = null;
            toldEnd = frame.end();
            frame.complete();
            frame = next;
        }
    }
}
