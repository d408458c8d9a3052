/**
 * Clients that die at any moment, and what the broker keeps of them: nothing.
 *
 * <p>Scripts of single frames run until a seeded choice cuts them off, in the middle of a frame or between two; real client processes are
 * killed beside them. Then the broker's own account ({@code $management}), the messages, and the memory, threads and sockets of its process are
 * compared with what they must be.
 */
@NullMarked
package org.waybill.systemtests.chaos;

import org.jspecify.annotations.NullMarked;
