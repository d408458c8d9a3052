package org.waybill.cluster.link;

import java.util.ArrayDeque;

/**
 * How much may be under way to a peer: about what it has taken in half a second of late. More would only wait somewhere below, in buffers
 * of the system and of the network, where nothing can overtake it. How much has arrived is known from the answers to questions that are put
 * among what is sent. Only on the link's loop but for {@link #windowBytes}.
 *
 * <pre>
 *  an answer came after                    and from now on may be under way
 *  the line's own time, and up to 125 ms   twice as much
 *  up to 500 ms                            an eighth more
 *  longer than that                        as much less as it was longer
 * </pre>
 *
 * It grows only if more had to wait, and the question was put when nearly as much was under way as may be. Where the line itself is long,
 * twice its own time counts in place of 500 ms. One change takes effect before the next one is made.
 */
final class Pacing {
    static final int FIRST_WINDOW_BYTES = 16 << 10;
    static final int MIN_WINDOW_BYTES = 8 << 10;
    static final int MAX_WINDOW_BYTES = 16 << 20;
    static final long TARGET_NS = 500_000_000;

    /** A question is put at least so often within a window. */
    private static final int QUESTIONS_OF_WINDOW = 4;

    private static final int QUICK = 4;
    private static final int GENTLE = 8;

    /** @param full whether nearly as much was under way as may be */
    private record Question(long askedNs, long sentBytes, boolean full) {}

    private final ArrayDeque<Question> questions = new ArrayDeque<>();
    private volatile int windowBytes = FIRST_WINDOW_BYTES;
    private long sentBytes;
    private long askedBytes;
    private long answeredBytes;
    private long answers;

    /** What had been sent when the window was changed last. */
    private long changedBytes;

    private long shortestNs = Long.MAX_VALUE / 2;
    private boolean limits;

    /** How much may be under way. Any thread. */
    int windowBytes() {
        return windowBytes;
    }

    /** How much more may be sent now; nothing if it is not positive. */
    long roomBytes() {
        return windowBytes - (sentBytes - answeredBytes);
    }

    /** How many questions were answered. */
    long answers() {
        return answers;
    }

    /** Whether an answer is to come. */
    boolean isWaiting() {
        return !questions.isEmpty();
    }

    void sent(int bytes) {
        sentBytes += bytes;
    }

    /** More is there than may be sent. */
    void limits() {
        limits = true;
    }

    /** Whether to ask now: so that there is an answer to come whenever there is no room. */
    boolean isDue() {
        long open = sentBytes - askedBytes;
        return open >= windowBytes / QUESTIONS_OF_WINDOW || open > 0 && questions.isEmpty() && roomBytes() <= 0;
    }

    /** A question is put behind what was sent. */
    void asked(long nowNs) {
        askedBytes = sentBytes;
        questions.add(new Question(nowNs, sentBytes, roomBytes() <= windowBytes / QUESTIONS_OF_WINDOW));
    }

    /** The question of this time is answered; those before it will not be. One that was not put is passed over. */
    void answered(long askedNs, long nowNs) {
        Question first = questions.peek();
        while (first != null && first.askedNs < askedNs) {
            questions.remove();
            first = questions.peek();
        }
        if (first == null || first.askedNs != askedNs) {
            return;
        }
        questions.remove();
        answers++;
        answeredBytes = first.sentBytes;
        long tookNs = nowNs - askedNs;
        shortestNs = Math.min(shortestNs, tookNs);
        if (first.sentBytes > changedBytes) {
            adapt(tookNs, first.full);
        }
    }

    private void adapt(long tookNs, boolean full) {
        long targetNs = Math.max(TARGET_NS, 2 * shortestNs);
        int before = windowBytes;
        long wanted = before;
        if (tookNs > targetNs) {
            wanted = (long) ((double) before * targetNs / tookNs);
        } else if (limits && full) {
            wanted = tookNs - shortestNs <= targetNs / QUICK ? 2L * before : before + before / GENTLE;
        }
        int window = (int) Math.max(MIN_WINDOW_BYTES, Math.min(MAX_WINDOW_BYTES, wanted));
        if (window != before) {
            windowBytes = window;
            changedBytes = sentBytes;
            limits = false;
        }
    }
}
