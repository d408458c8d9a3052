package org.waybill.systemtests.cluster.history;

/**
 * A message in a queue. A transaction may put the same message into several queues: those are copies that share a number.
 *
 * @param queue where it was sent to
 * @param producer who numbered it
 * @param number its place among that producer's messages for this queue
 */
public record Copy(String queue, String producer, long number) {
    static final Copy NONE = new Copy("", "", 0);

    /** The message of a queue whose text is this, as {@link #text} made it; padding behind a blank is passed over. */
    public static Copy parse(String queue, String text) {
        int blank = text.indexOf(' ');
        String id = blank < 0 ? text : text.substring(0, blank);
        int stroke = id.lastIndexOf('/');
        return new Copy(queue, id.substring(0, stroke), Long.parseLong(id.substring(stroke + 1)));
    }

    /** What a message says so that its receiver knows which one it is. */
    public String text() {
        return producer + "/" + number;
    }

    @Override
    public String toString() {
        return queue + ":" + text();
    }
}
