package org.waybill.queue;

/**
 * How much a queue does and remembers at a time.
 *
 * @param mostAside entries that may be named in all its backlogs together (12 bytes each); what is beyond is found by walking
 * @param mostLooks entries looked at before other queues have their turn
 */
record Bounds(int mostAside, int mostLooks) {
    /** With these, entries that nobody wants hold up others for about a millisecond. */
    static final Bounds USUAL = new Bounds(1 << 20, 1 << 13);
}
