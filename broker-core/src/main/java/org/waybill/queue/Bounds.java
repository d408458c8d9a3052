package org.waybill.queue;

/**
 * How much a queue does and remembers at a time.
 *
 * @param mostAside entries that may be named in all its backlogs together (12 bytes each); what is beyond is found by walking
 * @param mostLooks entries looked at in vain before other queues have their turn
 */
record Bounds(int mostAside, int mostLooks) {
    /** A turn takes some ten microseconds by these; an event loop may make 64 turns of a shard before it looks at its sockets again. */
    static final Bounds USUAL = new Bounds(1 << 20, 1 << 9);
}
