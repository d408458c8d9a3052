package org.waybill.systemtests.day;

import java.util.List;

/**
 * One connection of an application, from its START to its next.
 *
 * @param app whose it was
 * @param number which one of that application's, from 0
 * @param endUs when it began to end: the first of its close, its break, the kill of its process and of the broker
 * @param clean whether it was closed in order
 * @param events what was written over it
 */
record Life(String app, int number, long endUs, boolean clean, List<Event> events) {
    /** Without its events, which are many. */
    @Override
    public String toString() {
        return app + "#" + number;
    }
}
