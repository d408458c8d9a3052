/**
 * The seams between the broker and its surroundings: event loops, time and the disk.
 *
 * <p>Everything in core that needs one of them takes it as a constructor parameter, so that a test can run the same code
 * in one thread, on virtual time and on a disk that crashes. Any package may use these types from any thread the type's
 * own contract allows. They know nothing of messages, journals or protocols, and of no event-loop library: the root
 * package of the broker provides the real loops.
 */
@NullMarked
package org.waybill.io;

import org.jspecify.annotations.NullMarked;
